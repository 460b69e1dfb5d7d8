"""One row of a small file: read cell by cell, every wrong cell told."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar, cast

from registers.exchange.layout.files import COLUMNS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.values import read_date
from registers.exchange.problems.errors import WrongCell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.places import FilePlace, at_line
from registers.exchange.problems.reasons import ProblemReason, Value, because, line, shortened
from registers.exchange.problems.warnings import WarningKind

T = TypeVar("T")
K = TypeVar("K")
Cells = Sequence[str | None]  # None: the row's own file has no such column


class RowSource(Protocol):
    """A table of the layout: `readers.Table`, or what is made of other systems' tables."""

    @property
    def file(self) -> str: ...

    @property
    def columns(self) -> list[str]: ...

    @property
    def digest(self) -> str: ...

    def rows(self, findings: Findings) -> Iterator[tuple[int, Cells]]: ...


class FileRow:
    """`ok` turns False with the first wrong cell; what a wrong cell gives then is never used.

    `said` are the columns that the row's file has. A cell of any other is empty, and what Rollbook
    has for it stays.
    """

    def __init__(self, table: RowSource, line: int, cells: Cells, findings: Findings):
        self.file, self.columns, self.line = table.file, table.columns, line
        self.raw = [cell or "" for cell in cells]
        pairs = zip(table.columns, cells, strict=True)
        self.said = {column: cell.strip() for column, cell in pairs if cell is not None}
        self.cells = dict.fromkeys(COLUMNS[self.file], "") | self.said
        self.findings = findings
        self.ok = True

    @property
    def place(self) -> FilePlace:
        return at_line(self.file, self.line)

    @property
    def unsaid(self) -> frozenset[str]:
        """The columns of the layout that the row's file does not have."""
        return frozenset(self.cells.keys() - self.said.keys())

    # --- what is wrong with it

    def wrong(self, column: str, kind: ProblemKind, **values: Value) -> None:
        self.refuse(column, ProblemReason(kind, values))

    def refuse(self, column: str, reason: ProblemReason) -> None:
        self.findings.wrong(self.file, self.line, column, reason)
        if self.ok:
            self.findings.set_aside(self.file, self.raw, self.columns)
        self.ok = False

    def wrong_if(self, broken: bool, column: str, kind: ProblemKind, **values: Value) -> None:
        """A rule that is told beside whatever else is wrong with the row."""
        if broken:
            self.wrong(column, kind, **values)

    def first_wrong_if(self, broken: bool, column: str, kind: ProblemKind, **values: Value) -> None:
        """A rule that speaks only of a row in which nothing else is wrong."""
        self.wrong_if(self.ok and broken, column, kind, **values)

    def wrong_if_again(
        self, lines: Mapping[K, int], key: K, column: str, kind: ProblemKind
    ) -> None:
        """Where another row, whose line is told, says the same thing already."""
        self.first_wrong_if(key in lines, column, kind, line=line(lines.get(key, 0)))

    def warn(self, kind: WarningKind, **values: str) -> None:
        self.findings.warn(kind, self.place, **values)

    # --- its cells

    def text(self, column: str, longest: int = 200, *, needed: bool = False) -> str:
        text = self.cells[column]
        self.wrong_if(needed and not text, column, ProblemKind.EMPTY)
        self.wrong_if(
            len(text) > longest, column, ProblemKind.TOO_LONG, length=len(text), longest=longest
        )
        return text

    def text_or_none(self, column: str, longest: int) -> str | None:
        """In one line; None where the file has no such column, and so does not say."""
        if column not in self.said:
            return None
        return " ".join(self.text(column, longest).split())

    def value(self, column: str, read: Callable[[str], T]) -> T:
        """What `read` makes of the cell, which may not be empty."""
        return self._read(column, read, cast(T, None))

    def value_or(self, column: str, read: Callable[[str], T], empty: T) -> T:
        """The same, or `empty` for an empty cell."""
        return self._read(column, read, empty) if self.cells[column] else empty

    def _read(self, column: str, read: Callable[[str], T], otherwise: T) -> T:
        text = self.cells[column]
        try:
            return read(text)
        except WrongCell as wrong:
            self.refuse(column, wrong.reason if text else because(ProblemKind.EMPTY))
            return otherwise

    def day(self, column: str) -> date:
        return self._read(column, read_date, date.min)

    def day_or_none(self, column: str) -> date | None:
        return self.day(column) if self.cells[column] else None

    def one_of(self, column: str, choices: Collection[str]) -> str:
        text = self.cells[column]
        known = {choice.casefold(): choice for choice in choices}
        self.wrong_if(
            text.casefold() not in known,
            column,
            ProblemKind.NOT_ONE_OF,
            cell=shortened(text),
            choices=", ".join(choices),
        )
        return known.get(text.casefold(), "")

    def one_of_or_empty(self, column: str, choices: Collection[str]) -> str:
        return self.one_of(column, choices) if self.cells[column] else ""


def rows_of(table: RowSource, findings: Findings) -> Iterator[FileRow]:
    for number, cells in table.rows(findings):
        if any(map(str.strip, filter(None, cells))):
            yield FileRow(table, number, cells, findings)


def read_rows(
    table: RowSource, findings: Findings, read: Callable[[FileRow], T]
) -> Iterator[tuple[FileRow, T]]:
    """The rows in which `read` finds nothing wrong, each with what it makes of it."""
    for row in rows_of(table, findings):
        made = read(row)
        if row.ok:
            yield row, made
