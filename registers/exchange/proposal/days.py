"""The days on which a school met, by its marks or terms, where it has no calendar. No Django."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

from registers.exchange.layout.values import NO_MARK
from registers.exchange.map import asking
from registers.exchange.map.recipes import Make
from registers.exchange.map.segments import Segment
from registers.exchange.problems.errors import WrongCell
from registers.rules.calendar import weekdays
from registers.setup.calendar.year_plan import bank_holidays

LONGEST_TERM = timedelta(days=400)  # more is a mistake in the file
NO_MARKS = ("", NO_MARK, "#")  # a closed day's # is no mark


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
            starts_on, ends_on = date.fromisoformat(first), date.fromisoformat(last)
            term = weekdays(starts_on, min(ends_on, starts_on + LONGEST_TERM))
            days |= set(term) - bank_holidays(year).keys()
        except ValueError:
            continue
    return days


def _cells(segment: Segment, *columns: str) -> Iterator[list[str]]:
    """These columns of every row that can be read."""
    make = {column.column: column.make for column in segment.made}
    makers = [make[column] for column in columns]
    width = len(segment.table.columns)
    rows = (cells for _, cells in segment.rows() if len(cells) == width)
    return filter(None, (_made(makers, cells) for cells in rows))


def _made(makers: Iterable[Make], cells: Sequence[str]) -> list[str]:
    """Nothing of a row in which one is wrong: the check tells of it."""
    try:
        return [make(cells) for make in makers]
    except WrongCell:
        return []


DAYS_OF: dict[tuple[str, str | None], Callable[[Segment], set[date]]] = {
    ("marks.csv", asking.MARKS): _days_of_marks,
    ("terms.csv", asking.TERMS): _days_of_terms,
}
