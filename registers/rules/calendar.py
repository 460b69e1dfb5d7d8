"""When a school meets: years, terms, sessions, school weeks and deadlines, as plain values.

A session is a date and a half, never a point in time, so no clock change can move it. A school day
is a day with at least one session, a school week a week with at least one. No Django here.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, pairwise, product

from registers.rules.codes import Half

SessionKey = tuple[date, Half]

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
SATURDAY = 5
SESSIONS_EXPECTED = 380  # of a maintained school; an academy's funding agreement may differ
SCHOOL_DAYS_TO_EXPLAIN = 5  # SI 2024/208, regulation 10(7) to (9): N stands no longer
HALF_TERM_NAMES = ("Autumn 1", "Autumn 2", "Spring 1", "Spring 2", "Summer 1", "Summer 2")


# --- academic years

ACADEMIC_YEAR = re.compile(r"\d{4}/\d{2}")


def academic_year_start(on: date) -> date:
    """1 September: only for schools whose own calendar does not say otherwise."""
    return date(on.year if on.month >= 9 else on.year - 1, 9, 1)


def academic_year_name(on: date) -> str:
    """Such as 2025/26, from 1 September to 31 August."""
    first = academic_year_start(on).year
    return f"{first}/{(first + 1) % 100:02}"


# --- terms and the days on which a school does not meet


@dataclass(frozen=True, slots=True)
class HalfTerm:
    """A stretch between two breaks, both days inclusive."""

    name: str
    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError(f"{self.name} ends before it starts.")

    def __contains__(self, on: date) -> bool:
        return self.starts_on <= on <= self.ends_on


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Days on which the school plans to meet nobody: INSET, a bank holiday, a polling station.

    Known beforehand, so these sessions are never due. `half` closes one half of each day only.
    """

    reason: str
    starts_on: date
    ends_on: date
    half: Half | None = None

    def covers(self, on: date, half: Half) -> bool:
        return self.starts_on <= on <= self.ends_on and self.half in (None, half)


def planned_sessions(
    half_terms: Iterable[HalfTerm], closures: Collection[ClosedDays] = ()
) -> list[SessionKey]:
    """The sessions that a school is due to hold: weekdays in term, less its planned closures."""
    days = {day for term in half_terms for day in weekdays(term.starts_on, term.ends_on)}
    return [key for key in product(sorted(days), Half) if not _is_closed(key, closures)]


def _is_closed(key: SessionKey, closures: Iterable[ClosedDays]) -> bool:
    return any(closure.covers(*key) for closure in closures)


def half_terms(school_days: Iterable[date]) -> list[HalfTerm]:
    """The half terms of one academic year, read off its school days where nobody named them.

    A week without a school day parts two of them. Six get their usual names, others a number.
    """
    days = sorted(set(school_days))
    if not days:
        return []
    breaks = (pair for pair in pairwise(days) if _is_break(*pair))
    edges = [days[0], *chain.from_iterable(breaks), days[-1]]
    starts, ends = edges[::2], edges[1::2]
    names = _half_term_names(len(starts))
    return [HalfTerm(*row) for row in zip(names, starts, ends, strict=True)]


def _is_break(before: date, after: date) -> bool:
    return monday_of(after) - monday_of(before) > WEEK


def _half_term_names(number: int) -> Sequence[str]:
    if number == len(HALF_TERM_NAMES):
        return HALF_TERM_NAMES
    return [f"Half term {place}" for place in range(1, number + 1)]


def weekdays(first: date, last: date) -> Iterator[date]:
    """Monday to Friday, both days inclusive."""
    for number in range((last - first).days + 1):
        day = first + number * DAY
        if day.weekday() < SATURDAY:
            yield day


# --- school weeks


def monday_of(on: date) -> date:
    return on - on.weekday() * DAY


def sunday_of(on: date) -> date:
    return monday_of(on) + 6 * DAY


def school_weeks(dates: Iterable[date]) -> list[date]:
    """The Mondays of the weeks with at least one session, in order."""
    return sorted({monday_of(on) for on in dates})


def numbered_school_weeks(dates: Iterable[date]) -> dict[date, int]:
    """Monday to number, from 1 and without a restart in September.

    A window of ten school weeks, which may span a holiday or two academic years, is a window of
    ten numbers.
    """
    return {monday: number for number, monday in enumerate(school_weeks(dates), start=1)}


# --- deadlines in school days


def add_school_days(start: date, count: int, school_days: Sequence[date]) -> date | None:
    """The `count`th school day after `start`, which need not be one; None past the calendar's end.

    `school_days` are in order and each there once. Raises ValueError for a count below one.
    """
    if count < 1:
        raise ValueError("A deadline is at least one school day away.")
    at = bisect_right(school_days, start) + count - 1
    return school_days[at] if at < len(school_days) else None


def school_days_left(today: date, due_on: date, school_days: Sequence[date]) -> int:
    """School days after today up to and with the due day; 0 on it, below 0 when it has passed."""
    return bisect_right(school_days, due_on) - bisect_right(school_days, today)


def explanation_due_on(
    absent_on: date, school_days: Sequence[date], within: int = SCHOOL_DAYS_TO_EXPLAIN
) -> date | None:
    """The last school day on which N may still stand for an absence of that day."""
    return add_school_days(absent_on, within, school_days)


# --- the sessions of a year against the number that is expected


@dataclass(frozen=True, slots=True)
class Sessions:
    """A year's sessions. Lost ones were due and could not be held; they need not be made up."""

    planned: int
    held: int
    lost: int
    expected: int = SESSIONS_EXPECTED

    @property
    def to_come(self) -> int:
        return self.planned - self.held - self.lost

    @property
    def short_by(self) -> int:
        """Planned sessions that are wanting; 0 where there are enough."""
        return max(0, self.expected - self.planned)


def count_sessions(
    due: Iterable[SessionKey],
    *,
    lost: Iterable[SessionKey] = (),
    as_at: date,
    expected: int = SESSIONS_EXPECTED,
) -> Sessions:
    """Planned, held and lost sessions of one academic year, held up to and with `as_at`.

    Raises ValueError where a lost session was never due: a planned closure loses nothing.
    """
    planned, gone = set(due), set(lost)
    if gone - planned:
        on, half = min(gone - planned)
        raise ValueError(f"The session {on} {half.name} was not due, so it cannot be lost.")
    held = sum(on <= as_at for on, _ in planned - gone)
    return Sessions(len(planned), held, len(gone), expected)


def is_academic_year(text: str) -> bool:
    """Whether it names an academic year as schools write one: 2025/26."""
    return bool(ACADEMIC_YEAR.fullmatch(text)) and int(text[5:]) == (int(text[2:4]) + 1) % 100
