"""Amend marks after the fact, or enter them late, with the reason that the law asks for."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from registers import policies
from registers.marks.actions.writing import (
    Author,
    LockedEnrolment,
    MarkChange,
    MarkKey,
    MarkNow,
    WriteResult,
    lock_enrolments,
    marks_now,
    write_marks,
)
from registers.marks.advising import advise
from registers.models import Mark, Membership, School, Session
from registers.models.school.staff import User
from registers.rules import allowed_codes
from registers.rules.clock import register_window
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
    author = _author(by, school)
    changes = _with_reasons(changes)
    keys = [change.key for change in changes]
    first, last = min(key.date for key in keys), max(key.date for key in keys)
    enrolments = {key.enrolment_id for key in keys}
    locked = lock_enrolments(enrolments)
    there, past = marks_now(keys), _past_their_time(school, keys, now)
    written = write_marks(
        changes,
        by=author,
        source=source,
        made_at=timezone.now(),
        check=_check(school, first, last, now),
        locked=locked,
        there=there,
        ended=ended_keys(enrolments, first=first, last=last) | past,
    )
    if written.conflicts:
        raise StaleMarksError(written.conflicts)
    if written.refused:
        raise policies.Refused(next(iter(written.refused.values())))
    written.advice = advise(
        [change for change in changes if change.key in written.saved],
        locked=locked,
        before=there,
        windows={(on, half): register_window(school, on, half) for _, on, half in keys},
        ended=past,
    )
    return written


def _author(by: User, school: School) -> Author:
    """Raises Forbidden where the role does not include it."""
    here = policies.appointments(by, "amend_mark").filter(school=school).order_by("pk").first()
    if here is None:
        raise policies.Forbidden("Your role at this school does not include this.")
    return Author(by.pk, str(by), here.position or here.get_role_display())


def _with_reasons(changes: Sequence[MarkChange]) -> list[MarkChange]:
    """Raises Invalid where there is no change, or one has no reason."""
    if not changes:
        raise policies.Invalid("There is no mark to change.")
    changes = [replace(change, reason=change.reason.strip()) for change in changes]
    if not all(change.reason for change in changes):
        raise policies.Invalid("Say why this mark is changing.")
    return changes


def _check(
    school: School, first: date, last: date, now: datetime
) -> Callable[[MarkChange, LockedEnrolment, MarkNow | None], str | None]:
    """What the rules say against one of these changes, between two days."""
    half_days = Session.objects.filter(school=school, date__range=(first, last), is_open=True)
    held = set(half_days.values_list("date", "half"))

    def check(change: MarkChange, enrolment: LockedEnrolment, mark: MarkNow | None) -> str | None:
        if enrolment.school_id != school.pk:
            return "This pupil is not on the roll of this school."
        key = change.key
        if now < register_window(school, key.date, key.half).opens_at and key.date == now.date():
            return NOT_BEGUN
        facts = allowed_codes.SessionFacts(key.date, Half(key.half), (key.date, key.half) in held)
        return allowed_codes.why_not(
            change.code, pupil=enrolment.facts, session=facts, today=now.date()
        )

    return check


def _past_their_time(school: School, keys: Collection[MarkKey], now: datetime) -> set[MarkKey]:
    return {key for key in keys if register_window(school, key.date, key.half).has_ended(now)}


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
