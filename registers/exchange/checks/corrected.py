"""A date of entry or leaving that the files correct: matched to a time on the roll, and told.

A row whose date of entry Rollbook does not have is a correction where it overlaps one time on the
roll that the file no longer has; else it is another time on the roll. Marks outside the corrected
dates are kept and count nowhere (`registers.models.on_roll`).
"""

from collections.abc import Iterable, Sequence

from registers.exchange.checks.known import Known
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, PupilRow
from registers.exchange.layout.staged import Spell as Staged
from registers.roll.actions import dates
from registers.rules.admission import Spell, overlap


def match(rows: Sequence[PupilRow], there: Iterable[Staged]) -> None:
    """Say of each row of one pupil which time on the roll it corrects, if it corrects one."""
    ours = {row.starts_on for row in rows}
    free = [one.facts.starts_on for one in there if one.facts.starts_on not in ours]
    spells = {one.facts.starts_on: one.facts for one in there}
    for row in rows:
        if row.starts_on in spells:
            continue
        met = [start for start in free if _overlaps(row, spells[start])]
        rivals = [
            other for other in rows if other is not row and met and _overlaps(other, spells[met[0]])
        ]
        if len(met) == 1 and not rivals:
            row.corrects = met[0]
            if "Date of leaving" in row.unsaid:
                row.leaves_on = spells[met[0]].leaves_on


def _overlaps(row: PupilRow, facts) -> bool:
    return overlap(Spell(row.starts_on, row.leaves_on), Spell(facts.starts_on, facts.leaves_on))


def settle(folder: Folder, known: Known, findings: Findings) -> None:
    """Tell how many dates are corrected and how many marks then lie outside; leave a pupil off
    the roll whom a person has taken off it, where the file gives no date of leaving."""
    there = {
        (upn, one.facts.starts_on): one for upn, spells in known.spells.items() for one in spells
    }
    corrected: dates.Corrected = {}
    first = 0
    for row in folder.pupils:
        old = there.get((row.upn, row.corrects or row.starts_on))
        if old is None or old.enrolment_id is None:
            continue
        if row.leaves_on is None and old.enrolment_id in known.taken_off:
            row.leaves_on = old.facts.leaves_on
            findings.warn(
                "taken off the roll in Rollbook with its ground, and the file has no date of "
                "leaving: stays off the roll",
                f"pupils.csv, line {row.line}",
            )
        was, becomes = _spells(old.facts, row)
        if was != becomes:
            corrected = {**corrected, old.enrolment_id: (was, becomes)}
            first = first or row.line
    if falls := sum(falls for falls, _ in dates.marks_that_move(corrected).values()):
        marks = f"{falls:,} marks" if falls > 1 else "1 mark"
        findings.warn(
            f"{marks} will lie outside corrected dates: kept in the history, and in no figure",
            f"pupils.csv, line {first}",
        )


def _spells(facts, row: PupilRow) -> tuple[Spell, Spell]:
    return Spell(facts.starts_on, facts.leaves_on), Spell(row.starts_on, row.leaves_on)
