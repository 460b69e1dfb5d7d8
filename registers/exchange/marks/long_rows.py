"""The rows of a day or a grid, one mark at a time. No Django in this module."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from registers.exchange.marks.cells import part_day, part_minutes
from registers.exchange.marks.columns import Columns
from registers.exchange.marks.headings import Holds, SessionHeading, read_heading
from registers.exchange.read.tables import Rows, SourceTable
from registers.rules.codes import Half


@dataclass(slots=True)
class Slot:
    """A session's columns: where its mark stands, and its minutes and comment if they have one."""

    date: str
    weekday: int | None
    half: Half | None  # None: one column for the whole day
    words: str
    mark: int
    minutes: int | None = None
    comment: int | None = None


class Weeks(Protocol):
    def monday(self, text: str) -> date | None: ...


def slots_of(columns: Columns, text_of: Callable[[SessionHeading], str]) -> list[Slot]:
    """One for each column with marks; two columns for one session stay two, to be compared."""
    slots: list[Slot] = []
    last: dict[tuple, Slot] = {}
    beside = []
    for one in columns.marks:
        says = one.says
        key = (says.day, says.weekday, says.half)
        if says.holds is not Holds.MARK:
            beside.append((key, one))
            continue
        last[key] = Slot(text_of(says), says.weekday, says.half, one.words, one.place)
        slots.append(last[key])
    for key, one in beside:
        if key in last and one.says.holds is Holds.MINUTES:
            last[key].minutes = one.place
        elif key in last:
            last[key].comment = one.place
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
        week, skipped = self.columns.week, self.columns.headings_end
        for number, (line, cells) in enumerate(self.table.rows()):
            if number < skipped:
                continue
            kept = [cells[place] for place in self.others]
            monday = self.weeks.monday(cells[week]) if week is not None else None
            for slot in self.slots:
                if text := cells[slot.mark].strip():
                    day = self._day(slot, monday) if self.dated else None
                    for made in _marks(slot, text, cells):
                        yield line, [*kept, *made] if day is None else [*kept, day, *made]

    def _day(self, slot: Slot, monday: date | None) -> str:
        if monday is None or slot.weekday is None:
            return slot.date
        return str(monday + timedelta(days=slot.weekday))


def _marks(slot: Slot, text: str, cells: list[str]) -> Iterator[list[str]]:
    comment = "" if slot.comment is None else cells[slot.comment]
    if slot.half is None:
        for half, code in part_day(text):
            yield ["" if half is None else half.name, *part_minutes(code), comment]
        return
    code, minutes = part_minutes(text)
    if slot.minutes is not None and cells[slot.minutes].strip():
        minutes = cells[slot.minutes].strip()
    yield [slot.half.name, code, minutes, comment]


def parted_rows(table: SourceTable, others: list[int], place: int) -> Rows:
    """Rows of a mark whose day and session share a cell: “01/09/2025 AM”."""
    known: dict[str, tuple[str, str]] = {}
    for line, cells in table.rows():
        text = cells[place]
        if text not in known:
            known[text] = _day_and_session(text)
        yield line, [*(cells[other] for other in others), *known[text]]


def _day_and_session(text: str) -> tuple[str, str]:
    says = read_heading(text)
    if says is None or says.day is None:
        return text, ""
    return says.day.text, "" if says.half is None else says.half.name
