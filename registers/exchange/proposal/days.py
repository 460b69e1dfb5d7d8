"""The days on which a school met, by its marks or terms, where it has no calendar. No Django."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from registers.exchange.layout.values import NO_MARK
from registers.exchange.map import asking
from registers.exchange.map.segments import Segment
from registers.exchange.problems.errors import WrongCell
from registers.setup.calendar.year_plan import bank_holidays

LONGEST_TERM = 400  # days; more is a mistake in the file
NO_MARKS = ("", NO_MARK, "#")  # a closed day's # is no mark
SATURDAY = 5


def days_of(segments: Iterable[Segment], made_of: str | None) -> set[date]:
    """`made_of` is MARKS or TERMS; what is neither has no days."""
    days: set[date] = set()
    for segment in segments:
        if (segment.file, made_of) in DAYS_OF:
            days |= DAYS_OF[segment.file, made_of](segment)
    return days


def _days_of_marks(segment: Segment) -> set[date]:
    """Those that have a mark."""
    days = {day for code, day in _cells(segment, "Code", "Date") if code not in NO_MARKS}
    return set(map(date.fromisoformat, filter(None, days)))


def _days_of_terms(segment: Segment) -> set[date]:
    """Every weekday of the terms but bank holidays. Training days are taken out by hand."""
    days: set[date] = set()
    for first, last, year in _cells(segment, "From", "Until", "Academic year"):
        try:
            term = _weekdays(date.fromisoformat(first), date.fromisoformat(last))
            days |= term - bank_holidays(year).keys()
        except ValueError:
            continue
    return days


def _weekdays(first: date, last: date) -> set[date]:
    length = min((last - first).days, LONGEST_TERM) + 1
    days = (first + timedelta(number) for number in range(length))
    return {day for day in days if day.weekday() < SATURDAY}


def _cells(segment: Segment, *columns: str) -> Iterator[list[str]]:
    """These columns of every row that can be read."""
    make = {column.column: column.make for column in segment.made}
    width = len(segment.table.columns)
    for _, cells in segment.rows():
        if len(cells) == width:
            try:
                made = [make[column](cells) for column in columns]
            except WrongCell:
                continue
            yield made


DAYS_OF: dict[tuple[str, str | None], Callable[[Segment], set[date]]] = {
    ("marks.csv", asking.MARKS): _days_of_marks,
    ("terms.csv", asking.TERMS): _days_of_terms,
}
