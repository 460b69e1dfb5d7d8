"""For whom an absence can be planned, and what the page of one plan shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import filterfalse, islice

from django.db.models import Count
from django.utils import timezone

from registers.models import Enrolment, Group, Mark, PlannedAbsence, Pupil, School, Session
from registers.models.on_roll import is_not_over_by
from registers.planned_absence.actions import halves_today, plan_of
from registers.planned_absence.plan_marks.actions import marks_left_by
from registers.planned_absence.queries import ListedPlan, groups_of, members_of
from registers.roll.search import called
from registers.rules import planned_absence
from registers.rules.clock import RegisterWindow, register_window
from registers.rules.codes import CODES, AttendanceCode, Half

MOST_FOUND = 20
MOST_MARKS = 10


@dataclass(frozen=True, slots=True)
class SessionToday:
    """A session of today that a plan covers and that has no mark yet."""

    half: Half
    window: RegisterWindow
    ended: bool

    @property
    def words(self) -> str:
        return "This afternoon" if self.half else "This morning"


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan with what came of it and what stood before and after it."""

    plan: PlannedAbsence
    today: date
    others: list[PlannedAbsence]  # of its batch, in force as well
    marks: list[Mark]  # the latest, newest first
    marks_left: int  # those that it made and that stand though it does not
    sessions_today: list[SessionToday]
    replaced_by: PlannedAbsence | None
    replaces: PlannedAbsence | None

    @property
    def pupil(self) -> Pupil:
        return self.plan.enrolment.pupil

    @property
    def code(self) -> AttendanceCode:
        return CODES[self.plan.code_id]

    @property
    def is_over(self) -> bool:
        return self.plan.until_on < self.today

    @property
    def review_is_due(self) -> bool:
        return ListedPlan(self.plan, self.today).review_is_due


def read_plan_page(plan: PlannedAbsence, others: list[PlannedAbsence], today: date) -> PlanPage:
    marks = latest_marks(plan, today)
    marked = {mark.half for mark in marks if mark.date == today}
    return PlanPage(
        plan=plan,
        today=today,
        others=others,
        marks=marks,
        marks_left=len(marks_left_by(plan)),
        sessions_today=sessions_without_mark(plan, marked, today, timezone.now()),
        replaced_by=replaced_by(plan),
        replaces=replaces(plan),
    )


def sessions_without_mark(
    plan: PlannedAbsence, marked: set[int], today: date, now: datetime
) -> list[SessionToday]:
    """Today's sessions of a plan in force that are not marked, with the times of their register."""
    school = plan.enrolment.school
    if plan.withdrawn_at is not None:
        return []
    held = Session.objects.filter(school=school, date=today, is_open=True)
    covered = halves_today(plan_of(plan), set(held.values_list("date", "half")), today)
    unmarked = filterfalse(marked.__contains__, covered)
    windows = {half: register_window(school, today, half) for half in unmarked}
    return [SessionToday(half, window, window.has_ended(now)) for half, window in windows.items()]


def others_of_batch(plan: PlannedAbsence) -> list[PlannedAbsence]:
    """The plans of the same batch that are in force as well."""
    if plan.batch is None or plan.withdrawn_at is not None:
        return []
    same = PlannedAbsence.objects.filter(
        batch=plan.batch,
        withdrawn_at__isnull=True,
        enrolment__school=plan.enrolment.school_id,
    ).exclude(pk=plan.pk)
    return list(same.select_related("enrolment__pupil"))


def replaced_by(plan: PlannedAbsence) -> PlannedAbsence | None:
    """The plan that took this one's place: made in the moment in which it was withdrawn."""
    if plan.withdrawn_at is None:
        return None
    newer = PlannedAbsence.objects.filter(enrolment=plan.enrolment_id, made_at=plan.withdrawn_at)
    return newer.first()


def replaces(plan: PlannedAbsence) -> PlannedAbsence | None:
    older = PlannedAbsence.objects.filter(enrolment=plan.enrolment_id, withdrawn_at=plan.made_at)
    return older.select_related("withdrawn_by").first()


def latest_marks(plan: PlannedAbsence, today: date) -> list[Mark]:
    """The latest marks in the plan's sessions, newest first."""
    wanted = plan_of(plan)
    rows = (
        Mark.objects.on_roll()
        .filter(enrolment=plan.enrolment_id, date__range=(plan.from_on, min(plan.until_on, today)))
        .order_by("-date", "-half")
    )
    covered: Iterable[Mark] = (
        row for row in rows.iterator() if planned_absence.covers(wanted, row.date, row.half)
    )
    return list(islice(covered, MOST_MARKS))


def enrolments_not_over(who: Pupil | Group, today: date) -> list[Enrolment]:
    """The times on the roll that a plan can be for: the pupil's first, or those of the group."""
    standing = Enrolment.objects.not_left(today).select_related("pupil")
    if isinstance(who, Pupil):
        return list(standing.filter(pupil=who).order_by("starts_on")[:1])
    members = members_of(who.pk, today)
    standing = standing.filter(pk__in=members.values("enrolment"))
    return list(standing.order_by("pupil__sort_key", "pk"))


def enrolments_called(school: School, text: str, today: date) -> list[Enrolment]:
    """Who is on the roll or comes, and has the text in the name or UPN; the first twenty."""
    if not text:
        return []
    rows = Enrolment.objects.not_left(today).filter(called(text), school=school)
    return list(rows.select_related("pupil").order_by("pupil__sort_key", "pk")[:MOST_FOUND])


def groups_with_pupils(school: School, today: date) -> list[Group]:
    """Each with how many `pupils` are in it today or will be."""
    current = is_not_over_by(today, of="memberships__")
    pupils = Count("memberships__enrolment", filter=current, distinct=True)
    return list(groups_of(school).annotate(pupils=pupils).filter(pupils__gt=0))
