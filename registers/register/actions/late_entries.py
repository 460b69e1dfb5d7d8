"""Fill the blanks of a register that has ended: late entries, each with its reason."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from registers import policies
from registers.marks.actions.writing import write_marks
from registers.marks.advising import advise
from registers.marks.changes import Author, MarkChange, WriteResult
from registers.models import Group, Mark, Session
from registers.models.school.staff import User
from registers.register.actions.answers import SaveAnswer, earlier_answer, keep_answer, once
from registers.register.actions.saving import (
    RegisterSave,
    check_of,
    check_on_paper,
    lock_changes,
    of_session,
    save_of,
)
from registers.register.actions.taken import note_taken_on_paper
from registers.rules import allowed_codes
from registers.rules.clock import RegisterWindow, register_window
from registers.rules.codes import Half

HAS_A_MARK = "This pupil has a mark: amend it on its own page."


def enter_late(
    *,
    group: Group,
    session: Session,
    changes: Sequence[MarkChange],
    reason: str,
    save_key: uuid.UUID,
    by: User,
    taken_by: User | None = None,
    now: datetime | None = None,
    today: date | None = None,
) -> SaveAnswer:
    """Fill the blanks of a register that has ended, each with its amendment and this reason.

    Like `save_marks` otherwise: mark by mark, once for each `save_key`. A mark that is there is
    not touched: it is amended one by one. With `taken_by` the register is noted as taken on paper
    by that person and typed in by `by`. Raises Refused when the person may not amend, no reason
    is given, or the register has not ended.
    """
    save = save_of(changes, save_key, by, taken_by, now, today)
    policies.check(by, "amend_mark", school=group.school_id)
    if not reason.strip():
        raise policies.Refused("Say why these marks are entered after the end.")
    window = register_window(group.school, session.date, session.half)
    if not window.has_ended(save.now):
        raise policies.Refused("This register has not ended: take it as usual.")
    check_on_paper(taken_by, group.school_id, by)

    def answer() -> SaveAnswer:
        if earlier := earlier_answer(save_key, by):
            return earlier
        written = _write_late(group, session, save, reason.strip(), window)
        if taken_by is not None and written.saved:
            note_taken_on_paper(group, session, taken_by=taken_by, by=by, window=window)
        return keep_answer(save_key, by, written)

    return once(answer, save_key, by)


def _write_late(
    group: Group, session: Session, save: RegisterSave, reason: str, window: RegisterWindow
) -> WriteResult:
    theirs, others = of_session(save.changes, session.date, session.half)
    blanks = [replace(change, reason=reason) for change in theirs if not change.seen]
    marked = {change.key: HAS_A_MARK for change in theirs if change.seen}
    late = {change.key for change in blanks}
    locked, there = lock_changes(blanks, group.pk, session.date, session.half)
    facts = allowed_codes.SessionFacts(session.date, Half(session.half), session.is_open)
    position = policies.position_of(save.by, "amend_mark", school=group.school_id)
    written = write_marks(
        blanks,
        by=Author(save.by.pk, str(save.by), position),
        source=Mark.Source.OFFICE,
        made_at=save.now,
        check=check_of(facts, save.today),
        locked=locked,
        there=there,
        ended=late,
    )
    windows = {(session.date, session.half): window}
    written.advice = advise(
        blanks, written, locked=locked, before=there, windows=windows, ended=late
    )
    written.refused |= others | marked
    return written
