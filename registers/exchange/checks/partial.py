"""What a file of pupils does not say: columns that it lacks, pupils whom it no longer has.

A file of three columns is a file too: what Rollbook has of a pupil stays where the file is silent.
"""

from collections.abc import Sequence
from datetime import date

from registers.exchange.checks.known import Known
from registers.exchange.layout.files import CHARACTERISTICS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, PupilRow
from registers.exchange.layout.rows import FileRow
from registers.exchange.layout.staged import StagedSpell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import line

COLUMN_OF_FIELD = {
    "Surname": "surname",
    "Forename": "forename",
    "Date of birth": "born_on",
    "Date of leaving": "leaves_on",
    "Sex": "sex",
    "Year group": "year_group",
    "Registration group": "registration_group",
    "Preferred forename": "preferred_name",
    "Medical alert": "medical_alert",
    "Admission number": "admission_number",
}
Pair = tuple[FileRow, PupilRow | None]


def unsaid(row: FileRow) -> frozenset[str]:
    """The columns of the layout that the row's file does not have."""
    return frozenset(row.cells.keys() - row.said.keys())


def together(pairs: Sequence[Pair]) -> list[Pair]:
    """A list of pupils with a list of SEN beside it is one: a row of another table, or one without
    a date of entry, adds what it says to the pupil's first row. What two rows say differently is
    wrong in the later one.
    """
    good = [pupil for row, pupil in pairs if pupil is not None and row.ok and pupil.upn]
    whole: dict[str, list[PupilRow]] = {}
    for pupil in good:
        if "Date of entry" not in pupil.unsaid:
            whole.setdefault(pupil.upn, []).append(pupil)
    return [pair for pair in pairs if not _is_added(*pair, whole)]


def _is_added(row: FileRow, pupil: PupilRow | None, whole: dict[str, list[PupilRow]]) -> bool:
    """Whether another row of the same pupil has taken in what this one says."""
    if pupil is None or not row.ok or not pupil.upn:
        return False
    other = _other_row(pupil, whole)
    return other is not None and _add(row, pupil, other)


def _other_row(pupil: PupilRow, whole: dict[str, list[PupilRow]]) -> PupilRow | None:
    """The row of the same enrolment, in a table with other columns, that this one belongs to."""
    rows = whole.setdefault(pupil.upn, [])
    if "Date of entry" in pupil.unsaid:
        if not rows:
            rows.append(pupil)
        last = max(rows, key=lambda row: row.starts_on or date.min)
        return None if last is pupil else last
    first = next((row for row in rows if row.starts_on == pupil.starts_on), pupil)
    return None if first is pupil or first.unsaid == pupil.unsaid else first


def _add(row: FileRow, pupil: PupilRow, other: PupilRow) -> bool:
    """Put what a row says into another of the same pupil; False where the two disagree."""
    for column in COLUMN_OF_FIELD.keys() - pupil.unsaid:
        field = COLUMN_OF_FIELD[column]
        if column in other.unsaid:
            setattr(other, field, getattr(pupil, field))
        elif getattr(pupil, field) != getattr(other, field):
            row.wrong(column, ProblemKind.DIFFERS_SAME_PUPIL, line=line(other.line))
    for kind in CHARACTERISTICS.keys() - pupil.unsaid:
        if kind in other.unsaid:
            other.characteristics[kind] = pupil.characteristics[kind]
        elif pupil.characteristics[kind] != other.characteristics[kind]:
            row.wrong(kind, ProblemKind.DIFFERS_SAME_PUPIL, line=line(other.line))
    other.contact = other.contact or pupil.contact
    other.unsaid &= pupil.unsaid
    return row.ok


def fill_in(pairs: Sequence[Pair], folder: Folder, known: Known) -> None:
    """Take what the file is silent about from the register; refuse a new pupil without the rest."""
    for row, pupil in pairs:
        if pupil is not None and row.ok and pupil.unsaid:
            _fill_in_person(row, pupil, known)
            _fill_in_spell(row, pupil, folder, known)


def _fill_in_person(row: FileRow, pupil: PupilRow, known: Known) -> None:
    child = known.who.by_upn.get(pupil.upn)
    for column, field in (("Surname", "surname"), ("Forename", "forename")):
        if column not in pupil.unsaid:
            continue
        if child is None:
            row.wrong(column, ProblemKind.NEW_PUPIL_LACKS)
        else:
            setattr(pupil, field, getattr(child, field))
    if "Date of birth" in pupil.unsaid and child is not None:
        pupil.born_on = child.born_on


def _fill_in_spell(row: FileRow, pupil: PupilRow, folder: Folder, known: Known) -> None:
    spells = known.spells.get(pupil.upn, [])
    if "Date of entry" in pupil.unsaid:
        last: StagedSpell | None = spells[-1] if spells else None
        first = last.facts.starts_on if last else folder.default_entry
        if first is None:
            row.wrong("Date of entry", ProblemKind.NEW_PUPIL_LACKS_ENTRY)
            return
        pupil.starts_on = first
    if "Date of leaving" in pupil.unsaid:
        same = (one for one in spells if one.facts.starts_on == pupil.starts_on)
        pupil.leaves_on = next((one.facts.leaves_on for one in same), None)


def warn_of_gone(folder: Folder, known: Known, findings: Findings, *, today: date) -> list[str]:
    """The UPNs of pupils on roll who are in no row of the file; with a warning that names nobody.

    Only where the file tells of pupils at all. They stay on roll: who has left has a date of
    leaving, and a row that is missing is none.
    """
    there = {pupil.upn for pupil in folder.pupils} | folder.waiting.keys()
    if not there:
        return []
    gone = [
        upn
        for upn, spells in known.spells.items()
        if upn not in there and any(spell.covers(today) for spell in spells)
    ]
    if gone:
        verb = "pupil on roll is" if len(gone) == 1 else "pupils on roll are"
        findings.warn(
            f"{len(gone):,} {verb} not in this file. They stay on roll until they have a date of "
            "leaving",
            "pupils.csv",
        )
    return gone
