"""The columns of a table of marks: which are of sessions, and of which one. No Django here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from registers.exchange.marks.headings import Holds, SessionHeading, is_week_heading, read_heading
from registers.exchange.read.tables import SourceTable
from registers.rules.codes import Half

FEWEST_IN_A_LINE = 2  # cells of a line above the headings, or it is a title


@dataclass(frozen=True, slots=True)
class SessionColumn:
    place: int
    words: str  # the heading as the person sees it, with what stands above it
    says: SessionHeading


@dataclass(frozen=True, slots=True)
class Columns:
    marks: list[SessionColumn]
    others: list[int]
    week: int | None = None  # the column with the week that a row is about
    headings_end: int = 0  # the lines of rows that are a second line of headings

    @property
    def have_days(self) -> bool:
        return any(one.says.day or one.says.weekday is not None for one in self.marks)


def columns_of(table: SourceTable) -> Columns:
    """The columns of sessions, read from one, two or more lines of headings."""
    names = table.columns
    plain = _read(names, names)
    if _are_dates_without_half(plain):
        below = next(islice(table.rows(), 1), None)
        joined = _joined([names], below[1]) if below else None
        if joined and any(one.says.half is not None for one in _read(joined, names).marks):
            return _read(joined, names, headings_end=1)
    if not plain.have_days and table.above:
        joined = _joined(table.above, names)
        above = _read(joined, names)
        if above.have_days:
            return above
    return plain


def _are_dates_without_half(columns: Columns) -> bool:
    return columns.have_days and all(one.says.half is None for one in columns.marks)


def _read(headings: Sequence[str], names: Sequence[str], headings_end: int = 0) -> Columns:
    said = [read_heading(text) for text in headings]
    marks = _halves_of_pairs(
        [
            SessionColumn(place, " ".join((headings[place] or names[place]).split()), says)
            for place, says in enumerate(said)
            if says is not None
        ]
    )
    others = [place for place, says in enumerate(said) if says is None]
    week = _week_column(others, names) if any(map(_is_of_a_weekday, marks)) else None
    return Columns(marks, [place for place in others if place != week], week, headings_end)


def _is_of_a_weekday(column: SessionColumn) -> bool:
    return column.says.weekday is not None and column.says.day is None


def _week_column(others: Sequence[int], names: Sequence[str]) -> int | None:
    return next((place for place in others if is_week_heading(names[place])), None)


def _joined(above: Sequence[Sequence[str]], names: Sequence[str]) -> list[str]:
    """Headings with what stands above them; a day stands above all sessions that follow it."""
    joined = list(names)
    for line in reversed(above):
        if sum(map(bool, map(str.strip, line))) >= FEWEST_IN_A_LINE:
            _join_line(line, names, joined)
    return joined


def _join_line(line: Sequence[str], names: Sequence[str], joined: list[str]) -> None:
    carried = ""  # the day that the cells to the right stand under
    for place, name in enumerate(names):
        cell = line[place].strip() if place < len(line) else ""
        if cell:
            carried = cell if read_heading(cell) is not None else ""
        if carried and _is_of_sessions(name):
            joined[place] = f"{carried} {joined[place]}"
        elif cell and not carried and not name.strip():
            joined[place] = cell


def _is_of_sessions(name: str) -> bool:
    return bool(name.strip()) and read_heading(name) is not None


def _halves_of_pairs(marks: list[SessionColumn]) -> list[SessionColumn]:
    """A day that has two columns and no word for either has its morning first."""
    if any(one.says.half is not None for one in marks):
        return marks
    times = Counter((one.says.day, one.says.weekday) for one in marks)
    if set(times.values()) != {2}:
        return marks
    seen: set = set()
    found = []
    for one in marks:
        key = (one.says.day, one.says.weekday)
        half = Half.PM if key in seen else Half.AM
        seen.add(key)
        says = SessionHeading(one.says.day, one.says.weekday, half, Holds.MARK, one.says.of_week)
        found.append(SessionColumn(one.place, one.words, says))
    return found
