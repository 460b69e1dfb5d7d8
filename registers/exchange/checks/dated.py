"""characteristics.csv and groups.csv: what holds of a pupil from one day until another."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby, pairwise

from registers.exchange.checks.whole import RowsOfPupil, rows_by_pupil
from registers.exchange.layout.files import CHARACTERISTICS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Dated, Folder
from registers.exchange.layout.rows import FileRow, RowSource
from registers.exchange.layout.values import read_year_group
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import line
from registers.rules.admission import is_on_roll_between

KINDS = ("registration", "year", "teaching", "trip")
ONE_AT_A_TIME = ("registration", "year", *CHARACTERISTICS)
Pair = tuple[FileRow, Dated]


def check_characteristics(table: RowSource, folder: Folder, findings: Findings) -> None:
    rows = rows_by_pupil(table, folder, findings, _characteristic)
    _take(rows.values(), folder.characteristics)


def _take(found: Iterable[RowsOfPupil[Dated]], into: dict[tuple[str, str], list[Dated]]) -> None:
    """The rows of each pupil by what they are about, where all of them can come in."""
    for rows in found:
        if rows.can_come_in(_refuse_overlaps):
            for dated in rows.parts:
                into.setdefault((dated.upn, dated.kind), []).append(dated)


def _characteristic(row: FileRow, upn: str) -> Dated:
    kind = row.one_of("Characteristic", CHARACTERISTICS)
    value = row.one_of("Value", CHARACTERISTICS[kind]) if kind else ""
    return _dated(row, upn, kind, value)


def check_groups(table: RowSource, folder: Folder, findings: Findings) -> None:
    def read(row: FileRow, upn: str) -> Dated:
        dated = _place_in_group(row, upn)
        row.first_wrong_if(not _is_on_roll(dated, folder), "From", ProblemKind.NOT_ON_ROLL_THEN)
        return dated

    _take(rows_by_pupil(table, folder, findings, read).values(), folder.groups)


def _place_in_group(row: FileRow, upn: str) -> Dated:
    kind = row.one_of("Kind", KINDS)
    name = row.text("Group", 60, needed=True)
    if kind == "year":
        name = row.value_or("Group", read_year_group, "")
    return _dated(row, upn, kind, name)


def _is_on_roll(dated: Dated, folder: Folder) -> bool:
    spells = folder.spells.get(dated.upn, [])
    return any(is_on_roll_between(spell.facts, dated.from_on, dated.last_day) for spell in spells)


def _dated(row: FileRow, upn: str, kind: str, what: str) -> Dated:
    first, last = row.day("From"), row.day_or_none("Until")
    row.first_wrong_if((last or date.max) < first, "Until", ProblemKind.UNTIL_BEFORE_FROM)
    return Dated(row.line, upn, kind, what, first, last)


def _refuse_overlaps(pairs: list[Pair]) -> None:
    """A pupil has one year group at a time, and is in a teaching group once at a time."""
    for _, alike in groupby(sorted(pairs, key=_slot_and_day), key=_slot):
        for (row, dated), (next_row, following) in pairwise(alike):
            next_row.wrong_if(
                dated.last_day >= following.from_on,
                "From",
                ProblemKind.NOT_OVER_YET,
                line=line(row.line),
                date=str(following.from_on),
            )


def _slot(pair: Pair) -> tuple[bool, str, str]:
    _, dated = pair
    is_one = dated.kind in ONE_AT_A_TIME
    return not is_one, dated.kind, "" if is_one else dated.what


def _slot_and_day(pair: Pair) -> tuple[object, ...]:
    return *_slot(pair), pair[1].from_on
