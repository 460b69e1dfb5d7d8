"""Take marks out of the register that should never have been made: closures that were undone.

A mark that is taken back leaves an amendment from its code to none, so that the history shows it;
it counts nowhere any more. A mark that is made there again goes on where its versions ended.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction

from registers.marks.actions import papers_needed, sql
from registers.marks.actions.amendments import record_amendments
from registers.marks.actions.sealing import digest_of, key_of_the_register, store_seals
from registers.marks.actions.tallies import clear_empty_weeks, recompute_tallies
from registers.marks.changes import Author, LockedEnrolment, MarkChange, MarkKey, MarkNow
from registers.rules.calendar import monday_of, sunday_of


@transaction.atomic(savepoint=False)
def take_back_marks(
    marks: Mapping[MarkKey, MarkNow],
    *,
    by: Author,
    reason: str,
    locked: Mapping[int, LockedEnrolment],
) -> None:
    """Take marks out of the register that should never have been made, each with its amendment.

    `marks` are those that stand, read once their enrolments were `locked`. What is taken back
    stays in the history, from its code to none. Raises LostRace if one of them is not so any more.
    """
    if not marks:
        return
    secret = key_of_the_register()
    keys = sorted(marks)
    moved = {pk: locked[pk].seal for pk in {key.enrolment_id for key in keys}}
    gone = [MarkChange(key, "", marks[key].version, reason=reason) for key in keys]
    versions = {change.key: change.seen + 1 for change in gone}
    record_amendments(gone, by, locked, marks, versions, moved, secret)
    for key in keys:
        digest = digest_of(secret, key, marks[key])
        moved[key.enrolment_id] = moved[key.enrolment_id].moved(taken=[digest], new_marks=-1)
    sql.delete_marks(keys)
    _recount(keys)
    store_seals(moved.values(), secret)
    papers_needed.list_fewer(marks, by.user_id)


def _recount(keys: Sequence[MarkKey]) -> None:
    days, pupils = [key.date for key in keys], {key.enrolment_id for key in keys}
    weeks = {"monday": monday_of(min(days)), "sunday": sunday_of(max(days))}
    recompute_tallies(pupils, **weeks)
    clear_empty_weeks(pupils, **weeks)
