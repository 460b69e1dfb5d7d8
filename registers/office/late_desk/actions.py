"""The late desk: a pupil who has just come in gets the mark that the clock gives."""

from datetime import datetime

from django.db import transaction

from registers import policies
from registers.marks.actions.amend import amend_marks
from registers.marks.actions.locking import marks_now
from registers.marks.changes import MarkChange, MarkKey, WriteResult
from registers.marks.plans_in_force import planned_marks
from registers.models import Amendment, Mark, School
from registers.models.school.staff import User
from registers.office.late_desk.arrivals import Arrival, Choice, arrival, standing_of
from registers.rules.clock import register_window
from registers.rules.presence import clock

BY_MISTAKE = "Entered at the late desk by mistake"


@transaction.atomic
def sign_in_late(
    *,
    school: School,
    key: MarkKey,
    seen: int,
    keep: bool,
    reason: str,
    by: User,
    now: datetime,
) -> Choice:
    """Mark the pupil late as of `now` (local), or keep the better code with the time of arrival.

    The clock decides when the button is pressed, not when the page was read. Raises Refused
    where there is nothing to do, and as `amend_marks` does.
    """
    offered = _arrival_now(school, key, now)
    if not offered.choices:
        raise policies.Refused(_sentence(offered.settled))
    choice = next((one for one in offered.choices if one.keeps == keep), offered.choices[0])
    reason = reason.strip()
    why = ". ".join(filter(None, [f"Late desk: came in at {clock(now)}", reason]))
    amend_marks(
        school=school,
        changes=[
            MarkChange(key, choice.code, seen, choice.minutes, comment=reason or None, reason=why)
        ],
        by=by,
        now=now,
        source=Mark.Source.LATE_DESK,
    )
    return choice


def _arrival_now(school: School, key: MarkKey, now: datetime) -> Arrival:
    """What the desk can do for the pupil, by the mark that stands or the plan."""
    mark = marks_now([key]).get(key)
    plans = {} if mark else planned_marks([key.enrolment_id], key.date, key.half)
    plan = plans.get(key.enrolment_id)
    return arrival(
        window=register_window(school, key.date, key.half),
        now=now,
        standing=standing_of(mark),
        planned=plan.code_id if plan else None,
    )


@transaction.atomic
def take_back_late(
    *, school: School, key: MarkKey, seen: int, by: User, now: datetime
) -> WriteResult:
    """Amend a mark of the late desk back to what it was. Raises Refused when it was nothing."""
    last = Amendment.objects.filter(
        enrolment=key.enrolment_id,
        enrolment__school=school,
        date=key.date,
        half=key.half,
        version=seen,
    ).first()
    if last is None or not last.code_before:
        raise policies.Refused(
            "Nothing stood before this mark, and a mark is never deleted. Change it to the right "
            "code and say why."
        )
    change = MarkChange(key, last.code_before, seen, last.minutes_before, reason=BY_MISTAKE)
    return amend_marks(school=school, changes=[change], by=by, now=now)


def _sentence(settled: str) -> str:
    return settled if settled.endswith(".") else f"This pupil is {settled}."
