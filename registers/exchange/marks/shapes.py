"""A table of marks in whatever shape → a table with a row per mark. No Django in this module.

Three shapes are known: *long* (a row per mark), *day* (a row per pupil and day, with a column for
the morning and one for the afternoon) and *grid* (a row per pupil, with a column per session). The
table that comes out is read as the file is read: nothing of it stands in memory.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from registers.exchange.marks.columns import Columns, columns_of
from registers.exchange.marks.headings import (
    CODE_NAMES,
    DATE_NAMES,
    SESSION_NAMES,
    is_called,
    read_heading,
)
from registers.exchange.marks.long_rows import LongRows, parted_rows, slots_of
from registers.exchange.marks.when import DayReader
from registers.exchange.questions import Answers, Question
from registers.exchange.read.tables import SourceTable

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
    today: date | None = None,
) -> Shape | None:
    """The shape of a table of marks; None when the table is of something else.

    `order` (dmy, mdy or ymd) is known where a person has said how the file writes dates. `today`
    says from which academic years to choose when none is written.
    """
    columns = columns_of(table)
    days = DayReader(table, columns, order=order, answers=answers or {}, today=today)
    if columns.marks and (columns.have_days or days.title_day):
        return _grid(table, columns, days)
    if columns.marks and _is_day_shape(table, columns):
        return _day(table, columns, days)
    return _long(table)


def _grid(table: SourceTable, columns: Columns, days: DayReader) -> Shape:
    slots = slots_of(columns, days.text_of)
    made = [DATE, *MADE]
    lost, others = _others(table, columns, made)
    notes = [f"the column “{name}” was left out: the marks have one of that name" for name in lost]
    rows = LongRows(table, others, slots, columns, days, dated=True)
    named = [table.columns[place] for place in others] + made
    first, last = columns.marks[0].words, columns.marks[-1].words
    return Shape(
        "grid",
        f"A row per pupil with {len(slots):,} columns of marks, from “{first}” to “{last}”.",
        _made(table, named, rows, notes),
        days.questions(),
        {(slot.date, slot.half.name): slot.words for slot in slots if slot.half is not None},
    )


def _day(table: SourceTable, columns: Columns, days: DayReader) -> Shape:
    slots = slots_of(columns, lambda says: "")
    lost, others = _others(table, columns, MADE)
    rows = LongRows(table, others, slots, columns, days, dated=False)
    named = [table.columns[place] for place in others] + MADE
    words = " and ".join(f"“{slot.words}”" for slot in slots)
    return Shape(
        "day",
        f"A row per pupil and day, with the marks in {words}.",
        _made(table, named, rows, [f"the column “{name}” was left out" for name in lost]),
        headings={("", slot.half.name): slot.words for slot in slots if slot.half is not None},
    )


def _long(table: SourceTable) -> Shape | None:
    day, session = _place(table, DATE_NAMES), _place(table, SESSION_NAMES)
    if _place(table, CODE_NAMES) is None:
        return None
    if day is not None and session is not None:
        return Shape("long", "A row per mark.", replace(table, kind="marks.csv"))
    place = session if day is None else day
    if place is None or not _holds_day_and_session(table, place):
        return None
    others = [other for other in range(len(table.columns)) if other != place]
    columns = [table.columns[other] for other in others] + [DATE, SESSION]
    words = f"A row per mark, with day and session in “{table.columns[place]}”."
    return Shape("long", words, _made(table, columns, lambda: parted_rows(table, others, place)))


def _is_day_shape(table: SourceTable, columns: Columns) -> bool:
    halves = [slot.half for slot in slots_of(columns, lambda says: "")]
    return len(set(halves)) == len(halves) and _place(table, DATE_NAMES) in columns.others


def _holds_day_and_session(table: SourceTable, place: int) -> bool:
    for _, cells in table.rows():
        if text := cells[place].strip():
            says = read_heading(text)
            return says is not None and says.day is not None and says.half is not None
    return False


def _others(table: SourceTable, columns: Columns, made: list[str]) -> tuple[list[str], list[int]]:
    taken = {name.casefold() for name in made}
    lost = [p for p in columns.others if table.columns[p].strip().casefold() in taken]
    kept = [place for place in columns.others if place not in lost and table.columns[place].strip()]
    return [table.columns[place] for place in lost], kept


def _place(table: SourceTable, names: frozenset[str]) -> int | None:
    places = (place for place, name in enumerate(table.columns) if is_called(name, names))
    return next(places, None)


def _made(table: SourceTable, columns: list[str], rows, notes: list[str] | None = None):
    return replace(
        table, columns=columns, rows=rows, kind="marks.csv", notes=[*table.notes, *(notes or [])]
    )
