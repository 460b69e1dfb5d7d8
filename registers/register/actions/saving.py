"""Save marks in a register that is open: once for each key, mark by mark, in one transaction."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from registers import policies
from registers.marks.actions.locking import lock_class
from registers.marks.actions.writing import write_marks
from registers.marks.advising import advise
from registers.marks.changes import Author, Check, LockedEnrolment, MarkChange, MarkKey, MarkNow
from registers.models import Mark
from registers.models.school.staff import User
from registers.register.actions.answers import SaveAnswer, keep_answer, once
from registers.register.actions.reading import (
    OF_ID,
    OpenRegister,
    RegisterKey,
    Which,
    register_for,
)
from registers.register.actions.taken import note_taken
from registers.rules import allowed_codes
from registers.rules.codes import CODES

CLOSED = "This session was closed ({why}), so no register is taken. Tell the attendance office."
ENDED = "This register has ended. The attendance office can amend it and say why."
ANOTHER_SESSION = "This mark belongs to another session."
NOT_EVERYDAY = (
    "{code} ({meaning}) is set by the attendance office. Mark N when the pupil is not here, and "
    "tell the office."
)


@dataclass(frozen=True, slots=True)
class RegisterSave:
    """What somebody sends for a register, once for its key; `taken_by` took it on paper.

    Raises ValueError when a mark is in `changes` twice.
    """

    changes: Sequence[MarkChange]
    key: uuid.UUID
    by: User
    taken_by: User | None
    now: datetime
    today: date

    def __post_init__(self) -> None:
        if len({change.key for change in self.changes}) < len(self.changes):
            raise ValueError("A save holds at most one change for each mark.")


def save_of(
    changes: Sequence[MarkChange],
    save_key: uuid.UUID,
    by: User,
    taken_by: User | None,
    now: datetime | None,
    today: date | None,
) -> RegisterSave:
    """The save as of `now` and `today`, by the clock where they are not given."""
    return RegisterSave(
        changes, save_key, by, taken_by, now or timezone.now(), today or timezone.localdate()
    )


def save_marks(
    *,
    changes: Sequence[MarkChange],
    save_key: uuid.UUID,
    by: User,
    register_id: int | None = None,
    key: RegisterKey | None = None,
    made_at: datetime | None = None,
    taken_by: User | None = None,
    now: datetime | None = None,
    today: date | None = None,
) -> SaveAnswer:
    """Save marks in a register that is open, one or sixty of them, in one transaction.

    The register is named by its id or by its `key`. Every change is saved, or answered as a
    conflict (with the mark as it stands) or as refused (with the reason in words). The same
    `save_key` again changes nothing and gets the same answer. `made_at` is when the marks were
    made, now by default; `taken_by` is who took the register on paper, where `by` types it in.
    Raises Refused when the person may not take this register or it has ended, by hand or by the
    clock; Register.DoesNotExist when nobody has opened it; ValueError when a mark is in `changes`
    twice.
    """
    save = save_of(changes, save_key, by, taken_by, now, today)
    which: Which = key.which if key else (OF_ID, [register_id])

    def answer() -> SaveAnswer:
        register = register_for(which, save_key, by)
        if register.answer is not None:
            return register.answer
        _check_is_open(register, save.now)
        check_on_paper(taken_by, register.school_id, by)
        return save_in(register, save, made_at or save.now)

    return once(answer, save_key, by)


def _check_is_open(register: OpenRegister, now: datetime) -> None:
    if why := register.closed_because:
        raise policies.Refused(CLOSED.format(why=why))
    if register.has_ended(now):
        raise policies.Refused(ENDED)


def check_of(
    session: allowed_codes.SessionFacts, today: date, everyday: Collection[str] | None = None
) -> Check:
    """The rules for one session; a teacher is also held to the school's `everyday` codes."""

    def check(change: MarkChange, enrolment: LockedEnrolment, mark: MarkNow | None) -> str | None:
        why = allowed_codes.why_not(
            change.code, pupil=enrolment.facts, session=session, today=today
        )
        if why is None and everyday is not None and change.code not in everyday:
            return NOT_EVERYDAY.format(code=change.code, meaning=CODES[change.code].meaning)
        return why

    return check


def save_in(
    register: OpenRegister,
    save: RegisterSave,
    made_at: datetime,
    arrived_at: datetime | None = None,
) -> SaveAnswer:
    """Write what may stand, note who took the register, keep the answer under the key."""
    theirs, others = of_session(save.changes, register.date, register.half)
    locked, there = lock_changes(theirs, register.group_id, register.date, register.half)
    written = write_marks(
        theirs,
        by=Author(save.by.pk, str(save.by), register.position),
        source=Mark.Source.REGISTER,
        made_at=made_at,
        check=check_of(register.facts, save.today, register.held_to_codes),
        locked=locked,
        there=there,
        arrived_at=arrived_at,
    )
    written.refused |= others
    windows = {(register.date, register.half): register.window}
    written.advice = advise(theirs, written, locked=locked, before=there, windows=windows)
    if register.taken_at is None and written.saved:
        note_taken(register.id, at=made_at, by=save.by, on_paper_by=save.taken_by)
    return keep_answer(save.key, save.by, written)


def of_session(
    changes: Sequence[MarkChange], on: date, half: int
) -> tuple[list[MarkChange], dict[MarkKey, str]]:
    """The changes of this session, and a refusal for each that belongs to another one."""
    theirs, others = [], {}
    for change in changes:
        if (change.key.date, change.key.half) == (on, half):
            theirs.append(change)
        else:
            others[change.key] = ANOTHER_SESSION
    return theirs, others


def lock_changes(
    changes: Sequence[MarkChange], group: int, on: date, half: int
) -> tuple[Mapping[int, LockedEnrolment], Mapping[MarkKey, MarkNow]]:
    """Hold the pupils of these changes who are in the group, with their marks of the session."""
    enrolments = [change.key.enrolment_id for change in changes]
    return lock_class(enrolments, group=group, on=on, half=half)


def check_on_paper(taken_by: User | None, school_id: int, by: User) -> None:
    """Somebody else's register is typed in by the office, and only for its own staff."""
    if taken_by is None:
        return
    policies.check(by, "amend_mark", school=school_id)
    if not policies.may(taken_by, "take_register", school=school_id):
        raise policies.Refused("Choose somebody of this school’s staff who took it on paper.")
