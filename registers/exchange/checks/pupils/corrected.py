"""A date of entry or leaving that the files correct: matched to a time on the roll, and told.

A row whose date of entry Rollbook does not have is a correction where it overlaps one time on the
roll that the file no longer has; else it is another time on the roll. Marks outside the corrected
dates are kept and count nowhere (`registers.models.on_roll`).
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeVar

from registers.exchange.checks.known import Known
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, PupilRow
from registers.exchange.layout.staged import StagedSpell
from registers.exchange.problems.places import at_line
from registers.exchange.problems.warnings import WarningKind
from registers.roll.actions import dates
from registers.rules.admission import Dates, Spell, overlap
from registers.rules.grouping import keyed
from registers.rules.wording import many

D = TypeVar("D", bound=Dates)


def match(rows: Sequence[PupilRow], there: Iterable[StagedSpell]) -> None:
    """Say of each row of one pupil which time on the roll it corrects, if it corrects one."""
    spells = keyed(there, "starts_on")
    ours = keyed(rows, "starts_on")
    free = [spells[start] for start in spells.keys() - ours.keys()]
    for start in sorted(ours.keys() - spells.keys()):
        _match_one(ours[start], rows, free)


def _match_one(row: PupilRow, rows: Sequence[PupilRow], free: Sequence[StagedSpell]) -> None:
    met = _meeting(row, free)
    if len(met) == 1 and len(_meeting(met[0], rows)) == 1:
        row.corrects = met[0].starts_on
        if not row.says("Date of leaving"):
            row.leaves_on = met[0].leaves_on


def _meeting(time: Dates, others: Sequence[D]) -> list[D]:
    return [other for other in others if overlap(time, other)]


class MatchedSpell(NamedTuple):
    """A row with the time on the roll in Rollbook that it is about."""

    row: PupilRow
    before: Spell
    enrolment_id: int

    @property
    def becomes(self) -> Spell:
        return Spell(self.row.starts_on, self.row.leaves_on)

    @property
    def is_corrected(self) -> bool:
        return self.becomes != self.before


def settle(folder: Folder, known: Known, findings: Findings) -> None:
    """Tell how many dates are corrected and how many marks then lie outside; leave a pupil off
    the roll whom a person has taken off it, where the file gives no date of leaving."""
    matched = list(_matched(folder, known))
    for one in matched:
        if one.enrolment_id in known.taken_off:
            _leave_off_the_roll(one, findings)
    _warn_of_marks_outside(list(filter(attrgetter("is_corrected"), matched)), findings)


def _leave_off_the_roll(matched: MatchedSpell, findings: Findings) -> None:
    row = matched.row
    if row.leaves_on is None:
        row.leaves_on = matched.before.leaves_on
        findings.warn(WarningKind.STAYS_OFF_ROLL, at_line("pupils.csv", row.line))


def _warn_of_marks_outside(corrected: Sequence[MatchedSpell], findings: Findings) -> None:
    spells = {one.enrolment_id: (one.before, one.becomes) for one in corrected}
    falls = sum(falls for falls, _ in dates.marks_that_move(spells).values())
    if falls:
        place = at_line("pupils.csv", corrected[0].row.line)
        findings.warn(WarningKind.MARKS_FALL_AWAY, place, marks=many(falls, "mark"))


def _matched(folder: Folder, known: Known) -> Iterator[MatchedSpell]:
    for row in folder.pupils:
        for spell in known.spells_of(row.upn):
            if spell.starts_on == row.stands_for and spell.enrolment_id is not None:
                before = Spell(spell.starts_on, spell.leaves_on)
                yield MatchedSpell(row, before, spell.enrolment_id)
