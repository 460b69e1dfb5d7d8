"""At the bell: what is planned for a session becomes marks, before anybody opens a register."""

from datetime import datetime

from django.utils import timezone

from registers.marks.actions.writing import write_marks
from registers.marks.changes import Author, LockedEnrolment, MarkChange, MarkKey, MarkNow
from registers.marks.plans_in_force import planned_marks
from registers.models import Enrolment, Mark, School, Session
from registers.rules import allowed_codes
from registers.rules.clock import register_window
from registers.rules.codes import Half


def fill_plans(*, now: datetime | None = None) -> int:
    """Write the planned absences of every session whose registers are open now; how many marks.

    Only where there is no mark. A register that is opened before this has run fills its own, so
    that neither waits for the other. Safe to repeat.
    """
    now = timezone.localtime(now)
    sessions = Session.objects.filter(date=now.date(), is_open=True).select_related("school")
    return sum(
        _fill(half_day.school, half_day, now)
        for half_day in sessions
        if register_window(half_day.school, half_day.date, half_day.half).is_open(now)
    )


def _fill(school: School, half_day: Session, now: datetime) -> int:
    on, half = half_day.date, half_day.half
    marked = Mark.objects.filter(date=on, half=half, enrolment__school=school)
    without = Enrolment.objects.filter(
        school=school, planned_absences__from_on__lte=on, planned_absences__until_on__gte=on
    ).exclude(pk__in=marked.values("enrolment"))
    plans = planned_marks(list(without.values_list("pk", flat=True).distinct()), on, half)
    facts = allowed_codes.SessionFacts(on, Half(half), True)

    def check(change: MarkChange, enrolment: LockedEnrolment, mark: MarkNow | None) -> str | None:
        return allowed_codes.why_not(change.code, pupil=enrolment.facts, session=facts, today=on)

    written = write_marks(
        [
            MarkChange(MarkKey(enrolment, on, half), plan.code_id, 0)
            for enrolment, plan in plans.items()
        ],
        by=Author(None, "", ""),
        source=Mark.Source.PLAN,
        made_at=now,
        check=check,
    )
    return len(written.saved)
