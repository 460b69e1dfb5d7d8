"""Hold enrolments before their marks are written, and read what stands."""

from collections.abc import Collection
from datetime import date

from registers.marks.actions import sql
from registers.marks.actions.sealing import seal_from_row
from registers.marks.changes import LockedEnrolment, MarkKey, MarkNow
from registers.rules.allowed_codes import PupilFacts


def lock_enrolments(
    enrolments: Collection[int], *, group: int | None = None, on: date | None = None
) -> dict[int, LockedEnrolment]:
    """Hold these enrolments until the transaction ends, in order, so that nobody deadlocks; only
    those who are in the group on the day, where one is given.

    Held first and read by a second statement: one that had to wait for the lock would still see
    what stood when it began, and the seal of a save that came between would be lost.
    """
    held = sql.lock_rows(enrolments, group=group, on=on)
    return {row[0]: _locked(row) for row in sql.facts_and_seals(held)}


def lock_class(
    enrolments: Collection[int], *, group: int, on: date, half: int
) -> tuple[dict[int, LockedEnrolment], dict[MarkKey, MarkNow]]:
    """The same for one session of a group, with the marks that stand in it: a statement less."""
    held = sql.lock_rows(enrolments, group=group, on=on)
    rows = sql.facts_seals_and_marks(held, on, half)
    there = {MarkKey(row[0], on, half): MarkNow(*row[10:17]) for row in rows if row[10] is not None}
    return {row[0]: _locked(row, row[17] or 0) for row in rows}, there


def _locked(row: tuple, ended_with: int | None = None) -> LockedEnrolment:
    return LockedEnrolment(
        ended_with=ended_with,
        school_id=row[1],
        facts=PupilFacts(row[2], row[3], row[4]),
        seal=seal_from_row(row[0], row[5], row[6], row[7], row[8]),
        now=row[9],
    )


def marks_now(keys: Collection[MarkKey]) -> dict[MarkKey, MarkNow]:
    """The marks at these keys as they stand, in one statement."""
    wanted = set(keys)
    rows = sql.marks_between(
        {key.enrolment_id for key in wanted},
        min(key.date for key in wanted),
        max(key.date for key in wanted),
        {key.half for key in wanted},
    )
    found = {MarkKey(*row[:3]): MarkNow(*row[3:]) for row in rows}
    return {key: found[key] for key in wanted & found.keys()}
