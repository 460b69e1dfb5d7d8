"""Days as headings and titles write them: with or without year, weekday or order. No Django here.

A day is settled by what is written, never by a guess: by the year, by the weekday that stands
beside it, by the Monday that a week begins with, or else by an answer.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SCHOOL_YEAR_BEGINS = 8  # the month from which on a day is of the year that is written first

_MONTH = rf"(?P<month>{'|'.join(MONTHS)})[a-z]*\.?"
_NAMED = (
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s\-/.]*(?:of\s+)?{_MONTH}"
    r"(?:[,\s\-/.]*(?P<year>\d{4}|\d{2})(?!\d))?"
)
_NAMED_MONTH_FIRST = (
    rf"\b{_MONTH}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year>\d{{4}}))?"
)
_ISO = r"(?<!\d)(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)"
_COMPACT = r"(?<!\d)(?P<year>20\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)"
_NUMBERS = (
    r"(?<![\d/])(?P<one>\d{1,2})(?P<sep>[-/.])(?P<two>\d{1,2})"
    r"(?:(?P=sep)(?P<year>\d{4}|\d{2}))?(?![\d/])"
)
# How near a day is to where a week begins or ends, from Monday to Sunday; 0 is nearest.
FROM_THE_EDGE = (0, 2, 2, 2, 1, 1, 1)
PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (_ISO, _COMPACT, _NAMED, _NAMED_MONTH_FIRST, _NUMBERS)
)
MIDNIGHT = re.compile(r"[T\s]+0?0:00(?::00(?:\.0+)?)?(?=\s|$)")
WEEKDAY = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|r|rs|rsday|nesday|urday)?(?:\b\.?|(?=[ap]m\b))",
    re.IGNORECASE,
)
ACADEMIC_YEAR = re.compile(r"(?<![\d/])(20\d{2})\s*[/\-–]\s*(?:20)?(\d{2})(?![\d/\-])")


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day of the calendar as somebody wrote it. `year` is None where it is left out."""

    text: str
    first: int  # of the two numbers, as they stand; the day where `month_is_named`
    second: int
    year: int | None
    settled: bool  # whether first is the day and second the month for certain
    shows: str | None = None  # the order, dmy or mdy, that a number over twelve gives away

    def readings(self, order: str | None = None, school_year: int | None = None) -> list[date]:
        """Every date that this can be, without doubles. `school_year` fills in a missing year."""
        dates = (
            _date(day, month, self.year_of(month, school_year)) for day, month in self._ways(order)
        )
        return list(dict.fromkeys(filter(None, dates)))

    def can_fall_on(self, weekday: int, order: str | None, school_year: int) -> bool:
        return weekday in map(date.weekday, self.readings(order, school_year))

    def year_of(self, month: int, school_year: int | None) -> int:
        """As it is written, else that of the month in the academic year; 0 where nothing says."""
        if self.year is not None:
            return self.year
        return 0 if school_year is None else school_year + (month < SCHOOL_YEAR_BEGINS)

    def _ways(self, order: str | None) -> list[tuple[int, int]]:
        """Day and month, both ways round where nothing says which comes first."""
        as_it_stands, turned = (self.first, self.second), (self.second, self.first)
        if self.settled:
            return [as_it_stands]
        ways = {"dmy": [as_it_stands], "ymd": [as_it_stands], "mdy": [turned]}
        return ways.get(order or "", [as_it_stands, turned])


def find_day(text: str) -> tuple[WrittenDay | None, str]:
    """The first day in the text, and the text without it; no day and the text if there is none."""
    for pattern in PATTERNS:
        if match := pattern.search(text):
            rest = text[: match.start()] + " " + MIDNIGHT.sub(" ", text[match.end() :], count=1)
            return _written(match), rest
    return None, text


def find_days(text: str) -> Iterator[WrittenDay]:
    day, rest = find_day(text)
    while day:
        yield day
        day, rest = find_day(rest)


def find_weekday(text: str) -> tuple[int | None, str]:
    """Monday is 0. And the text without it."""
    match, rest = cut_out(WEEKDAY, text)
    return (WEEKDAYS.index(match[1].casefold()) if match else None), rest


def cut_out(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str] | None, str]:
    """Where the pattern stands first, and the text without it."""
    return pattern.search(text), pattern.sub(" ", text, count=1)


def school_year_in(text: str) -> int | None:
    """The year in which an academic year begins: 2025 of “2025/26”."""
    for match in ACADEMIC_YEAR.finditer(text):
        if int(match[2]) == (int(match[1]) + 1) % 100:
            return int(match[1])
    return None


def school_year_of(on: date) -> int:
    """The year in which the academic year of a day begins."""
    return on.year - (on.month < SCHOOL_YEAR_BEGINS)


def the_only(values: Collection[T]) -> T | None:
    """What all agree on; None where there is nothing, or more than one."""
    return next(iter(values)) if len(values) == 1 else None


def monday_of_week(day: WrittenDay, order: str | None = None) -> date | None:
    """The Monday of the school week that begins, or ends, on a day; None where it is not certain.

    Of two readings the one that a week begins or ends with is meant: a Monday or a Sunday, a
    Friday or a Saturday.
    """
    readings = day.readings(order)
    nearest = min(map(_from_the_edge, readings), default=0)
    return the_only([_monday(on) for on in readings if _from_the_edge(on) == nearest])


def day_in_week(monday: date | None, weekday: int | None) -> str:
    """Year-month-day; empty where the week or the weekday is not known."""
    if monday is None or weekday is None:
        return ""
    return str(monday + timedelta(days=weekday))


def school_year_by_weekday(
    days: Iterable[tuple[WrittenDay, int]], years: Iterable[int], order: str | None = None
) -> list[int]:
    """Of these academic years those in which every day falls on the weekday written beside it."""
    pairs = list(days)
    return [
        year
        for year in years
        if all(day.can_fall_on(weekday, order, year) for day, weekday in pairs)
    ]


def _from_the_edge(on: date) -> int:
    return FROM_THE_EDGE[on.weekday()]


def _monday(on: date) -> date:
    """A Sunday stands before its week."""
    return on + timedelta(days=1 - on.isoweekday() % 7)


def _written(match: re.Match[str]) -> WrittenDay:
    parts = match.groupdict()
    year = _full_year(parts.get("year"))
    if "one" in parts:
        return _of_two_numbers(match[0], int(parts["one"]), int(parts["two"]), year)
    month = _month_number(parts["month"].casefold())
    return WrittenDay(match[0].strip(), int(parts["day"]), month, year, settled=True)


def _of_two_numbers(text: str, one: int, two: int, year: int | None) -> WrittenDay:
    if one <= 12 < two:
        return WrittenDay(text, two, one, year, settled=True, shows="mdy")
    shows = "dmy" if one > 12 else None
    return WrittenDay(text, one, two, year, settled=one > 12 or one == two, shows=shows)


def _month_number(text: str) -> int:
    return int(text) if text.isdigit() else MONTHS.index(text) + 1


def _full_year(text: str | None) -> int | None:
    return None if not text else int(text) + (2000 if len(text) == 2 else 0)


def _date(day: int, month: int, year: int) -> date | None:
    """None where the calendar has no such day, nor a year 0."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
