"""One row of a small file: read cell by cell, every wrong cell told."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import TypeVar

from registers.exchange.layout.files import COLUMNS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.readers import Table
from registers.exchange.layout.values import read_date
from registers.exchange.problems.errors import WrongCell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import ProblemReason, Value, because, shortened

T = TypeVar("T")


class FileRow:
    """`ok` turns False with the first wrong cell; what a wrong cell gives then is never used.

    `said` are the columns that the row's file has. A cell of any other is empty, and what Rollbook
    has for it stays.
    """

    def __init__(self, table: Table, line: int, cells: list[str | None], findings: Findings):
        self.file, self.columns, self.line = table.file, table.columns, line
        self.raw = [cell or "" for cell in cells]
        pairs = zip(table.columns, cells, strict=True)
        self.said = {column: cell.strip() for column, cell in pairs if cell is not None}
        self.cells = dict.fromkeys(COLUMNS.get(self.file, ()), "") | self.said
        self.findings = findings
        self.ok = True

    def wrong(self, column: str, kind: ProblemKind, **values: Value) -> None:
        self.refuse(column, ProblemReason(kind, values))

    def refuse(self, column: str, reason: ProblemReason) -> None:
        self.findings.wrong(self.file, self.line, column, reason)
        if self.ok:
            self.findings.set_aside(self.file, self.raw, self.columns)
        self.ok = False

    def text(self, column: str, longest: int = 200, *, needed: bool = False) -> str:
        text = self.cells[column]
        if needed and not text:
            self.wrong(column, ProblemKind.EMPTY)
        if len(text) > longest:
            self.wrong(column, ProblemKind.TOO_LONG, length=len(text), longest=longest)
        return text

    def text_or_none(self, column: str, longest: int) -> str | None:
        """In one line; None where the file has no such column, and so does not say."""
        if column not in self.said:
            return None
        return " ".join(self.text(column, longest).split())

    def value(self, column: str, read: Callable[[str], T], *, empty: T | None = None) -> T:
        """What `read` makes of the cell; `empty`, where it is given, for an empty one."""
        text = self.cells[column]
        if not text and empty is not None:
            return empty
        try:
            return read(text)
        except WrongCell as wrong:
            self.refuse(column, wrong.reason if text else because(ProblemKind.EMPTY))
            return empty

    def date(self, column: str, *, needed: bool = True) -> date | None:
        if not self.cells[column] and not needed:
            return None
        return self.value(column, read_date)

    def one_of(self, column: str, choices: str | tuple[str, ...], *, empty: str = "") -> str:
        text = self.cells[column]
        known = {choice.casefold(): choice for choice in choices}
        if not text and empty is not None:
            return empty
        if text.casefold() not in known:
            self.wrong(
                column, ProblemKind.NOT_ONE_OF, cell=shortened(text), choices=", ".join(choices)
            )
        return known.get(text.casefold(), empty)


def rows_of(table: Table, findings: Findings) -> Iterator[FileRow]:
    for line, cells in table.rows(findings):
        if any(cell and cell.strip() for cell in cells):
            yield FileRow(table, line, cells, findings)
