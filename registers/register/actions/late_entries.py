"""Fill the blanks of a register that has ended: late entries, each with its reason."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.utils import timezone

from registers import policies
from registers.marks.actions.writing import Author, MarkChange, WriteResult, lock_class, write_marks
from registers.marks.advising import advise
from registers.models import Group, Mark, Register, SaveReceipt, Session
from registers.models.school.staff import User
from registers.register.actions.saving import (
    SaveAnswer,
    check_of,
    check_on_paper,
    each_once,
    earlier_answer,
    keep_answer,
    of_session,
    once,
)
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
    each_once(changes)
    now = now or timezone.now()
    policies.check(by, "amend_mark", school=group.school_id)
    if not reason.strip():
        raise policies.Refused("Say why these marks are entered after the end.")
    window = register_window(group.school, session.date, session.half)
    if not window.has_ended(now):
        raise policies.Refused("This register has not ended: take it as usual.")
    check_on_paper(taken_by, group.school_id, by)

    def save() -> SaveAnswer:
        earlier = SaveReceipt.objects.filter(pk=save_key, by=by).first()
        if earlier is not None:
            return earlier_answer(earlier.answer)
        written = _write_late(group, session, changes, reason.strip(), by, now, today)
        if taken_by is not None and written.saved:
            _note_taken_on_paper(group, session, taken_by, by, window)
        return keep_answer(save_key, by, written)

    return once(save, save_key, by)


def _write_late(
    group: Group,
    session: Session,
    changes: Sequence[MarkChange],
    reason: str,
    by: User,
    now: datetime,
    today: date | None,
) -> WriteResult:
    theirs, others = of_session(changes, session.date, session.half)
    blanks = [replace(change, seen=0, reason=reason) for change in theirs if not change.seen]
    keys = [change.key for change in blanks]
    locked, there = lock_class(
        [key.enrolment_id for key in keys], group=group.pk, on=session.date, half=session.half
    )
    facts = allowed_codes.SessionFacts(session.date, Half(session.half), session.is_open)
    position = policies.position_of(by, "amend_mark", school=group.school_id)
    written = write_marks(
        blanks,
        by=Author(by.pk, str(by), position),
        source=Mark.Source.OFFICE,
        made_at=now,
        check=check_of(facts, today or timezone.localdate()),
        locked=locked,
        there=there,
        ended=keys,
    )
    window = register_window(group.school, session.date, session.half)
    written.advice = advise(
        [change for change in blanks if change.key in written.saved],
        locked=locked,
        before=there,
        windows={(session.date, session.half): window},
        ended=keys,
    )
    marked = [change.key for change in theirs if change.seen]
    written.refused |= others | dict.fromkeys(marked, HAS_A_MARK)
    return written


def _note_taken_on_paper(
    group: Group, session: Session, taken_by: User, by: User, window: RegisterWindow
) -> None:
    """Taken at its opening, as far as anybody can say; nothing that was noted is changed."""
    register, _ = Register.objects.get_or_create(
        group=group, session=session, defaults={"ended_at": window.ends_at}
    )
    Register.objects.filter(pk=register.pk, taken_at__isnull=True).update(
        taken_at=window.opens_at, taken_by=taken_by, entered_by=by
    )
