"""A date of entry or leaving that the files correct: matched to a time on the roll, and told.

A row whose date of entry Rollbook does not have is a correction where it overlaps one time on the
roll that the file no longer has; else it is another time on the roll. Marks outside the corrected
dates are kept and count nowhere (`registers.models.on_roll`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from registers.exchange.checks.known import Known
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, PupilRow
from registers.exchange.layout.staged import StagedSpell
from registers.roll.actions import dates
from registers.rules.admission import Spell, overlap
from registers.rules.allowed_codes import PupilFacts
from registers.rules.wording import many


def match(rows: Sequence[PupilRow], there: Iterable[StagedSpell]) -> None:
    """Say of each row of one pupil which time on the roll it corrects, if it corrects one."""
    spells = {spell.facts.starts_on: spell.facts for spell in there}
    ours = {row.starts_on for row in rows}
    free = {start: facts for start, facts in spells.items() if start not in ours}
    for row in rows:
        if row.starts_on not in spells:
            _match_one(row, rows, free)


def _match_one(row: PupilRow, rows: Sequence[PupilRow], free: Mapping[date, PupilFacts]) -> None:
    met = [start for start, facts in free.items() if _overlaps(row, facts)]
    if len(met) != 1:
        return
    corrected = free[met[0]]
    if sum(_overlaps(other, corrected) for other in rows) > 1:
        return
    row.corrects = corrected.starts_on
    if "Date of leaving" in row.unsaid:
        row.leaves_on = corrected.leaves_on


def _overlaps(row: PupilRow, facts: PupilFacts) -> bool:
    return overlap(*_spells(facts, row))


def settle(folder: Folder, known: Known, findings: Findings) -> None:
    """Tell how many dates are corrected and how many marks then lie outside; leave a pupil off
    the roll whom a person has taken off it, where the file gives no date of leaving."""
    corrected: dates.Corrected = {}
    first = 0
    for row, old, enrolment_id in _matched(folder, known):
        if row.leaves_on is None and enrolment_id in known.taken_off:
            _leave_off_the_roll(row, old, findings)
        was, becomes = _spells(old.facts, row)
        if was != becomes:
            corrected = {**corrected, enrolment_id: (was, becomes)}
            first = first or row.line
    if falls := sum(falls for falls, _ in dates.marks_that_move(corrected).values()):
        words = "will lie outside corrected dates: kept in the history, and in no figure"
        findings.warn(f"{many(falls, 'mark')} {words}", f"pupils.csv, line {first}")


def _matched(folder: Folder, known: Known) -> Iterator[tuple[PupilRow, StagedSpell, int]]:
    """Each row with the time on the roll in Rollbook that it is about."""
    there = {
        (upn, spell.facts.starts_on): spell
        for upn, spells in known.spells.items()
        for spell in spells
    }
    for row in folder.pupils:
        old = there.get((row.upn, row.corrects or row.starts_on))
        if old is not None and old.enrolment_id is not None:
            yield row, old, old.enrolment_id


def _leave_off_the_roll(row: PupilRow, old: StagedSpell, findings: Findings) -> None:
    row.leaves_on = old.facts.leaves_on
    findings.warn(
        "taken off the roll in Rollbook with its ground, and the file has no date of leaving: "
        "stays off the roll",
        f"pupils.csv, line {row.line}",
    )


def _spells(facts: PupilFacts, row: PupilRow) -> tuple[Spell, Spell]:
    return Spell(facts.starts_on, facts.leaves_on), Spell(row.starts_on, row.leaves_on)
