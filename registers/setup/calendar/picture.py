"""A year as a picture: a row for each month, a cell for each day. No Django in this module."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from registers.rules.calendar import DAY, SATURDAY, SessionKey
from registers.rules.codes import Half
from registers.setup.calendar.year_plan import KINDS, ClosedStretch, half_in_words


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
    halves: dict[date, list[Half]] = {}
    for day, half in sorted(sessions):
        halves.setdefault(day, []).append(half)
    if not halves:
        return []
    months, month = [], min(halves).replace(day=1)
    while month <= max(halves):
        after = (month.replace(day=28) + 4 * DAY).replace(day=1)
        days = [month + number * DAY for number in range((after - month).days)]
        shown = [_picture_day(day, halves.get(day, []), closed.get(day)) for day in days]
        places = [None] * month.weekday() + shown
        places += [None] * (PLACES - len(places))
        met = sum(day in halves for day in days)
        months.append(PictureMonth(f"{month:%B %Y}", tuple(places), met))
        month = after
    return months


def _picture_day(day: date, met: list[Half], stretch: ClosedStretch | None) -> PictureDay:
    words = f"{day:%A} {day.day} {day:%B}"
    if len(met) == 2:
        return PictureDay(day.day, "school", f"{words}: school day")
    why = (stretch.name or KINDS[stretch.kind]) if stretch else ""
    if met:
        said = f"{words}: {half_in_words(met[0])} only{', ' + why if why else ''}"
        return PictureDay(day.day, "half", said)
    if stretch:
        kind = KINDS[stretch.kind]
        said = f"{words}: {kind}" + (f", {stretch.name}" if stretch.name else "")
        return PictureDay(day.day, stretch.kind, said)
    if day.weekday() >= SATURDAY:
        return PictureDay(day.day, "weekend", f"{words}: weekend")
    return PictureDay(day.day, "out", f"{words}: not in term")
