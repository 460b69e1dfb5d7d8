"""A period as whole weeks and the days of part weeks. Plain values, no Django here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import filterfalse

from absence.rules.windows import Period
from registers.rules.calendar import DAY, WEEK, monday_of


def any_day(day: date) -> bool:
    """Where nothing is known of the calendar, each day may have marks."""
    return True


@dataclass(frozen=True, slots=True)
class InWeeks:
    """A period as the weeks from one Monday to another, and stretches of days to add (1) or to take
    off (-1)."""

    first: date
    last: date
    days: tuple[tuple[int, Period], ...]

    def __contains__(self, monday: date) -> bool:
        return self.first <= monday <= self.last


def in_weeks(period: Period, may_have_marks: Callable[[date], bool] = any_day) -> InWeeks:
    first, last = monday_of(period.first), monday_of(period.last)
    days: list[tuple[int, Period]] = []
    for monday in sorted({first, last}):
        sign, stretch = _part_of_week(monday, period, may_have_marks)
        if stretch:
            days.append((sign, stretch))
        if sign > 0:  # the days stand for the week
            first, last = (first + WEEK, last) if monday == first else (first, last - WEEK)
    return InWeeks(first, last, tuple(days))


def _part_of_week(
    monday: date, period: Period, may_have_marks: Callable[[date], bool]
) -> tuple[int, Period | None]:
    """The stretch of days of a week that is read: 1 instead of the week, -1 to take off it, 0 where
    the week is in the period with all its marks."""
    met = list(filter(may_have_marks, (monday + number * DAY for number in range(7))))
    inside = list(filter(period.__contains__, met))
    outside = list(filterfalse(period.__contains__, met))
    if not outside:
        return 0, None
    if len(outside) < len(inside) and _is_one_stretch(outside, inside):
        return -1, Period(outside[0], outside[-1])
    return 1, Period(inside[0], inside[-1]) if inside else None


def _is_one_stretch(outside: Sequence[date], inside: Sequence[date]) -> bool:
    return outside[-1] < inside[0] or outside[0] > inside[-1]
