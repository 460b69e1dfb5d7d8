"""Amend marks after the fact, or enter them late, with the reason that the law asks for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from registers import policies
from registers.marks.actions.locking import lock_enrolments, marks_now
from registers.marks.actions.writing import write_marks
from registers.marks.advising import advise
from registers.marks.changes import (
    Author,
    Check,
    LockedEnrolment,
    MarkChange,
    MarkKey,
    MarkNow,
    WriteResult,
)
from registers.models import Mark, Membership, School, Session
from registers.models.school.staff import User
from registers.rules import allowed_codes
from registers.rules.clock import RegisterWindow, register_window
from registers.rules.codes import Half

NOT_BEGUN = "This session has not begun yet. Enter what is known beforehand as a planned absence."


class StaleMarksError(Exception):
    """Somebody else changed some of the marks first; `marks` says how they stand."""

    def __init__(self, marks: dict[MarkKey, MarkNow | None]):
        self.marks = marks
        super().__init__("Somebody else changed a mark while you were looking at it.")


@transaction.atomic
def amend_marks(
    *,
    school: School,
    changes: Sequence[MarkChange],
    by: User,
    now: datetime,
    source: int = Mark.Source.OFFICE,
) -> WriteResult:
    """Change or enter these marks of one school together: all of them, or none.

    A mark that is made after its register's time is a late entry with its reason, whether or not
    somebody opened that register. Raises Refused, in words fit to show, when the person may
    not, a reason is missing or the rules forbid a code; StaleMarksError when some marks are no
    longer the versions that the person saw. `now` is local.
    """
    author = author_of(by, school)
    changes = _with_reasons(changes)
    keys = [change.key for change in changes]
    days = sorted(key.date for key in keys)
    first, last = days[0], days[-1]
    windows = {(on, half): register_window(school, on, half) for _, on, half in keys}
    enrolments = {key.enrolment_id for key in keys}
    locked = lock_enrolments(enrolments)
    there = marks_now(keys)
    past = {key for key in keys if windows[key.date, key.half].has_ended(now)}
    written = write_marks(
        changes,
        by=author,
        source=source,
        made_at=timezone.now(),
        check=_check(school, first, last, windows, now),
        locked=locked,
        there=there,
        ended=ended_keys(enrolments, first=first, last=last) | past,
    )
    _check_all(written)
    written.advice = advise(
        changes, written, locked=locked, before=there, windows=windows, ended=past
    )
    return written


def author_of(by: User, school: School) -> Author:
    """Whose amendments these are. Raises Forbidden where the role does not include it."""
    here = policies.appointments(by, "amend_mark").filter(school=school).order_by("pk").first()
    if here is None:
        raise policies.Forbidden("Your role at this school does not include this.")
    return Author(by.pk, str(by), here.position or here.get_role_display())


def _check_all(written: WriteResult) -> None:
    """Raises StaleMarksError, or Refused, where one of the changes was not written."""
    if written.conflicts:
        raise StaleMarksError(written.conflicts)
    if written.refused:
        raise policies.Refused(next(iter(written.refused.values())))


def _with_reasons(changes: Sequence[MarkChange]) -> list[MarkChange]:
    """Raises Invalid where there is no change, or one has no reason."""
    if not changes:
        raise policies.Invalid("There is no mark to change.")
    changes = [replace(change, reason=change.reason.strip()) for change in changes]
    if not all(change.reason for change in changes):
        raise policies.Invalid("Say why this mark is changing.")
    return changes


def _check(
    school: School,
    first: date,
    last: date,
    windows: Mapping[tuple[date, int], RegisterWindow],
    now: datetime,
) -> Check:
    """What the rules say against one of these changes, between two days."""
    half_days = Session.objects.filter(school=school, date__range=(first, last), is_open=True)
    held = set(half_days.values_list("date", "half"))

    def check(change: MarkChange, enrolment: LockedEnrolment, mark: MarkNow | None) -> str | None:
        if enrolment.school_id != school.pk:
            return "This pupil is not on the roll of this school."
        _, on, half = change.key
        if on == now.date() and not windows[on, half].has_opened(now):
            return NOT_BEGUN
        facts = allowed_codes.SessionFacts(on, Half(half), (on, half) in held)
        return allowed_codes.why_not(
            change.code, pupil=enrolment.facts, session=facts, today=now.date()
        )

    return check


def ended_keys(enrolments: Iterable[int], *, first: date, last: date) -> set[MarkKey]:
    """The marks of these enrolments between two days whose register of record has ended.

    The register of record is that of the registration group that the pupil was in on the day.
    """
    on = F("group__registers__session__date")
    rows = Membership.objects.in_force(on).filter(
        enrolment__in=set(enrolments),
        group__kind="registration",
        group__registers__session__date__range=(first, last),
        group__registers__ended_at__isnull=False,
    )
    return {
        MarkKey(*row)
        for row in rows.values_list(
            "enrolment_id", "group__registers__session__date", "group__registers__session__half"
        )
    }
