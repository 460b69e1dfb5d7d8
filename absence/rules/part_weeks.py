"""A period as whole weeks and the days of part weeks. Plain values, no Django here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from absence.rules.windows import Period
from registers.rules.calendar import monday_of

WEEK = timedelta(days=7)


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
    days = [monday + timedelta(days=n) for n in range(7)]
    met = list(filter(may_have_marks, days))
    inside = [day for day in met if period.first <= day <= period.last]
    outside = [day for day in met if day not in inside]
    if not outside:
        return 0, None
    if not inside:
        return 1, None
    is_one_stretch = outside[-1] < inside[0] or outside[0] > inside[-1]
    if is_one_stretch and len(outside) < len(inside):
        return -1, Period(outside[0], outside[-1])
    return 1, Period(inside[0], inside[-1])
