"""The marks that a plan made, once it was changed or withdrawn: looked at, then put right at once.

A plan never changes a mark by itself. But a trip that was called off on its second day leaves its
first day in the register: these marks are offered to whoever took the plan back.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from operator import attrgetter

from registers.amendments.code_range import code_for
from registers.marks.actions.amend import amend_marks
from registers.marks.changes import MarkChange, MarkKey, WriteResult
from registers.models import Mark, PlannedAbsence, Pupil, School
from registers.models.school.staff import User
from registers.planned_absence.actions import plan_of
from registers.policies import Refused
from registers.rules import planned_absence
from registers.rules.codes import Half
from registers.rules.grouping import grouped_by


@dataclass(frozen=True, slots=True)
class MarkLeft:
    """A mark that stands because of a plan that no longer does. `replaced_by` is the code of the
    plan that covers the session now, empty where none does."""

    pupil: Pupil
    key: MarkKey
    version: int
    code: str
    replaced_by: str = ""


class MarksMovedError(Exception):
    """Since the marks were shown some were changed: they are to be shown again."""


def marks_left_by(planned: PlannedAbsence) -> list[MarkLeft]:
    """Those that the plan made, for its pupil or for all of its batch who lost it at that moment,
    in the order of pupils and sessions. None while the plan is in force.

    A mark that somebody changed since, or that another plan asks for as well, is not among them.
    """
    if planned.withdrawn_at is None:
        return []
    pupils = {one.enrolment_id: one.enrolment.pupil for one in _ended_together(planned)}
    made = _marks_made_by(planned, pupils)
    standing = _plans_in_force({key.enrolment_id for key in made}, planned)
    left = [
        MarkLeft(pupils[key.enrolment_id], key, version, planned.code_id, code)
        for key, version in made.items()
        if (code := _code_now(standing[key.enrolment_id], key)) != planned.code_id
    ]
    return sorted(left, key=_by_pupil_and_session)


def _marks_made_by(planned: PlannedAbsence, enrolments: Collection[int]) -> dict[MarkKey, int]:
    """With their versions, those that still have the code of the plan."""
    plan = plan_of(planned)
    marks = Mark.objects.on_roll().filter(
        enrolment__in=list(enrolments),
        date__range=(plan.from_on, plan.until_on),
        source=Mark.Source.PLAN,
        code=planned.code_id,
    )
    return {
        MarkKey(mark.enrolment_id, mark.date, mark.half): mark.version
        for mark in marks
        if planned_absence.covers(plan, mark.date, mark.half)
    }


def _by_pupil_and_session(mark: MarkLeft) -> tuple[str, int, MarkKey]:
    return (mark.pupil.sort_key, mark.pupil.pk, mark.key)


def _ended_together(planned: PlannedAbsence) -> Iterable[PlannedAbsence]:
    rows = PlannedAbsence.objects.select_related("enrolment__pupil")
    if planned.batch is None:
        return rows.filter(pk=planned.pk)
    return rows.filter(
        batch=planned.batch,
        withdrawn_at=planned.withdrawn_at,
        enrolment__school=planned.enrolment.school_id,
    )


def _plans_in_force(
    enrolments: Collection[int], within: PlannedAbsence
) -> dict[int, list[PlannedAbsence]]:
    """Those of the days of a plan, by enrolment, the latest made first."""
    rows = PlannedAbsence.objects.filter(
        enrolment__in=enrolments,
        withdrawn_at=None,
        from_on__lte=within.until_on,
        until_on__gte=within.from_on,
    ).order_by("-made_at", "-pk")
    return grouped_by(rows, attrgetter("enrolment_id"))


def _code_now(standing: Iterable[PlannedAbsence], key: MarkKey) -> str:
    """That of the plan made last that covers the session; empty without one."""
    for plan in standing:
        if planned_absence.covers(plan_of(plan), key.date, key.half):
            return plan.code_id
    return ""


def digest_of(left: Iterable[MarkLeft]) -> str:
    """What a page showed, so that exactly this is put right."""
    shown = [(tuple(one.key), one.version, one.replaced_by) for one in left]
    return sha256(repr(shown).encode()).hexdigest()[:16]


def amend_marks_left(
    *,
    school: School,
    planned: PlannedAbsence,
    enrolments: Collection[int],
    code: str,
    reason: str,
    seen: str,
    by: User,
    now: datetime,
    paper: str = "",
) -> WriteResult:
    """Give the marks of these pupils the code, each an amendment with the reason.

    `seen` is the digest of what was shown. Raises Refused in words fit to show, and
    MarksMovedError or StaleMarksError where the marks are no longer as they were shown.
    """
    left = marks_left_by(planned)
    if digest_of(left) != seen:
        raise MarksMovedError
    changes = [
        MarkChange(
            one.key, code_for(code, Half(one.key.half)), one.version, reason=reason, paper=paper
        )
        for one in left
        if one.key.enrolment_id in set(enrolments)
    ]
    if not changes:
        raise Refused("Tick at least one pupil.")
    return amend_marks(school=school, changes=changes, by=by, now=now)
