"""The invented school's year, for any year, from a rule.

195 days for staff, five of them INSET, so 190 days or 380 sessions for pupils. The summer term
ends on whatever day makes that sum.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain, filterfalse

import holidays

from registers.rules.calendar import DAY, WEEK, weekdays

PUPIL_DAYS = 190
INSET_DAYS = 5
MONDAY, FRIDAY = 0, 4


@dataclass(frozen=True, slots=True)
class DemoHalfTerm:
    """Dates inclusive; staff training days lie inside."""

    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class DemoYear:
    """One academic year: `days` are those on which pupils are due, each a morning and afternoon."""

    name: str
    half_terms: tuple[DemoHalfTerm, ...]
    inset_days: tuple[date, ...]
    days: tuple[date, ...]

    @property
    def starts_on(self) -> date:
        """The first of September: rolls and groups change then."""
        return date(self.days[0].year, 9, 1)

    @property
    def ends_on(self) -> date:
        return date(self.days[0].year + 1, 8, 31)

    def in_months(self, *months: int) -> list[int]:
        """The places among `days` of those in the months."""
        return [place for place, day in enumerate(self.days) if day.month in months]

    def among(self, dates: Collection[date]) -> list[int]:
        """The places among `days` of those that are school days."""
        return [place for place, day in enumerate(self.days) if day in dates]

    @property
    def last_friday_of_june(self) -> date:
        """The end of compulsory school age, on which year 11 leaves."""
        return _last(FRIDAY, date(self.days[-1].year, 6, 30))


def first_year_of(day: date) -> int:
    """The calendar year in which the academic year of this day began."""
    return day.year - (day.month < 9)


@cache
def school_year(first_year: int) -> DemoYear:
    """The academic year that begins in September of `first_year`."""
    days_of = _days_of_half_terms(first_year)
    every_day = list(chain.from_iterable(days_of.values()))
    inset = _inset_days(days_of)
    return DemoYear(
        name=f"{first_year}/{(first_year + 1) % 100:02}",
        half_terms=tuple(DemoHalfTerm(name, days[0], days[-1]) for name, days in days_of.items()),
        inset_days=inset,
        days=tuple(day for day in every_day if day not in inset),
    )


def _days_of_half_terms(first_year: int) -> dict[str, list[date]]:
    """By name. The last is cut off where the year has enough days."""
    closed = _bank_holidays(first_year)
    days_of = {
        name: list(filterfalse(closed.__contains__, weekdays(start, end)))
        for name, start, end in _outline(first_year)
    }
    surplus = sum(map(len, days_of.values())) - PUPIL_DAYS - INSET_DAYS
    last = days_of["Summer 2"]
    del last[len(last) - surplus :]
    return days_of


def _outline(year: int) -> list[tuple[str, date, date]]:
    """First and last possible days of the six half terms; the last end is far enough."""
    autumn = date(year, 9, 1)
    if autumn.weekday() >= FRIDAY:
        autumn = _first(MONDAY, autumn)
    october = _last(MONDAY, date(year, 10, 31))
    christmas = _last(FRIDAY, date(year, 12, 22))
    january = _first(MONDAY, date(year + 1, 1, 2))
    february = _first(MONDAY, date(year + 1, 2, 15))
    easter = _easter_break(year + 1)
    may = _last(MONDAY, date(year + 1, 5, 31))
    return [
        ("Autumn 1", autumn, october - 3 * DAY),
        ("Autumn 2", october + WEEK, christmas),
        ("Spring 1", january, february - 3 * DAY),
        ("Spring 2", february + WEEK, easter - 3 * DAY),
        ("Summer 1", easter + 2 * WEEK, may - 3 * DAY),
        ("Summer 2", may + WEEK, date(year + 1, 8, 14)),
    ]


def _easter_break(year: int) -> date:
    """The Monday on which two weeks off begin: Holy Week, kept within 28 March to 7 April.

    When Easter falls outside those weeks its two bank holidays are days off in term.
    """
    holy_monday = easter_sunday(year) - 6 * DAY
    earliest = _first(MONDAY, date(year, 3, 28))
    return max(earliest, min(holy_monday, _last(MONDAY, date(year, 4, 7))))


def easter_sunday(year: int) -> date:
    """Of the Gregorian calendar, as Meeus, Jones and Butcher reckon it."""
    century = year // 100
    leap = (19 * (year % 19) + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    epact = leap - leap // 28 * (1 - 29 // (leap + 1) * ((21 - year % 19) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    offset = epact - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def _inset_days(days_of: dict[str, list[date]]) -> tuple[date, ...]:
    """Two before pupils come in September, one each in late November, January and June."""
    november = _last_of(days_of["Autumn 2"], month=11, weekday=FRIDAY)
    june = _last_of(days_of["Summer 2"], month=6, weekday=MONDAY)
    return (*days_of["Autumn 1"][:2], november, days_of["Spring 1"][0], june)


def _last_of(days: list[date], *, month: int, weekday: int) -> date:
    return max(day for day in days if (day.month, day.weekday()) == (month, weekday))


def _bank_holidays(year: int) -> frozenset[date]:
    england = holidays.country_holidays("GB", subdiv="ENG", years=(year, year + 1))
    return frozenset(england)


def _first(weekday: int, on_or_after: date) -> date:
    return on_or_after + DAY * ((weekday - on_or_after.weekday()) % 7)


def _last(weekday: int, on_or_before: date) -> date:
    return on_or_before - DAY * ((on_or_before.weekday() - weekday) % 7)
