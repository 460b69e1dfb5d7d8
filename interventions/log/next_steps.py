"""What is still to be done about absence, by whom and by when. Reads only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from interventions.models import Intervention
from registers import policies
from registers.models import School
from registers.models.school.staff import User
from registers.rules.calendar import sunday_of
from registers.rules.grouping import grouped
from registers.rules.wording import first_so

Role = policies.Role


class StepCounts(NamedTuple):
    """Open next steps of a school: everybody's overdue, everybody's of this week, own overdue."""

    overdue: int
    due_this_week: int
    mine_overdue: int


@dataclass(frozen=True, slots=True)
class StepsDue:
    """The open next steps of one stretch of time, the earliest first."""

    key: str
    title: str
    steps: list[Intervention]


PARTS = {"overdue": "Overdue", "this_week": "Today and this week", "later": "Later"}


def open_steps(school: School) -> QuerySet[Intervention]:
    """The next steps of a school that are not done, the earliest due first; one statement."""
    return (
        Intervention.objects.filter(
            enrolment__school=school, next_step_on__isnull=False, next_step_done_at__isnull=True
        )
        .select_related("enrolment__pupil", "own_kind", "next_step_owner", "made_by")
        .order_by("next_step_on", "enrolment__pupil__sort_key", "pk")
    )


def counts(schools: Collection[School | int], person: User, today: date) -> dict[int, StepCounts]:
    """The open next steps of each school, by its id, in one statement; schools without are in it.

    Due this week is from today to Sunday. Counts only: whoever may not read them is not asked here.
    """
    ids = [school.pk if isinstance(school, School) else school for school in schools]
    overdue = Q(next_step_on__lt=today)
    rows = (
        Intervention.objects.filter(
            enrolment__school__in=ids, next_step_on__isnull=False, next_step_done_at__isnull=True
        )
        .order_by()
        .values_list("enrolment__school")
        .annotate(
            late=Count("pk", filter=overdue),
            this_week=Count("pk", filter=Q(next_step_on__range=(today, sunday_of(today)))),
            mine=Count("pk", filter=overdue & Q(next_step_owner=person)),
        )
    )
    counted = {school: StepCounts(*numbers) for school, *numbers in rows}
    return dict.fromkeys(ids, StepCounts(0, 0, 0)) | counted


def parted(steps: Collection[Intervention], today: date) -> list[StepsDue]:
    """Overdue, this week (from today to Sunday), later; those without a step are left out."""
    due = ((_part(step.next_step_on, today), step) for step in steps if step.next_step_on)
    parts = grouped(due)
    return [StepsDue(key, title, parts[key]) for key, title in PARTS.items() if key in parts]


def _part(on: date, today: date) -> str:
    is_over, is_near = on < today, on <= sunday_of(today)
    return first_so((is_over, "overdue"), (is_near, "this_week"), otherwise="later")


def owners_at(school: School) -> QuerySet[User]:
    """Who may have a next step here: whoever may write in the log, while the account is open."""
    roles = policies.ROLES["record_intervention"]
    return (
        User.objects.filter(
            is_active=True, appointments__school=school, appointments__role__in=roles
        )
        .distinct()
        .order_by("name", "username")
    )


def may_read(note: Intervention, person: User, *, sees_sensitive: bool) -> bool:
    """Whether this person may read the words: a sensitive note is for the safeguarding lead and
    whoever wrote it."""
    return not note.is_sensitive or sees_sensitive or note.made_by_id == person.pk
