"""Stretches of school days: a year so far, the same point of the year before, the last weeks.

Plain values, no Django here. A school day is a day with at least one session that the school held
or is due to hold; what a flood closed is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from absence.rules.academic_year import SchoolYear
from registers.rules.calendar import monday_of


@dataclass(frozen=True)
class Period:
    """Two days, both included."""

    first: date
    last: date

    def __contains__(self, on: date) -> bool:
        return self.first <= on <= self.last


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
