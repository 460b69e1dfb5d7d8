"""Days as headings and titles write them: with or without year, weekday or order. No Django here.

A day is settled by what is written, never by a guess: by the year, by the weekday that stands
beside it, by the Monday that a week begins with, or else by an answer.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ORDERS = ("dmy", "mdy", "ymd")
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
        ways = [(self.first, self.second)]
        if not self.settled:
            ways = [(self.second, self.first)] if order == "mdy" else ways
            ways += [(self.second, self.first)] if order not in ORDERS else []
        found = (_made(day, month, self.year, school_year) for day, month in ways)
        return list(dict.fromkeys(on for on in found if on))


def find_day(text: str) -> tuple[WrittenDay, str] | None:
    """The first day in the text, and the text without it; None where there is none."""
    for pattern in PATTERNS:
        if found := pattern.search(text):
            rest = text[: found.start()] + " " + MIDNIGHT.sub(" ", text[found.end() :], count=1)
            return _written(found), rest
    return None


def find_days(text: str) -> Iterator[WrittenDay]:
    while found := find_day(text):
        day, text = found
        yield day


def find_weekday(text: str) -> tuple[int, str] | None:
    """Monday is 0. And the text without it."""
    found = WEEKDAY.search(text)
    if not found:
        return None
    return WEEKDAYS.index(found[1].casefold()), text[: found.start()] + " " + text[found.end() :]


def school_year_in(text: str) -> int | None:
    """The year in which an academic year begins: 2025 of “2025/26”."""
    for found in ACADEMIC_YEAR.finditer(text):
        if int(found[2]) == (int(found[1]) + 1) % 100:
            return int(found[1])
    return None


def monday_of_week(day: WrittenDay, order: str | None = None) -> date | None:
    """The Monday of the school week that begins, or ends, on a day; None where it is not certain.

    Of two readings the one that a week begins or ends with is meant: a Monday or a Sunday, a
    Friday or a Saturday.
    """
    readings = day.readings(order)
    edges = [on for on in readings if on.weekday() in (0, 4, 5, 6)]
    likely = [on for on in readings if on.weekday() == 0] or edges or readings
    return _monday(likely[0]) if len(likely) == 1 else None


def school_year_by_weekday(
    days: Iterable[tuple[WrittenDay, int]], years: Iterable[int], order: str | None = None
) -> list[int]:
    """Of these academic years those in which every day falls on the weekday written beside it."""
    pairs = list(days)
    return [
        year
        for year in years
        if all(
            any(on.weekday() == weekday for on in day.readings(order, year))
            for day, weekday in pairs
        )
    ]


def _monday(on: date) -> date:
    return on + timedelta(days=1) if on.weekday() == 6 else on - timedelta(days=on.weekday())


def _written(found: re.Match[str]) -> WrittenDay:
    parts = found.groupdict()
    year = _full_year(parts.get("year"))
    if "one" in parts:
        one, two = int(parts["one"]), int(parts["two"])
        if one <= 12 < two:
            return WrittenDay(found[0], two, one, year, settled=True, shows="mdy")
        shows = "dmy" if one > 12 else None
        return WrittenDay(found[0], one, two, year, settled=one > 12 or one == two, shows=shows)
    month = parts["month"].casefold()
    number = int(month) if month.isdigit() else MONTHS.index(month) + 1
    return WrittenDay(found[0].strip(), int(parts["day"]), number, year, settled=True)


def _full_year(text: str | None) -> int | None:
    return None if not text else int(text) + (2000 if len(text) == 2 else 0)


def _made(day: int, month: int, year: int | None, school_year: int | None) -> date | None:
    if year is None and school_year is not None:
        year = school_year if month >= SCHOOL_YEAR_BEGINS else school_year + 1
    if year is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
