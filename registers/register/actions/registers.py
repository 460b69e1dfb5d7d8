"""Open, fill and end a class register."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from registers import policies
from registers.marks.actions.locking import lock_class
from registers.marks.actions.writing import write_marks
from registers.marks.changes import Author, MarkChange, MarkKey, WriteResult
from registers.models import Group, Mark, Register, Session
from registers.models.school.staff import User
from registers.register.actions.may_take import check_may_take
from registers.register.actions.saving import ENDED, check_of
from registers.rules import allowed_codes
from registers.rules.clock import RegisterWindow, register_window
from registers.rules.codes import Half

OPENED = """
    INSERT INTO registers_register AS register (group_id, session_id, opened_at, opened_by_id)
    VALUES (%s, %s, %s, %s)
    ON CONFLICT (group_id, session_id) DO UPDATE
       SET opened_at = COALESCE(register.opened_at, excluded.opened_at),
           opened_by_id = COALESCE(register.opened_by_id, excluded.opened_by_id)
    RETURNING id, group_id, session_id, opened_at, opened_by_id, taken_at, taken_by_id,
              entered_by_id, ended_at, closed_because"""


def open_register(
    *, group: Group, session: Session, by: User, now: datetime | None = None
) -> Register:
    """The register of this group for this session, opened now if it was not.

    Raises Refused for whoever may not take it, before its time, after its end, and where the
    session was not held. Two statements, whoever else opens it at the same moment.
    """
    now = now or timezone.now()
    check_may_take(by, group.pk, session.date)
    if not session.is_held:
        raise policies.Refused(
            f"This session was not held ({session.closed_because}), so it has no register."
        )
    window = register_window(group.school, session.date, session.half)
    if not window.has_opened(now):
        raise policies.Refused(opens_in_words(window))
    if window.has_ended(now):
        raise policies.Refused(ENDED)
    at = connection.ops.adapt_datetimefield_value(now)
    (register,) = Register.objects.raw(OPENED, [group.pk, session.pk, at, by.pk])
    return register


def opens_in_words(window: RegisterWindow) -> str:
    at = window.opens_at
    return f"This register opens at {at.hour}:{at:%M} on {allowed_codes.day_in_words(at.date())}."


def fill_planned(
    *,
    register: Register,
    session: Session,
    planned: Mapping[int, str],
    by: User,
    now: datetime | None = None,
    today: date | None = None,
) -> WriteResult:
    """Write what is planned for these enrolments into a register that is open.

    Only where there is no mark: what somebody made is never overwritten, whoever was first. Raises
    Refused when the register has ended. Safe to repeat.
    """
    if register.ended_at is not None:
        raise policies.Refused(ENDED)
    check_may_take(by, register.group_id, session.date)
    facts = allowed_codes.SessionFacts(session.date, Half(session.half), session.is_open)
    changes = [
        MarkChange(MarkKey(enrolment, session.date, session.half), code, 0)
        for enrolment, code in planned.items()
    ]
    with transaction.atomic():
        locked, there = lock_class(
            list(planned), group=register.group_id, on=session.date, half=session.half
        )
        return write_marks(
            changes,
            by=Author(None, "", ""),
            source=Mark.Source.PLAN,
            made_at=now or timezone.now(),
            check=check_of(facts, today or timezone.localdate()),
            locked=locked,
            there=there,
        )


def end_registers(*, now: datetime | None = None) -> int:
    """End every register whose time is over, at the time when it was; how many.

    Two statements where all schools keep the same times, whatever the number of registers, and
    one when nothing is to be done. Safe to repeat, and after hours in which nobody called it.
    """
    now = now or timezone.now()
    unended = Register.objects.filter(
        ended_at__isnull=True, session__date__lte=timezone.localdate(now)
    ).select_related("session", "group__school")
    over: dict[datetime, list[int]] = defaultdict(list)
    for register in unended:
        half_day = register.session
        window = register_window(register.group.school, half_day.date, half_day.half)
        if window.has_ended(now):
            over[window.ends_at].append(register.pk)
    return sum(
        Register.objects.filter(pk__in=ids, ended_at__isnull=True).update(ended_at=at)
        for at, ids in over.items()
    )
