"""Write the marks of a closure, and put back what stood: piece by piece, so that nobody waits.

Each piece is a transaction of its own that holds some enrolments, looks at the marks as they stand
then, and writes through the one writer. A teacher who saves at the same moment is before or after:
before, the mark is seen and treated by the rules; after, the save is a conflict and the teacher is
told. Safe to repeat, so a worker that ended half way goes on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from registers.closures import queries as closures_queries
from registers.closures.actions.showing import key_of_first, key_of_last
from registers.marks.actions.amend import ended_keys
from registers.marks.actions.taking_back import take_back_marks
from registers.marks.actions.writing import (
    Author,
    HowMade,
    LockedEnrolment,
    MarkChange,
    MarkKey,
    MarkNow,
    lock_enrolments,
    marks_now,
    write_marks,
)
from registers.marks.plans_in_force import planned_marks
from registers.models import ClosedMark, Closure, Mark, Session
from registers.rules import allowed_codes as code_rules
from registers.rules import closures
from registers.rules.admission import is_on_roll
from registers.rules.clock import register_window
from registers.rules.codes import Half

PIECE = 100  # enrolments
Told = Callable[[int, int], None]  # pupils done, of how many


def write_closure(closure: Closure, *, now: datetime, told: Told | None = None) -> int:
    """Write the code for each of its pupils in the sessions that have begun and have it not yet;
    how many marks.
    """
    sessions = _begun(closure, now)
    if not sessions:
        return 0
    pupils = sorted(
        closures_queries.enrolments_of(closure, closure.school).values_list("pk", flat=True)
    )
    written = 0
    for start in range(0, len(pupils), PIECE):
        written += _write_piece(closure, pupils[start : start + PIECE], sessions, now)
        if told:
            told(min(start + PIECE, len(pupils)), len(pupils))
    last = sessions[-1]
    Closure.objects.filter(pk=closure.pk).update(written_on=last.date, written_half=last.half)
    return written


def _begun(closure: Closure, now: datetime) -> list[Session]:
    first, last = key_of_first(closure), key_of_last(closure)
    done = None
    if closure.written_on is not None:
        done = (closure.written_on, Half(closure.written_half or 0))
    return [
        one
        for one in closures_queries.sessions_between(closure.school, first, last)
        if one.is_open
        and (done is None or closures_queries.key_of(one) > done)
        and register_window(closure.school, one.date, one.half).has_opened(now)
    ]


@transaction.atomic
def _write_piece(
    closure: Closure, pupils: Sequence[int], sessions: Sequence[Session], now: datetime
) -> int:
    """Nothing once it is undone: whoever undoes it holds its row first."""
    if Closure.objects.select_for_update().get(pk=closure.pk).undone_at is not None:
        return 0
    locked = lock_enrolments(pupils)
    keys = [MarkKey(pk, one.date, one.half) for pk in pupils for one in sessions]
    keys = [key for key in keys if _on_roll(locked[key.enrolment_id], key.date)]
    if not keys:
        return 0
    there = marks_now(keys)
    changes = list(_changes(closure, keys, there, _planned(pupils, sessions)))
    ended = ended_keys(pupils, first=sessions[0].date, last=sessions[-1].date) | {
        key for key in keys if register_window(closure.school, key.date, key.half).has_ended(now)
    }

    def check(change: MarkChange, enrolment: LockedEnrolment, mark: MarkNow | None) -> str | None:
        facts = code_rules.SessionFacts(change.key.date, Half(change.key.half), True)
        today = timezone.localdate(now)
        return code_rules.why_not(change.code, pupil=enrolment.facts, session=facts, today=today)

    written = write_marks(
        changes,
        by=Author(closure.made_by_id, str(closure.made_by), closure.position),
        source=Mark.Source.CLOSURE,
        made_at=now,
        check=check,
        locked=locked,
        there=there,
        ended=ended,
    )
    _keep_what_was(closure, written.saved, there)
    return len(written.saved)


def _on_roll(enrolment: LockedEnrolment, on: date) -> bool:
    return is_on_roll(enrolment.facts, on)


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
    code = str(closure.code_id)
    for key in keys:
        mark = there.get(key)
        now = mark.code if mark else planned.get(key, closures.BLANK)
        if closures.becomes(now, code, closure.changing) is None:
            continue
        seen = mark.version if mark else 0
        paper = closure.said if code == "#" else None
        yield MarkChange(key, code, seen, reason=f"Closure: {closure.said}", paper=paper)


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


def undo_marks(closure: Closure, *, told: Told | None = None) -> tuple[int, int]:
    """Put every mark of an undone closure back to what it was; how many, and how many are left
    since somebody changed them meanwhile.
    """
    waiting = closure.marks.filter(undone__isnull=True)
    pupils = sorted(set(waiting.order_by().values_list("enrolment", flat=True)))
    back = left = 0
    for start in range(0, len(pupils), PIECE):
        piece = _undo_piece(closure, pupils[start : start + PIECE])
        back, left = back + piece[0], left + piece[1]
        if told:
            told(min(start + PIECE, len(pupils)), len(pupils))
    return back, left


@transaction.atomic
def _undo_piece(closure: Closure, pupils: Sequence[int]) -> tuple[int, int]:
    locked = lock_enrolments(pupils)
    rows = {
        MarkKey(row.enrolment_id, row.date, row.half): row
        for row in closure.marks.filter(enrolment__in=pupils, undone__isnull=True)
    }
    if not rows:
        return 0, 0
    there = marks_now(list(rows))
    same = {key for key, row in rows.items() if _is_as_left(row, there.get(key))}
    author = Author(closure.undone_by_id, str(closure.undone_by), closure.undone_position)
    reason = f"Closure undone: {closure.said}"
    _put_back({key: rows[key] for key in same if rows[key].code_before}, locked, author, reason)
    # The seals have moved: read them again. The enrolments are held all the same.
    blanks = {key: there[key] for key in same if not rows[key].code_before}
    take_back_marks(blanks, by=author, reason=reason, locked=lock_enrolments(pupils))
    for undone in (True, False):
        ids = [row.pk for key, row in rows.items() if (key in same) is undone]
        ClosedMark.objects.filter(pk__in=ids).update(undone=undone)
    return len(same), len(rows) - len(same)


def _is_as_left(row: ClosedMark, mark: MarkNow | None) -> bool:
    return mark is not None and mark.version == row.version


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
        each_made={
            key: HowMade(
                row.source_before or Mark.Source.OFFICE,
                row.made_before_id,
                row.made_before_at or timezone.now(),
                row.arrived_before_at,
            )
            for key, row in rows.items()
        },
    )
