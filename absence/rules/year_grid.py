"""The marks of one enrolment's year as a grid: half terms, their weeks, the days of a week.

Plain values in, plain values out, for the pupil page and for paper. No Django here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import pairwise, starmap
from operator import attrgetter
from types import MappingProxyType

from absence.rules.academic_year import SchoolSession
from registers.rules.calendar import (
    DAY,
    SATURDAY,
    WEEK,
    HalfTerm,
    SessionKey,
    half_terms,
    monday_of,
)
from registers.rules.codes import Half
from registers.rules.grouping import keyed

NO_SESSION = "No session"
NOTHING_PLANNED: Mapping[SessionKey, str] = MappingProxyType({})
NONE_NAMED: Mapping[date, str] = MappingProxyType({})


class CellState(Enum):
    """What there is to say about one half day of one pupil."""

    MARKED = "marked"
    UNMARKED = "unmarked"  # it has begun and nobody has marked it
    PLANNED = "planned"  # a code is planned and not yet a mark
    FUTURE = "future"
    CLOSED = "closed"  # the school does not meet, or did not
    OFF = "off"  # not on the roll, or outside the half term


NOTHING_KNOWN = frozenset({CellState.FUTURE, CellState.CLOSED, CellState.OFF})


@dataclass(frozen=True, slots=True)
class Cell:
    """One half day: `symbol` is the code, made or planned; `why` says why there is no session."""

    date: date
    half: Half
    state: CellState
    symbol: str = ""
    amended: bool = False
    why: str = ""

    @property
    def words(self) -> str:
        """Which half day: `Mon 7 Sep, morning`."""
        return half_day_words(self.date, self.half)

    @property
    def is_planned(self) -> bool:
        return self.state is CellState.PLANNED

    @property
    def is_future(self) -> bool:
        return self.state is CellState.FUTURE

    @property
    def is_closed(self) -> bool:
        return self.state is CellState.CLOSED

    @property
    def is_off(self) -> bool:
        return self.state is CellState.OFF


@dataclass(frozen=True, slots=True)
class GridDay:
    date: date
    morning: Cell
    afternoon: Cell


@dataclass(frozen=True, slots=True)
class GridWeek:
    monday: date
    days: tuple[GridDay, ...]

    @property
    def cells(self) -> list[Cell]:
        return [cell for day in self.days for cell in (day.morning, day.afternoon)]


@dataclass(frozen=True, slots=True)
class GridTerm:
    """A half term: `day_names` are the rows of its weeks, Monday to Friday unless it meets later.

    `break_after` is the holiday that follows it, first and last day, within the year.
    """

    name: str
    starts_on: date
    ends_on: date
    day_names: tuple[str, ...]
    weeks: tuple[GridWeek, ...]
    break_after: tuple[date, date] | None = None

    @property
    def is_ahead(self) -> bool:
        """Whether nothing is known of it yet."""
        return all(cell.state in NOTHING_KNOWN for week in self.weeks for cell in week.cells)

    @property
    def break_words(self) -> str:
        """`Holiday, 24 Oct to 1 Nov`; empty after the last half term."""
        if self.break_after is None:
            return ""
        first, last = self.break_after
        return f"Holiday, {first.day} {first:%b} to {last.day} {last:%b}"


def half_day_words(on: date, half: int) -> str:
    return f"{on:%a} {on.day} {on:%b}, {'afternoon' if half else 'morning'}"


def year_grid(
    *,
    sessions: Iterable[SchoolSession],
    marks: Mapping[SessionKey, str],
    begun: SessionKey,
    on_roll: Collection[tuple[date, date | None]],
    terms: Sequence[HalfTerm] = (),
    amended: Collection[SessionKey] = (),
    planned: Mapping[SessionKey, str] = NOTHING_PLANNED,
    closed_days: Mapping[date, str] = NONE_NAMED,
) -> list[GridTerm]:
    """The half terms of one academic year, each with its weeks, for one pupil.

    `sessions` are the year's, lost ones among them; `marks` and `planned` are codes by date and
    half; `begun` is the last session that has begun: what has no mark up to it is not marked, what
    comes later is still to come. `on_roll` are the first and the last day (None: still here) of
    each time on the roll.
    `closed_days` name the weekdays without a session. Without `terms` the half terms are read off
    the sessions. A mark outside the calendar still shows, for nothing of a register may vanish.
    """
    calendar = keyed(sessions, "key")
    days = sorted({on for on, _ in (*calendar, *marks)})
    spans = _spans(days, terms)
    look = _Look(calendar, marks, amended, planned, closed_days, begun, on_roll)
    rows = 1 + max([4, *map(date.weekday, days)])
    breaks = [*starmap(_break, pairwise(spans)), None]
    return [_term(span, look, rows, gap) for span, gap in zip(spans, breaks, strict=False)]


def _spans(days: Sequence[date], terms: Sequence[HalfTerm]) -> list[HalfTerm]:
    """The half terms with a school day, as the school has named them, and one more for each
    stretch of school days that lies outside them."""
    named = [term for term in terms if any(day in term for day in days)]
    loose = [day for day in days if not any(day in term for term in named)]
    return sorted([*named, *half_terms(loose)], key=attrgetter("starts_on"))


@dataclass(frozen=True, slots=True)
class _Look:
    """All that decides how a half day looks."""

    calendar: Mapping[SessionKey, SchoolSession]
    marks: Mapping[SessionKey, str]
    amended: Collection[SessionKey]
    planned: Mapping[SessionKey, str]
    closed_days: Mapping[date, str]
    begun: SessionKey
    on_roll: Collection[tuple[date, date | None]]

    def is_on_roll(self, on: date) -> bool:
        return any(first <= on <= (last or date.max) for first, last in self.on_roll)

    def cell(self, on: date, half: Half, span: HalfTerm) -> Cell:
        key = (on, half)
        if symbol := self.marks.get(key):
            return Cell(on, half, CellState.MARKED, symbol, key in self.amended)
        if on not in span or not self.is_on_roll(on):
            return Cell(on, half, CellState.OFF)
        session = self.calendar.get(key)
        if session is None:
            return self._outside_the_calendar(on, half)
        if not session.is_open:
            return Cell(on, half, CellState.CLOSED, why=session.closed_because or NO_SESSION)
        return self._without_a_mark(on, half)

    def _outside_the_calendar(self, on: date, half: Half) -> Cell:
        state = CellState.OFF if on.weekday() >= SATURDAY else CellState.CLOSED
        return Cell(on, half, state, why=self.closed_days.get(on, NO_SESSION))

    def _without_a_mark(self, on: date, half: Half) -> Cell:
        if symbol := self.planned.get((on, half)):
            return Cell(on, half, CellState.PLANNED, symbol)
        has_begun = (on, half) <= self.begun
        return Cell(on, half, CellState.UNMARKED if has_begun else CellState.FUTURE)


def _term(span: HalfTerm, look: _Look, rows: int, gap: tuple[date, date] | None) -> GridTerm:
    first, last = monday_of(span.starts_on), monday_of(span.ends_on)
    mondays = [first + number * WEEK for number in range((last - first) // WEEK + 1)]
    names = tuple(f"{first + day * DAY:%a}" for day in range(rows))
    weeks = tuple(GridWeek(monday, _days(monday, rows, look, span)) for monday in mondays)
    return GridTerm(span.name, span.starts_on, span.ends_on, names, weeks, gap)


def _days(monday: date, rows: int, look: _Look, span: HalfTerm) -> tuple[GridDay, ...]:
    days = (monday + number * DAY for number in range(rows))
    return tuple(
        GridDay(on, look.cell(on, Half.AM, span), look.cell(on, Half.PM, span)) for on in days
    )


def _break(span: HalfTerm, following: HalfTerm) -> tuple[date, date]:
    return span.ends_on + DAY, following.starts_on - DAY
