"""A year as a picture: a row for each month, a cell for each day. No Django in this module."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from registers.rules.calendar import DAY, SATURDAY, SessionKey
from registers.rules.codes import Half
from registers.setup.calendar.year_plan import (
    KINDS,
    ClosedStretch,
    halves_by_day,
)


@dataclass(frozen=True, slots=True)
class PictureDay:
    """A day of the picture: its number, how it is drawn, and what it is in words."""

    number: int
    shape: str  # school, half, inset, bank_holiday, holiday, other, weekend, out
    said: str


@dataclass(frozen=True, slots=True)
class PictureMonth:
    name: str
    days: tuple[PictureDay | None, ...]  # 37 places, Monday first; None before and after
    school_days: int


PLACES = 37  # six weeks less five days: the longest a month can reach


def picture(
    sessions: Collection[SessionKey], closed: Mapping[date, ClosedStretch]
) -> list[PictureMonth]:
    """The months from the first to the last session, each a row, weekdays below one another."""
    halves = halves_by_day(sessions)
    if not halves:
        return []
    months = _months(min(halves), max(halves))
    return [_picture_month(month, halves, closed) for month in months]


def _months(first: date, last: date) -> Iterator[date]:
    """The first day of each month from that of one day to that of another."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return (month + 31 * DAY).replace(day=1)


def _picture_month(
    month: date, halves: Mapping[date, list[Half]], closed: Mapping[date, ClosedStretch]
) -> PictureMonth:
    days = [month + number * DAY for number in range((_next(month) - month).days)]
    shown = [_picture_day(day, halves.get(day, []), closed.get(day)) for day in days]
    before: list[PictureDay | None] = [None] * month.weekday()
    after: list[PictureDay | None] = [None] * (PLACES - month.weekday() - len(days))
    met = len(halves.keys() & set(days))
    return PictureMonth(f"{month:%B %Y}", (*before, *shown, *after), met)


def _picture_day(day: date, met: list[Half], stretch: ClosedStretch | None) -> PictureDay:
    words = f"{day:%A} {day.day} {day:%B}"
    if len(met) == 2:
        return PictureDay(day.day, "school", f"{words}: school day")
    if met:
        return PictureDay(day.day, "half", f"{words}: {_half_day(met[0], stretch)}")
    if stretch:
        said = ", ".join(filter(None, [KINDS[stretch.kind], stretch.name]))
        return PictureDay(day.day, stretch.kind, f"{words}: {said}")
    if day.weekday() >= SATURDAY:
        return PictureDay(day.day, "weekend", f"{words}: weekend")
    return PictureDay(day.day, "out", f"{words}: not in term")


def _half_day(half: Half, stretch: ClosedStretch | None) -> str:
    said = f"{half.words} only"
    return f"{said}, {stretch.name or KINDS[stretch.kind]}" if stretch else said
