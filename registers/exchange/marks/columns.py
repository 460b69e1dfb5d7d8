"""The columns of a table of marks: which are of sessions, and of which one. No Django here."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat

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
    def of_codes(self) -> list[SessionColumn]:
        return [column for column in self.marks if column.says.holds is Holds.MARK]

    @property
    def beside(self) -> list[SessionColumn]:
        """Those of minutes and comments."""
        return [column for column in self.marks if column.says.holds is not Holds.MARK]

    @property
    def have_days(self) -> bool:
        return any(column.says.has_day for column in self.marks)

    @property
    def have_sessions(self) -> bool:
        """Whether one of them at least is of a morning or an afternoon."""
        return _have_sessions(self.marks)

    @property
    def have_all_one_session(self) -> bool:
        """Whether no session has two of them: the columns of one day."""
        sessions = [column.says.session for column in self.marks]
        return 0 < len(sessions) == len(set(sessions))


def columns_of(table: SourceTable) -> Columns:
    """The columns of sessions, read from one, two or more lines of headings."""
    plain = _read(table.columns, table.columns)
    return _with_line_below(table, plain) or _with_lines_above(table, plain) or plain


def _with_line_below(table: SourceTable, plain: Columns) -> Columns | None:
    """Where the headings are days, and the first row holds their sessions."""
    if plain.have_sessions or not plain.have_days:
        return None
    _, below = next(table.rows(), (0, []))
    columns = _read(_joined([table.columns], below), table.columns, headings_end=1)
    return columns if columns.have_sessions else None


def _with_lines_above(table: SourceTable, plain: Columns) -> Columns | None:
    """Where the days stand above the headings alone."""
    columns = _read(_joined(table.above, table.columns), table.columns)
    return columns if columns.have_days and not plain.have_days else None


def _read(headings: Sequence[str], names: Sequence[str], headings_end: int = 0) -> Columns:
    marks = _with_halves(list(_session_columns(headings)))
    others = set(range(len(headings))).difference(column.place for column in marks)
    week = _week_column(marks, sorted(others), names)
    return Columns(marks, sorted(others - {week}), week, headings_end)


def _session_columns(headings: Sequence[str]) -> Iterator[SessionColumn]:
    for place, heading in enumerate(headings):
        if says := read_heading(heading):
            yield SessionColumn(place, " ".join(heading.split()), says)


def _week_column(
    marks: Iterable[SessionColumn], others: Iterable[int], names: Sequence[str]
) -> int | None:
    """The column with the week of each row, where headings name weekdays alone."""
    if not any(column.says.is_weekday_alone for column in marks):
        return None
    return next((place for place in others if is_week_heading(names[place])), None)


def _joined(above: Sequence[Sequence[str]], names: Sequence[str]) -> list[str]:
    """Headings with what stands above them; a day stands above all sessions that follow it."""
    joined = list(names)
    for line in filter(_is_of_headings, reversed(above)):
        cells = [*map(str.strip, line), *repeat("", len(names))]
        joined = list(map(_under, _days_above(cells), cells, names, joined))
    return joined


def _is_of_headings(line: Sequence[str]) -> bool:
    return sum(map(bool, map(str.strip, line))) >= FEWEST_IN_A_LINE


def _days_above(cells: Iterable[str]) -> Iterator[str]:
    """The day that each place stands under: that of its own cell, else of the one to its left."""
    day = ""
    for cell in cells:
        if cell:
            day = cell if read_heading(cell) else ""
        yield day


def _under(day: str, cell: str, name: str, joined: str) -> str:
    """A heading with what stands above it; `name` is what stood in the lowest line."""
    if day:
        return f"{day} {joined}" if read_heading(name) else joined
    return joined if name.strip() else cell or joined


def _with_halves(marks: list[SessionColumn]) -> list[SessionColumn]:
    """A day that has two columns and no word for either has its morning first."""
    times = Counter(column.says.on_day for column in marks)
    if _have_sessions(marks) or set(times.values()) != {2}:
        return marks
    halves: dict[object, Iterator[Half]] = defaultdict(partial(iter, Half))
    return [_of_half(column, next(halves[column.says.on_day])) for column in marks]


def _of_half(column: SessionColumn, half: Half) -> SessionColumn:
    return replace(column, says=replace(column.says, half=half, holds=Holds.MARK))


def _have_sessions(marks: Iterable[SessionColumn]) -> bool:
    return any(column.says.session for column in marks)
