"""Rows of marks in the shapes that other systems and spreadsheets like. No Django in this module.

What `registers.exchange.marks` reads: a row per pupil and day, or a row per pupil with a column per
session. A grid has no room for comments; its minutes stand behind the code, as “L 12”.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, groupby, product
from operator import attrgetter
from typing import NamedTuple

from registers.rules.grouping import keyed

SHAPES = ("long", "day", "grid")
DAY_COLUMNS = [
    *("UPN", "Date", "AM", "PM"),
    *("AM minutes late", "PM minutes late", "AM comment", "PM comment"),
]
HALVES = ("AM", "PM")


class MarkRow(NamedTuple):
    """A row of marks.csv; of a session without a mark all but the key is empty."""

    upn: str
    date: date
    session: str
    code: str = ""
    minutes_late: int | str = ""
    comment: str = ""


def rows_by_day(marks: Iterable[MarkRow]) -> Iterator[list[object]]:
    """Marks in the order of pupils and days → a row per pupil and day, as DAY_COLUMNS has it."""
    for (upn, on), of_day in groupby(marks, key=attrgetter("upn", "date")):
        known = keyed(of_day, "session")
        both = [known.get(half, MarkRow(upn, on, half)) for half in HALVES]
        cells = [(mark.code, mark.minutes_late, mark.comment) for mark in both]
        yield [upn, on, *chain.from_iterable(zip(*cells, strict=True))]


def grid_columns(days: Sequence[date]) -> list[str]:
    """The headings of a grid: UPN, then each morning and afternoon, as 2025-09-01 AM."""
    return ["UPN", *(f"{on} {half}" for on, half in product(days, HALVES))]


def grid_rows(marks: Iterable[MarkRow], days: Sequence[date]) -> Iterator[list[str]]:
    """A row for each pupil with a mark on one of the days; a session without one is empty."""
    sessions = list(product(days, HALVES))
    for upn, of_pupil in groupby(marks, key=attrgetter("upn")):
        known = {(mark.date, mark.session): _in_a_cell(mark) for mark in of_pupil}
        cells = [known.get(session, "") for session in sessions]
        if any(cells):
            yield [upn, *cells]


def _in_a_cell(mark: MarkRow) -> str:
    return f"{mark.code} {mark.minutes_late}".strip()
