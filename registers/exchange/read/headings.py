"""Where a table's headings stand, and its rows below them. No Django in this module.

Reports begin with a title, repeat their headings on every page and end with “Printed on …”.
"""

from collections import Counter
from collections.abc import Callable
from itertools import islice

from registers.exchange.layout.vocabulary import is_heading
from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.tables import Rows, SourceTable

LOOKED_AT = 40  # rows among which the headings are looked for
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
    columns = _columns(first[at][1], wide=is_sheet)
    heading_line = first[at][0]

    def below() -> Rows:
        return _below(rows(), heading_line, columns, ends_whole)

    above = [cells for _, cells in first[:at]]
    table = SourceTable(source, columns, below, above=above)
    table.title_lines = [" ".join(filter(None, map(str.strip, cells))) for cells in above]
    if above:
        table.notes.append(
            f"The headings are in line {heading_line}; what stands above them is no row."
        )
    return table


def _headings_at(rows: list[list[str]]) -> int:
    """The row with most words that head a column; without any, the first that is as wide as most.

    Raises nothing: a table always has a first row.
    """
    known = [sum(map(is_heading, row)) for row in rows]
    if max(known) > 0:
        return known.index(max(known))
    widths = [sum(1 for cell in row if cell.strip()) for row in rows]
    usual = Counter(width for width in widths if width > 1).most_common(1)
    return widths.index(usual[0][0]) if usual else 0


def _columns(headings: list[str], *, wide: bool) -> list[str]:
    """The headings, up to the last that is not empty; all of a sheet's width where it is `wide`."""
    headings = [" ".join(cell.split()) for cell in headings]
    width = max((at for at, text in enumerate(headings, 1) if text), default=1)
    return headings if wide else headings[:width]


def _below(rows: Rows, heading_line: int, columns: list[str], ends_whole: bool) -> Rows:
    """Rows of as many cells as `columns`.

    A row with cells that no heading stands over keeps them; the last row of a file that was cut
    off keeps its want of cells: both are wrong rows, and whoever reads them can tell.
    """
    width, before = len(columns), None
    for line, cells in rows:
        if line <= heading_line:
            continue
        if before is not None:
            yield before[0], before[1] + [""] * (width - len(before[1]))
        before = None
        cells = _without_empty_end(cells, width)
        if _is_row(cells, columns):
            before = line, cells
    if before is not None:
        filled = before[1] + [""] * (width - len(before[1]))
        yield before[0], filled if ends_whole else before[1]


def _without_empty_end(cells: list[str], width: int) -> list[str]:
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        return cells[:width]
    return cells


def _is_row(cells: list[str], columns: list[str]) -> bool:
    full = [cell for cell in cells if cell.strip()]
    if not full or (len(full) == 1 and len(columns) >= LONE):
        return False
    return [" ".join(cell.split()) for cell in cells] != columns
