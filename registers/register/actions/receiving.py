"""Marks that come from a device: at once, or hours later; into the register, or to the office."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from registers.marks.changes import Check, LockedEnrolment, MarkChange, MarkNow, WriteResult
from registers.models import Group, HeldMark, Register, School, Session
from registers.models.school.staff import User
from registers.register.actions.answers import SaveAnswer, keep_answer, once
from registers.register.actions.may_take import check_may_take
from registers.register.actions.reading import OpenRegister, RegisterKey, register_for
from registers.register.actions.registers import open_register
from registers.register.actions.saving import (
    RegisterSave,
    check_of,
    check_on_paper,
    lock_changes,
    of_session,
    save_in,
    save_of,
)
from registers.register.devices import DeviceTimes, HeldReason, JudgedTime, held_in_words, judge
from registers.rules.clock import RegisterWindow, register_window

MOST_SECONDS = 2**31 - 1  # a device whose clock stands in another century
WHY = {HeldReason.ENDED: HeldMark.Why.ENDED, HeldReason.CLOCK: HeldMark.Why.CLOCK}


def receive_marks(
    *,
    school: School,
    key: RegisterKey,
    changes: Sequence[MarkChange],
    save_key: uuid.UUID,
    times: DeviceTimes,
    by: User,
    taken_by: User | None = None,
    now: datetime | None = None,
    today: date | None = None,
) -> SaveAnswer:
    """Save marks as a device sends them: like `save_marks`, but nothing that was made is lost.

    What comes after the register's end, or waited by a clock that is more than two minutes off, is
    kept as a held mark for the office to accept, and answered as held. A register that nobody has
    opened is opened. The same `save_key` again changes nothing and gets the same answer. Raises
    Refused when the person may not take this register or it has not opened yet; ValueError when
    a mark is in `changes` twice; Session.DoesNotExist where the school has no such register.
    """
    save = save_of(changes, save_key, by, taken_by, now, today)

    def answer() -> SaveAnswer:
        register = register_for(key.which, save_key, by)
        if register.answer is not None:
            return register.answer
        check_on_paper(taken_by, register.school_id, by)
        window = register_window(school, key.date, key.half)
        over = register.has_ended(save.now) or bool(register.closed_because)
        judged = judge(times, now=save.now, window=window, ended=over)
        if judged.held is not None:
            return _hold(register, save, judged, window)
        return save_in(register, save, judged.made_at, judged.arrived_at)

    try:
        return once(answer, save_key, by)
    except Register.DoesNotExist:
        _make_register(school, key, by, save.now)
        return once(answer, save_key, by)


def _make_register(school: School, key: RegisterKey, by: User, now: datetime) -> None:
    """Open the register that nobody has opened; where its time is over, note that it ended."""
    check_may_take(by, key.group_id, key.date)
    group = Group.objects.filter(pk=key.group_id, school=school).first()
    if group is None:
        raise Session.DoesNotExist
    group.school = school
    session = Session.objects.get(school=school, date=key.date, half=key.half)
    window = register_window(school, key.date, key.half)
    if window.has_ended(now):
        Register.objects.get_or_create(
            group=group, session=session, defaults={"ended_at": window.ends_at}
        )
    else:
        open_register(group=group, session=session, by=by, now=now)


def _hold(
    register: OpenRegister, save: RegisterSave, judged: JudgedTime, window: RegisterWindow
) -> SaveAnswer:
    """Keep what may stand for the office; refuse the rest at once, while its maker is there."""
    theirs, others = of_session(save.changes, register.date, register.half)
    locked, there = lock_changes(theirs, register.group_id, register.date, register.half)
    check = check_of(register.facts, save.today, register.held_to_codes)
    written = WriteResult(refused=others)
    kept = [
        change
        for change in theirs
        if _may_be_held(
            change, locked.get(change.key.enrolment_id), there.get(change.key), check, written
        )
    ]
    _keep(register, kept, save, judged)
    why = held_in_words(judged, window)
    return keep_answer(save.key, save.by, written, {change.key: why for change in kept})


def _may_be_held(
    change: MarkChange,
    enrolment: LockedEnrolment | None,
    mark: MarkNow | None,
    check: Check,
    written: WriteResult,
) -> bool:
    """Whether the office is to decide; else `written` says what became of it."""
    if enrolment is None:
        written.refused[change.key] = "This pupil is not in this register."
    elif mark and not (change.comment or change.paper) and change.agrees_with(mark):
        written.unchanged[change.key] = mark.version
    elif (why := check(change, enrolment, mark)) is not None:
        written.refused[change.key] = why
    else:
        return True
    return False


def _keep(
    register: OpenRegister,
    changes: Sequence[MarkChange],
    save: RegisterSave,
    judged: JudgedTime,
) -> None:
    if judged.held is None:
        raise ValueError("This mark is not held.")
    HeldMark.objects.bulk_create(
        HeldMark(
            save_key=save.key,
            group_id=register.group_id,
            enrolment_id=change.key.enrolment_id,
            date=change.key.date,
            half=change.key.half,
            code_id=change.code,
            minutes_late=change.minutes_late,
            comment=change.comment or "",
            paper=change.paper or "",
            seen=change.seen,
            made_at=judged.made_at,
            made_by=save.by,
            arrived_at=save.now,
            why=WHY[judged.held],
            clock_off=max(-MOST_SECONDS, min(MOST_SECONDS, judged.clock_off)),
        )
        for change in changes
    )
