"""Stretches of school days: a year so far, the same point of the year before, the last weeks.

Plain values, no Django here. A school day is a day with at least one session that the school held
or is due to hold; what a flood closed is none.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from registers.rules.calendar import half_terms, monday_of, school_weeks

WEEK = timedelta(days=7)
EARLY_DAYS = 10  # of a year: before that, two days away are a fifth of it and more


@dataclass(frozen=True)
class Period:
    """Two days, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class SchoolYear:
    """An academic year with the day of each of its open sessions, in order: a day that has a
    morning and an afternoon is there twice."""

    pk: int
    name: str
    starts_on: date
    ends_on: date
    sessions: tuple[date, ...] = ()

    @cached_property
    def days(self) -> list[date]:
        return sorted(set(self.sessions))

    @cached_property
    def weeks(self) -> list[date]:
        """The Mondays of its school weeks."""
        return school_weeks(self.days)

    def sessions_in(self, first: date, last: date) -> int:
        """Sessions from one day to another, both included."""
        return max(0, bisect_right(self.sessions, last) - bisect_left(self.sessions, first))

    def days_to(self, on: date) -> int:
        """How many school days there were up to the day."""
        return bisect_right(self.days, on)

    def whole(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    def early_days(self, on: date) -> int:
        """How many school days there were, while they are too few to say much; else 0."""
        days = self.days_to(on)
        return days if days < EARLY_DAYS else 0

    def weeks_over_by(self, on: date) -> list[date]:
        """The Mondays of the weeks whose last school day is past or is this day."""
        last_days = {monday_of(day): day for day in self.days}
        return [monday for monday in self.weeks if last_days[monday] <= on]

    def half_term_start(self, on: date) -> date | None:
        """The first day of the half term that had begun last; None before the first."""
        begun = [term.starts_on for term in half_terms(self.days) if term.starts_on <= on]
        return begun[-1] if begun else None

    def session_day(self, number: int, after: date) -> date | None:
        """The day of the so-manieth session after a day; None past the end of the year."""
        at = bisect_right(self.sessions, after) + number - 1
        return self.sessions[at] if 0 <= at < len(self.sessions) else None


def same_point(this: SchoolYear, before: SchoolYear | None, as_at: date) -> date | None:
    """The day of the year before after as many school days as this year has had.

    Its last day where it had fewer; None where either has had none. Counted in days and not read
    off the date, so that a late start or an early Easter is no difference.
    """
    number = this.days_to(as_at)
    if before is None or not before.days or not number:
        return None
    return before.days[min(number, len(before.days)) - 1]


def latest_weeks(years: Sequence[SchoolYear], as_at: date, number: int) -> list[date]:
    """The last complete school weeks up to the day, oldest first; no restart in September."""
    weeks = sorted({monday for year in years for monday in year.weeks_over_by(as_at)})
    return weeks[-number:]


def week_so_far(year: SchoolYear, as_at: date) -> Period | None:
    """From the Monday of the day's week to the day; None in a week without a school day so far."""
    monday = monday_of(as_at)
    first = max(monday, year.starts_on)
    return Period(first, as_at) if year.sessions_in(first, as_at) else None


def same_week(this: SchoolYear, before: SchoolYear | None, week: Period | None) -> Period | None:
    """The school week of the same number in the year before, up to the same day of the week."""
    if before is None or week is None:
        return None
    number = this.weeks.index(monday_of(week.first)) if this.weeks else 0
    if number >= len(before.weeks):
        return None
    monday = before.weeks[number]
    found = Period(monday, monday + timedelta(days=week.last.weekday()))
    return found if before.sessions_in(found.first, found.last) else None
