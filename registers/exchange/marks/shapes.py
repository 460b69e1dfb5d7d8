"""A table of marks in whatever shape → a table with a row per mark. No Django in this module.

Three shapes are known: *long* (a row per mark), *day* (a row per pupil and day, with a column for
the morning and one for the afternoon) and *grid* (a row per pupil, with a column per session). The
table that comes out is read as the file is read: nothing of it stands in memory.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from registers.exchange.marks.columns import Columns, columns_of
from registers.exchange.marks.days import the_only
from registers.exchange.marks.headings import (
    CODE_NAMES,
    DATE_NAMES,
    SESSION_NAMES,
    SessionHeading,
    find_column,
    read_heading,
)
from registers.exchange.marks.long_rows import LongRows, Slot, parted_rows, slots_of
from registers.exchange.marks.when import DayReader
from registers.exchange.questions import Answers, Question
from registers.exchange.read.tables import Rows, SourceTable

DATE, SESSION = "Date", "Session"
MADE = [SESSION, "Code", "Minutes late", "Comment"]


@dataclass
class Shape:
    """How a table holds its marks. `table` has a row per mark, with what is not of marks as it was.

    `questions` are those that must be answered before `table` is right; ask for the shape again
    with the answers. `headings` are the person's own, by the text of the date and the session.
    """

    name: str  # long, day or grid
    words: str
    table: SourceTable
    questions: list[Question] = field(default_factory=list)
    headings: dict[tuple[str, str], str] = field(default_factory=dict)

    def heading(self, date_text: str, session: str) -> str | None:
        """What the person calls the column of a mark; None where its row says so itself."""
        return self.headings.get((date_text, session)) or self.headings.get(("", session))


def shape_of(
    table: SourceTable,
    *,
    order: str | None = None,
    answers: Answers | None = None,
    today: date,
) -> Shape | None:
    """The shape of a table of marks; None when the table is of something else.

    `order` (dmy, mdy or ymd) is known where a person has said how the file writes dates. `today`
    says from which academic years to choose when none is written.
    """
    columns = columns_of(table)
    days = DayReader(table, columns, order=order, answers=answers or {}, today=today)
    if columns.have_days or days.title_day:
        return _grid(table, columns, days)
    if _is_day_shape(table, columns):
        return _day(table, columns, days)
    return _long(table)


def _grid(table: SourceTable, columns: Columns, days: DayReader) -> Shape:
    slots = slots_of(columns, days.text_of)
    made = [DATE, *MADE]
    lost, others = _others(table, columns, made)
    notes = [f"the column “{name}” was left out: the marks have one of that name" for name in lost]
    rows = LongRows(table, others, slots, columns, days, dated=True)
    first, last = columns.marks[0].words, columns.marks[-1].words
    return Shape(
        "grid",
        f"A row per pupil with {len(slots):,} columns of marks, from “{first}” to “{last}”.",
        _made(table, others, made, rows, notes),
        days.questions(),
        _headings(slots),
    )


def _day(table: SourceTable, columns: Columns, days: DayReader) -> Shape:
    slots = slots_of(columns, _no_date)
    lost, others = _others(table, columns, MADE)
    notes = [f"the column “{name}” was left out" for name in lost]
    rows = LongRows(table, others, slots, columns, days, dated=False)
    words = " and ".join(f"“{slot.words}”" for slot in slots)
    return Shape(
        "day",
        f"A row per pupil and day, with the marks in {words}.",
        _made(table, others, MADE, rows, notes),
        headings=_headings(slots),
    )


def _headings(slots: Iterable[Slot]) -> dict[tuple[str, str], str]:
    return {(slot.date, slot.session): slot.words for slot in slots if slot.session}


def _long(table: SourceTable) -> Shape | None:
    if find_column(table.columns, CODE_NAMES) is None:
        return None
    when = {find_column(table.columns, names) for names in (DATE_NAMES, SESSION_NAMES)} - {None}
    if len(when) == 2:
        return Shape("long", "A row per mark.", replace(table, kind="marks.csv"))
    return _long_in_one(table, the_only(when))


def _long_in_one(table: SourceTable, place: int | None) -> Shape | None:
    """A row per mark with day and session in one column, as its first cell shows."""
    if place is None or not _holds_day_and_session(table, place):
        return None
    others = [other for other in range(len(table.columns)) if other != place]
    words = f"A row per mark, with day and session in “{table.columns[place]}”."
    rows = partial(parted_rows, table, others, place)
    return Shape("long", words, _made(table, others, [DATE, SESSION], rows))


def _is_day_shape(table: SourceTable, columns: Columns) -> bool:
    """Whether each session has one column, and the day stands in another."""
    sessions = [slot.session for slot in slots_of(columns, _no_date)]
    if not columns.marks or len(sessions) > len(set(sessions)):
        return False
    return find_column(table.columns, DATE_NAMES) in columns.others


def _no_date(says: SessionHeading) -> str:
    return ""


def _holds_day_and_session(table: SourceTable, place: int) -> bool:
    texts = (cells[place].strip() for _, cells in table.rows())
    says = read_heading(next(filter(None, texts), ""))
    return says is not None and says.is_whole


def _others(table: SourceTable, columns: Columns, made: list[str]) -> tuple[list[str], list[int]]:
    """The names of columns that stand in the way of those of the marks; the places of the rest."""
    taken = {"", *map(str.casefold, made)}
    plain = {place: table.columns[place].strip().casefold() for place in columns.others}
    lost = [table.columns[place] for place, name in plain.items() if name and name in taken]
    return lost, [place for place, name in plain.items() if name not in taken]


def _made(
    table: SourceTable,
    others: Sequence[int],
    made: list[str],
    rows: Callable[[], Rows],
    notes: Sequence[str] = (),
) -> SourceTable:
    columns = [table.columns[place] for place in others] + made
    return replace(
        table, columns=columns, rows=rows, kind="marks.csv", notes=[*table.notes, *notes]
    )
