"""What a file of pupils does not say: columns that it lacks, pupils whom it no longer has.

A file of three columns is a file too: what Rollbook has of a pupil stays where the file is silent.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from operator import attrgetter

from registers.exchange.checks.known import Known
from registers.exchange.layout.files import CHARACTERISTICS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import FIELD_OF_COLUMN, UNSAID_DAY, Folder, PupilRow
from registers.exchange.layout.rows import FileRow
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.places import FilePlace
from registers.exchange.problems.reasons import line
from registers.exchange.problems.warnings import WarningKind
from registers.rules.grouping import grouped
from registers.rules.wording import many

Pair = tuple[FileRow, PupilRow]


def together(pairs: Sequence[Pair]) -> list[Pair]:
    """A list of pupils with a list of SEN beside it is one: a row of another table, or one without
    a date of entry, adds what it says to the pupil's first row. What two rows say differently is
    wrong in the later one.
    """
    whole = _with_entry(filter(_is_known, pairs))
    return [pair for pair in pairs if not (_is_known(pair) and _is_added(*pair, whole))]


def _with_entry(pairs: Iterable[Pair]) -> dict[str, list[PupilRow]]:
    """The rows of each pupil that say a date of entry."""
    return grouped((pupil.upn, pupil) for _, pupil in pairs if pupil.says("Date of entry"))


def _is_known(pair: Pair) -> bool:
    row, pupil = pair
    return row.ok and bool(pupil.upn)


def _is_added(row: FileRow, pupil: PupilRow, whole: dict[str, list[PupilRow]]) -> bool:
    """Whether another row of the same pupil has taken in what this one says."""
    other = _other_row(pupil, whole[pupil.upn])
    return other is not pupil and _add(row, pupil, other)


def _other_row(pupil: PupilRow, rows: list[PupilRow]) -> PupilRow:
    """The row of the same enrolment, in a table with other columns, that this one belongs to; the
    row itself where it belongs to none."""
    if not pupil.says("Date of entry"):
        rows[:] = rows or [pupil]
        return max(rows, key=attrgetter("starts_on"))
    return _of_another_table(pupil, rows)


def _of_another_table(pupil: PupilRow, rows: list[PupilRow]) -> PupilRow:
    first = next(row for row in rows if row.starts_on == pupil.starts_on)
    return first if first.unsaid != pupil.unsaid else pupil


def _add(row: FileRow, pupil: PupilRow, other: PupilRow) -> bool:
    """Put what a row says into another of the same pupil; False where the two disagree."""
    for column in filter(pupil.says, chain(FIELD_OF_COLUMN, CHARACTERISTICS)):
        value = pupil.value_of(column)
        if not other.says(column):
            other.set_value(column, value)
        row.wrong_if(
            other.value_of(column) != value,
            column,
            ProblemKind.DIFFERS_SAME_PUPIL,
            line=line(other.line),
        )
    other.contact = other.contact or pupil.contact
    other.unsaid &= pupil.unsaid
    return row.ok


def fill_in(pairs: Sequence[Pair], folder: Folder, known: Known) -> None:
    """Take what the file is silent about from the register; refuse a new pupil without the rest."""
    for row, pupil in pairs:
        if row.ok:
            _fill_in_person(row, pupil, known)
            _fill_in_entry(row, pupil, folder, known)
            _fill_in_leaving(pupil, known)


def _fill_in_person(row: FileRow, pupil: PupilRow, known: Known) -> None:
    unsaid = pupil.unsaid & {"Surname", "Forename", "Date of birth"}
    child = known.who.by_upn.get(pupil.upn)
    if child is not None:
        for column in unsaid:
            pupil.set_value(column, getattr(child, FIELD_OF_COLUMN[column]))
        return
    for column in ("Surname", "Forename"):
        row.wrong_if(column in unsaid, column, ProblemKind.NEW_PUPIL_LACKS)


def _fill_in_entry(row: FileRow, pupil: PupilRow, folder: Folder, known: Known) -> None:
    """The file is about the last time on the roll that Rollbook has, or begins the first."""
    if not pupil.says("Date of entry"):
        starts = map(attrgetter("starts_on"), known.spells_of(pupil.upn))
        pupil.starts_on = max(starts, default=folder.default_entry) or UNSAID_DAY
        row.wrong_if(
            pupil.starts_on == UNSAID_DAY, "Date of entry", ProblemKind.NEW_PUPIL_LACKS_ENTRY
        )


def _fill_in_leaving(pupil: PupilRow, known: Known) -> None:
    if not pupil.says("Date of leaving"):
        spells = {spell.starts_on: spell.leaves_on for spell in known.spells_of(pupil.upn)}
        pupil.leaves_on = spells.get(pupil.starts_on)


def warn_of_gone(folder: Folder, known: Known, findings: Findings, *, today: date) -> list[str]:
    """The UPNs of pupils on roll who are in no row of the file; with a warning that names nobody.

    Only where the file tells of pupils at all. They stay on roll: who has left has a date of
    leaving, and a row that is missing is none.
    """
    there = {pupil.upn for pupil in folder.pupils} | folder.waiting.keys()
    if not there:
        return []
    gone = [upn for upn in known.on_roll(today) if upn not in there]
    if gone:
        pupils = many(len(gone), "pupil on roll is", "pupils on roll are")
        findings.warn(WarningKind.GONE, FilePlace("pupils.csv"), pupils=pupils)
    return gone
