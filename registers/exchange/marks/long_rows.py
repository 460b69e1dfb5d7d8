"""The rows of a day or a grid, one mark at a time. No Django in this module."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import islice
from typing import Protocol

from registers.exchange.marks.cells import part_day, part_minutes
from registers.exchange.marks.columns import Columns, SessionColumn
from registers.exchange.marks.days import day_in_week
from registers.exchange.marks.headings import Holds, SessionHeading, read_heading
from registers.exchange.read.tables import Rows, SourceTable


@dataclass(slots=True)
class Slot:
    """A session's columns: where its mark stands, and its minutes and comment if they have one."""

    date: str
    weekday: int | None
    session: str  # AM or PM; empty: one column for the whole day
    words: str
    mark: int
    beside: dict[Holds, int] = field(default_factory=dict)

    @classmethod
    def of(cls, column: SessionColumn, date_text: str) -> "Slot":
        says = column.says
        return cls(date_text, says.weekday, says.session, column.words, column.place)

    def cell(self, holds: Holds, cells: Sequence[str]) -> str:
        """Of the column beside the mark; empty where there is none."""
        return cells[self.beside[holds]] if holds in self.beside else ""


class Weeks(Protocol):
    def monday(self, text: str) -> date | None: ...


def slots_of(columns: Columns, text_of: Callable[[SessionHeading], str]) -> list[Slot]:
    """One for each column with marks; two columns for one session stay two, to be compared."""
    codes = columns.of_codes
    slots = [Slot.of(column, text_of(column.says)) for column in codes]
    last = {column.says.key: slot for column, slot in zip(codes, slots, strict=True)}
    for column in columns.beside:
        if column.says.key in last:
            last[column.says.key].beside[column.says.holds] = column.place
    return slots


@dataclass(slots=True)
class LongRows:
    """Called as a table's rows are: each call reads the file once more, from its start."""

    table: SourceTable
    others: list[int]
    slots: list[Slot]
    columns: Columns
    weeks: Weeks
    dated: bool

    def __call__(self) -> Rows:
        for line, cells in islice(self.table.rows(), self.columns.headings_end, None):
            others = [cells[place] for place in self.others]
            monday = self._monday(cells)
            for slot in self.slots:
                for mark in _marks(slot, cells):
                    yield line, [*others, *self._day(slot, monday), *mark]

    def _monday(self, cells: Sequence[str]) -> date | None:
        week = self.columns.week
        return None if week is None else self.weeks.monday(cells[week])

    def _day(self, slot: Slot, monday: date | None) -> list[str]:
        """As a cell of its own, where the rows have no column of the day already."""
        return [day_in_week(monday, slot.weekday) or slot.date] if self.dated else []


def _marks(slot: Slot, cells: Sequence[str]) -> list[list[str]]:
    """Session, code, minutes late and comment of each mark of the cell."""
    text = cells[slot.mark].strip()
    if not text:
        return []
    comment = slot.cell(Holds.COMMENT, cells)
    if not slot.session:
        return [[session, *part_minutes(code), comment] for session, code in part_day(text)]
    code, minutes = part_minutes(text)
    return [[slot.session, code, slot.cell(Holds.MINUTES, cells).strip() or minutes, comment]]


def parted_rows(table: SourceTable, others: Sequence[int], place: int) -> Rows:
    """Rows of a mark whose day and session share a cell: “01/09/2025 AM”."""
    part = cache(_day_and_session)
    for line, cells in table.rows():
        yield line, [*(cells[other] for other in others), *part(cells[place])]


def _day_and_session(text: str) -> tuple[str, str]:
    says = read_heading(text)
    if says is None or says.day is None:
        return text, ""
    return says.day.text, says.session
