"""A table as a file has it, before anybody has said what it means. No Django in this module."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

NumberedRow = tuple[int, list[str]]  # the line on which it stands, and its cells
Rows = Iterator[NumberedRow]
Cells = dict[str, str]  # a row by its headings
NumberedCells = tuple[int, Cells]  # with the line on which it stands


@dataclass
class SourceTable:
    """One sheet, or one file that is a single table.

    `source` names it as a person knows it: “pupils.xlsx, sheet Year 7”. `rows` may be called more
    than once; each time it gives (line as the person sees it, cells as text), one row at a time, so
    that a long file never stands in memory. A row has as many cells as `columns`.
    """

    source: str
    columns: list[str]  # the headings as they stand
    rows: Callable[[], Rows]
    kind: str | None = None  # a file of `registers.exchange.layout.files`; None: to be found out
    notes: list[str] = field(default_factory=list)  # what was done while reading, as sentences
    title_lines: list[str] = field(default_factory=list)  # the text that stood above the headings
    above: list[list[str]] = field(default_factory=list)  # its cells, line by line, in their places


def table_of_cells(source: str, kind: str, rows: Sequence[NumberedCells]) -> SourceTable:
    """The table of rows that were put together from a file of another form; each has all headings.

    Only the columns that some row fills: an empty one would empty what Rollbook has.
    """
    all_cells = [cells for _, cells in rows]
    filled = [name for name in all_cells[0] if any(map(itemgetter(name), all_cells))]

    def again() -> Rows:
        for line, cells in rows:
            yield line, [cells[name] for name in filled]

    return SourceTable(source, filled, again, kind)
