"""Where a table's headings stand, and its rows below them. No Django in this module.

Reports begin with a title, repeat their headings on every page and end with “Printed on …”.
"""

from collections.abc import Callable
from itertools import chain, islice, pairwise
from statistics import mode

from registers.exchange.layout.vocabulary import is_heading
from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.tables import NumberedRow, Rows, SourceTable

LOOKED_AT = 40  # rows among which the headings are looked for
END: NumberedRow = (0, [])  # where no row follows
LONE = 4  # columns from which on a row with a single cell is a line of words, not a row


def with_headings(
    source: str, rows: Callable[[], Rows], *, ends_whole: bool = True, is_sheet: bool = False
) -> SourceTable:
    """The table of a sheet or file whose cells `rows` gives, line by line. Raises UnreadableFile.

    Beside the headings of a sheet there may be cells that belong to nothing. In a text they mean
    that a cell fell apart: such a row keeps them, and whoever reads it can tell.
    """
    first = list(islice(rows(), LOOKED_AT))
    if not first:
        raise UnreadableFile(source, ProblemKind.EMPTY)
    at = _headings_at([cells for _, cells in first])
    above = [cells for _, cells in first[:at]]
    heading_line, headings = first[at]
    columns = _columns(headings, wide=is_sheet)

    def below() -> Rows:
        return _below(rows(), heading_line, columns, ends_whole)

    table = SourceTable(source, columns, below, above=above, title_lines=_titles(above))
    if above:
        table.notes.append(
            f"The headings are in line {heading_line}; what stands above them is no row."
        )
    return table


def _titles(above: list[list[str]]) -> list[str]:
    return [" ".join(filter(None, map(str.strip, cells))) for cells in above]


def _in_one_line(cells: list[str]) -> list[str]:
    return [" ".join(cell.split()) for cell in cells]


def _filled(cells: list[str]) -> int:
    """How many cells of a row have something in them."""
    return sum(map(bool, map(str.strip, cells)))


def _headings_at(rows: list[list[str]]) -> int:
    """The row with most words that head a column; without any, the first that is as wide as most.

    Raises nothing: a table always has a first row.
    """
    known = [sum(map(is_heading, row)) for row in rows]
    if any(known):
        return known.index(max(known))
    widths = list(map(_filled, rows))
    return widths.index(mode([width for width in widths if width > 1] or widths[:1]))


def _columns(headings: list[str], *, wide: bool) -> list[str]:
    """The headings, up to the last that is not empty; all of a sheet's width where it is `wide`."""
    headings = _in_one_line(headings)
    if wide:
        return headings
    return headings[: max((at for at, text in enumerate(headings, 1) if text), default=1)]


def _below(rows: Rows, heading_line: int, columns: list[str], ends_whole: bool) -> Rows:
    """Rows of as many cells as `columns`.

    A row with cells that no heading stands over keeps them; the last row of a file that was cut
    off keeps its want of cells: both are wrong rows, and whoever reads them can tell.
    """
    width = len(columns)
    for (line, cells), following in pairwise(chain(rows, [END])):
        cells = _without_empty_end(cells, width)
        if line > heading_line and _is_row(cells, columns):
            is_cut_off = following is END and not ends_whole
            yield line, cells if is_cut_off else cells + [""] * (width - len(cells))


def _without_empty_end(cells: list[str], width: int) -> list[str]:
    return cells if _filled(cells[width:]) else cells[:width]


def _is_row(cells: list[str], columns: list[str]) -> bool:
    """Neither empty nor a line of words, and not the headings once more."""
    fewest = 2 if len(columns) >= LONE else 1
    return _filled(cells) >= fewest and _in_one_line(cells) != columns
