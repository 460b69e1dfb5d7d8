"""The one place where marks are written.

Every save, amendment and import comes through `write_marks`: lock the enrolments in order, see
what is there, sort out what is stale or refused, record amendments, write the marks by version,
re-derive the weekly totals, move the seals. One transaction, and a number of statements that does
not grow with the marks.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from registers.marks import seals
from registers.marks.actions import papers_needed, sql
from registers.marks.actions.amendments import is_amended, record_amendments
from registers.marks.actions.locking import lock_enrolments, marks_now
from registers.marks.actions.sealing import digest_of, key_of_the_register, store_seals
from registers.marks.actions.tallies import recompute_tallies
from registers.marks.changes import (
    Author,
    Check,
    HowMade,
    LockedEnrolment,
    MarkChange,
    MarkKey,
    MarkNow,
    WriteResult,
)
from registers.rules.calendar import monday_of, sunday_of


@transaction.atomic(savepoint=False)
def write_marks(
    changes: Sequence[MarkChange],
    *,
    by: Author,
    source: int,
    made_at: datetime,
    check: Check,
    locked: Mapping[int, LockedEnrolment] | None = None,
    there: Mapping[MarkKey, MarkNow] | None = None,
    ended: Collection[MarkKey] = (),
    arrived_at: datetime | None = None,
    each_made: Mapping[MarkKey, HowMade] | None = None,
) -> WriteResult:
    """Write these marks, or say for each why not. At most one change for each mark.

    `check` gives words fit to show where a change may not be. `there` are the marks as they stand,
    for a caller who read them once the enrolments were `locked`; else they are read. `ended` are
    the keys whose register has ended: a new mark there is a late entry and gets its amendment.
    `arrived_at` is when marks came in that had waited on a device since `made_at`. `each_made` says
    how those marks came to be that `by` only lets in.
    Raises nothing of its own: what is stale or refused comes back in the answer, the rest is
    written.
    """
    written = WriteResult()
    if not changes:
        return written
    keys = [change.key for change in changes]
    locked = lock_enrolments({key.enrolment_id for key in keys}) if locked is None else locked
    there = marks_now(keys) if there is None else there
    accepted = [
        change
        for change in sorted(changes, key=lambda change: change.key)
        if _accepted(change, locked.get(change.key.enrolment_id), there, check, written)
    ]
    if accepted:
        how = HowMade(source, by.user_id, made_at, arrived_at)
        made = {change.key: how for change in accepted} | dict(each_made or {})
        written.saved = _next_versions(accepted, locked)
        _write(accepted, by, made, locked, there, ended, written.saved)
    _write_comments(changes, written)
    with_papers = _with_papers(changes, written, locked, there, check)
    written.papers = papers_needed.list_needed(with_papers, there, by.user_id)
    return written


def _write_comments(changes: Iterable[MarkChange], written: WriteResult) -> None:
    """The comments beside the marks that stand as they were asked for."""
    beside = [change for change in changes if change.comment is not None and written.stands(change)]
    sql.upsert_comments((*change.key, change.comment) for change in beside)


def _with_papers(
    changes: Iterable[MarkChange],
    written: WriteResult,
    locked: Mapping[int, LockedEnrolment],
    there: Mapping[MarkKey, MarkNow],
    check: Check,
) -> list[MarkChange]:
    """Those that were saved, and those that bring a paper to a mark that stood so already."""

    def brings_a_paper(change: MarkChange) -> bool:
        if not change.paper or change.key not in written.unchanged:
            return False
        return check(change, locked[change.key.enrolment_id], there.get(change.key)) is None

    return [change for change in changes if change.key in written.saved or brings_a_paper(change)]


def _accepted(
    change: MarkChange,
    enrolment: LockedEnrolment | None,
    there: Mapping[MarkKey, MarkNow],
    check: Check,
    written: WriteResult,
) -> bool:
    mark = there.get(change.key)
    if enrolment is None:
        written.refused[change.key] = "This pupil is not in this register."
    elif mark and change.agrees_with(mark):
        written.unchanged[change.key] = mark.version
    elif (mark.version if mark else 0) != change.seen:
        written.conflicts[change.key] = mark
    elif (why := check(change, enrolment, mark)) is not None:
        written.refused[change.key] = why
    else:
        return True
    return False


def _next_versions(
    accepted: Sequence[MarkChange], locked: Mapping[int, LockedEnrolment]
) -> dict[MarkKey, int]:
    """The version that each change makes: one more than was seen, and where a mark was taken back
    before, one more than it ended with.
    """
    new = [change.key for change in accepted if not change.seen]
    ended_with = {key: locked[key.enrolment_id].ended_with for key in new}
    taken_back = _taken_back([key for key, version in ended_with.items() if version is None])
    gone = {key: version or taken_back.get(key, 0) for key, version in ended_with.items()}
    return {change.key: gone.get(change.key, change.seen) + 1 for change in accepted}


def _taken_back(keys: Collection[MarkKey]) -> Mapping[tuple[int, date, int], int]:
    """The versions with which marks at these keys were taken back; no statement without a key."""
    if not keys:
        return {}
    days = [key.date for key in keys]
    return sql.versions_taken_back({key.enrolment_id for key in keys}, min(days), max(days))


def _write(
    accepted: Sequence[MarkChange],
    by: Author,
    made: Mapping[MarkKey, HowMade],
    locked: Mapping[int, LockedEnrolment],
    there: Mapping[MarkKey, MarkNow],
    ended: Collection[MarkKey],
    versions: Mapping[MarkKey, int],
) -> None:
    secret = key_of_the_register()
    moved = {pk: locked[pk].seal for pk in {change.key.enrolment_id for change in accepted}}
    amended = [change for change in accepted if is_amended(change, there.get(change.key), ended)]
    record_amendments(amended, by, locked, there, versions, moved, secret)
    rows = [
        (*change.key, change.code, versions[change.key], change.minutes_late, *made[change.key])
        for change in accepted
    ]
    sql.upsert_marks(rows)
    recompute_tallies(
        moved,
        monday=monday_of(min(change.key.date for change in accepted)),
        sunday=sunday_of(max(change.key.date for change in accepted)),
    )
    for row in rows:
        key = MarkKey(*row[:3])
        mark = there.get(key)
        moved[key.enrolment_id] = moved[key.enrolment_id].moved(
            taken=[digest_of(secret, key, mark)] if mark else (),
            added=[seals.mark_digest(secret, *row)],
            new_marks=0 if mark else 1,
        )
    store_seals(moved.values(), secret)
