"""Write the marks of a closure, and put back what stood: piece by piece, so that nobody waits.

Each piece is a transaction of its own that holds some enrolments, looks at the marks as they stand
then, and writes through the one writer. A teacher who saves at the same moment is before or after:
before, the mark is seen and treated by the rules; after, the save is a conflict and the teacher is
told. Safe to repeat, so a worker that ended half way goes on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from operator import attrgetter

from django.db import transaction
from django.utils import timezone

from registers.closures import queries as closures_queries
from registers.marks.actions.amend import ended_keys
from registers.marks.actions.locking import lock_enrolments, marks_now
from registers.marks.actions.taking_back import take_back_marks
from registers.marks.actions.writing import write_marks
from registers.marks.changes import (
    NO_MARK,
    Author,
    HowMade,
    LockedEnrolment,
    MarkChange,
    MarkKey,
    MarkNow,
)
from registers.marks.plans_in_force import planned_marks
from registers.models import ClosedMark, Closure, Mark, Session
from registers.rules import allowed_codes as code_rules
from registers.rules import closures
from registers.rules.admission import is_on_roll
from registers.rules.clock import register_window
from registers.rules.codes import Half

PIECE = 100  # enrolments
PK = attrgetter("pk")
Told = Callable[[int, int], None]  # pupils done, of how many


def nobody(done: int, total: int) -> None:
    """Where nobody waits to be told."""


def write_closure(closure: Closure, *, now: datetime, told: Told = nobody) -> int:
    """Write the code for each of its pupils in the sessions that have begun and have it not yet;
    how many marks.
    """
    sessions = _begun(closure, now)
    if not sessions:
        return 0
    enrolments = closures_queries.enrolments_of(closure, closure.school)
    written = 0
    for pupils in _in_pieces(enrolments.values_list("pk", flat=True), told):
        written += _write_piece(closure, pupils, sessions, now)
    last = sessions[-1]
    Closure.objects.filter(pk=closure.pk).update(written_on=last.date, written_half=last.half)
    return written


def _in_pieces(enrolments: Iterable[int], told: Told) -> Iterator[list[int]]:
    """The enrolments in order, some at a time; after each it is told how many are done."""
    pupils = sorted(set(enrolments))
    for start in range(0, len(pupils), PIECE):
        yield pupils[start : start + PIECE]
        told(min(start + PIECE, len(pupils)), len(pupils))


def _begun(closure: Closure, now: datetime) -> list[Session]:
    """The open sessions that have begun, and have their marks not yet."""
    school, done = closure.school, closure.written_up_to
    sessions = closures_queries.sessions_between(school, closure.first, closure.last)
    return [
        session
        for session in sessions.filter(is_open=True)
        if closures_queries.key_of(session) > done
        and closures_queries.has_begun(session, school, now)
    ]


@transaction.atomic
def _write_piece(
    closure: Closure, pupils: Sequence[int], sessions: Sequence[Session], now: datetime
) -> int:
    """Nothing once it is undone: whoever undoes it holds its row first."""
    if Closure.objects.select_for_update().get(pk=closure.pk).undone_at is not None:
        return 0
    locked = lock_enrolments(pupils)
    keys = _keys_on_roll(sessions, locked)
    if not keys:
        return 0
    there = marks_now(keys)
    ended = ended_keys(pupils, first=sessions[0].date, last=sessions[-1].date)

    def check(change: MarkChange, enrolment: LockedEnrolment, mark: MarkNow | None) -> str | None:
        facts = code_rules.SessionFacts(change.key.date, Half(change.key.half), True)
        today = timezone.localdate(now)
        return code_rules.why_not(change.code, pupil=enrolment.facts, session=facts, today=today)

    written = write_marks(
        list(_changes(closure, keys, there, _planned(pupils, sessions))),
        by=Author(closure.made_by_id, str(closure.made_by), closure.position),
        source=Mark.Source.CLOSURE,
        made_at=now,
        check=check,
        locked=locked,
        there=there,
        ended=ended | _over(keys, closure, now),
    )
    _keep_what_was(closure, written.saved, there)
    return len(written.saved)


def _keys_on_roll(
    sessions: Sequence[Session], locked: Mapping[int, LockedEnrolment]
) -> list[MarkKey]:
    return [
        MarkKey(pk, session.date, session.half)
        for (pk, enrolment), session in product(locked.items(), sessions)
        if is_on_roll(enrolment.facts, session.date)
    ]


def _over(keys: Sequence[MarkKey], closure: Closure, now: datetime) -> set[MarkKey]:
    """Those whose register has ended by the clock."""
    school = closure.school
    return {key for key in keys if register_window(school, key.date, key.half).has_ended(now)}


def _planned(pupils: Sequence[int], sessions: Sequence[Session]) -> dict[MarkKey, str]:
    """What is planned and not marked yet: it counts as if it stood."""
    return {
        MarkKey(pk, one.date, one.half): str(plan.code_id)
        for one in sessions
        for pk, plan in planned_marks(pupils, one.date, one.half).items()
    }


def _changes(
    closure: Closure,
    keys: Sequence[MarkKey],
    there: Mapping[MarkKey, MarkNow],
    planned: Mapping[MarkKey, str],
) -> Iterator[MarkChange]:
    code, reason = str(closure.code_id), f"Closure: {closure.said}"
    paper = {"#": closure.said}.get(code)  # the closure is what # needs
    for key in keys:
        mark = there.get(key, NO_MARK)
        now = mark.code or planned.get(key, closures.BLANK)
        if closures.becomes(now, code, closure.changing):
            yield MarkChange(key, code, mark.version, reason=reason, paper=paper)


def _keep_what_was(
    closure: Closure, saved: Mapping[MarkKey, int], there: Mapping[MarkKey, MarkNow]
) -> None:
    rows = []
    for key, version in saved.items():
        row = ClosedMark(closure=closure, version=version, **key._asdict())
        if mark := there.get(key):
            row.code_before, row.minutes_before = mark.code, mark.minutes_late
            row.source_before, row.made_before_id = mark.source, mark.made_by_id
            row.made_before_at, row.arrived_before_at = mark.made_at, mark.arrived_at
        rows.append(row)
    ClosedMark.objects.bulk_create(rows)


def undo_marks(closure: Closure, *, told: Told = nobody) -> tuple[int, int]:
    """Put every mark of an undone closure back to what it was; how many, and how many are left
    since somebody changed them meanwhile.
    """
    waiting = closure.marks.filter(undone__isnull=True).order_by()
    back = left = 0
    for pupils in _in_pieces(waiting.values_list("enrolment", flat=True), told):
        back_of_these, left_of_these = _undo_piece(closure, pupils)
        back, left = back + back_of_these, left + left_of_these
    return back, left


@transaction.atomic
def _undo_piece(closure: Closure, pupils: Sequence[int]) -> tuple[int, int]:
    locked = lock_enrolments(pupils)
    waiting = closure.marks.filter(enrolment__in=pupils, undone__isnull=True)
    rows = {MarkKey(row.enrolment_id, row.date, row.half): row for row in waiting}
    if not rows:
        return 0, 0
    there = marks_now(list(rows))
    same = {key: row for key, row in rows.items() if _is_as_left(row, there.get(key, NO_MARK))}
    author = Author(closure.undone_by_id, str(closure.undone_by), closure.undone_position)
    reason = f"Closure undone: {closure.said}"
    _put_back(_that_were_marked(same), locked, author, reason)
    # The seals have moved: read them again. The enrolments are held all the same.
    blanks = {key: there[key] for key in same.keys() - _that_were_marked(same).keys()}
    take_back_marks(blanks, by=author, reason=reason, locked=lock_enrolments(pupils))
    ClosedMark.objects.filter(pk__in=map(PK, same.values())).update(undone=True)
    waiting.update(undone=False)
    return len(same), len(rows) - len(same)


def _that_were_marked(rows: Mapping[MarkKey, ClosedMark]) -> dict[MarkKey, ClosedMark]:
    return {key: row for key, row in rows.items() if row.code_before}


def _is_as_left(row: ClosedMark, mark: MarkNow) -> bool:
    return mark.version == row.version


def _put_back(
    rows: Mapping[MarkKey, ClosedMark],
    locked: Mapping[int, LockedEnrolment],
    by: Author,
    reason: str,
) -> None:
    """As it was, with whose mark it was and when it was made."""
    write_marks(
        [
            MarkChange(key, row.code_before, row.version, row.minutes_before, reason=reason)
            for key, row in rows.items()
        ],
        by=by,
        source=Mark.Source.OFFICE,
        made_at=timezone.now(),
        check=lambda change, enrolment, mark: None,
        locked=locked,
        each_made={key: _how_made(row) for key, row in rows.items()},
    )


def _how_made(row: ClosedMark) -> HowMade:
    return HowMade(
        row.source_before or Mark.Source.OFFICE,
        row.made_before_id,
        row.made_before_at or timezone.now(),
        row.arrived_before_at,
    )
