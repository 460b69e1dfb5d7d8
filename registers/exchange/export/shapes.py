"""Rows of marks in the shapes that other systems and spreadsheets like. No Django in this module.

What `registers.exchange.marks` reads: a row per pupil and day, or a row per pupil with a column per
session. A grid has no room for comments; its minutes stand behind the code, as “L 12”.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

SHAPES = ("long", "day", "grid")
DAY_COLUMNS = [
    *("UPN", "Date", "AM", "PM"),
    *("AM minutes late", "PM minutes late", "AM comment", "PM comment"),
]
HALVES = ("AM", "PM")


class MarkRow(NamedTuple):
    """A row of marks.csv."""

    upn: str
    date: date
    session: str
    code: str
    minutes_late: int | str
    comment: str


def rows_by_day(marks: Iterable[MarkRow]) -> Iterator[list]:
    """Marks in the order of pupils and days → a row per pupil and day, as DAY_COLUMNS has it."""
    for (upn, on), of_day in groupby(marks, key=lambda mark: (mark.upn, mark.date)):
        known = {mark.session: mark for mark in of_day}
        both = [known.get(half) for half in HALVES]
        yield [
            upn,
            on,
            *(mark.code if mark else "" for mark in both),
            *(mark.minutes_late if mark else "" for mark in both),
            *(mark.comment if mark else "" for mark in both),
        ]


def grid_columns(days: Sequence[date]) -> list[str]:
    """The headings of a grid: UPN, then each morning and afternoon, as 2025-09-01 AM."""
    return ["UPN", *(f"{on} {half}" for on in days for half in HALVES)]


def grid_rows(marks: Iterable[MarkRow], days: Sequence[date]) -> Iterator[list[str]]:
    """A row for each pupil with a mark on one of the days; a session without one is empty."""
    places = {
        (on, half): number
        for number, (on, half) in enumerate((on, half) for on in days for half in HALVES)
    }
    for upn, of_pupil in groupby(marks, key=lambda mark: mark.upn):
        cells = [""] * len(places)
        for mark in of_pupil:
            place = places.get((mark.date, mark.session))
            if place is not None:
                cells[place] = f"{mark.code} {mark.minutes_late}".strip()
        if any(cells):
            yield [upn, *cells]
