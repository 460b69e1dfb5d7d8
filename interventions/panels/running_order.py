"""When a panel looks at whom. No Django here."""

from datetime import date, time
from enum import Enum
from typing import Self

MINUTES_OF_A_DAY = 24 * 60


def times(starts_at: time, minutes_each: int, count: int) -> list[time]:
    """The times of so many meetings, one after the other.

    Raises ValueError, in words fit to show, where the last would begin on the next day.
    """
    first = starts_at.hour * 60 + starts_at.minute
    if count and first + (count - 1) * minutes_each >= MINUTES_OF_A_DAY:
        raise ValueError(
            f"{count} meetings of {minutes_each} minutes do not fit into the day: "
            "begin earlier or give each less time."
        )
    return [time(*divmod(first + number * minutes_each, 60)) for number in range(count)]


def after(last: time, minutes_each: int) -> time:
    """The next time after the last one; raises ValueError as `times` does."""
    return times(last, minutes_each, 2)[1]


class PanelDay(Enum):
    """Whether the day of a panel is to come, today or over."""

    COMING = "coming"
    TODAY = "today"
    OVER = "over"

    @classmethod
    def of(cls, on: date, today: date) -> Self:
        if on == today:
            return cls.TODAY
        return cls.COMING if on > today else cls.OVER

    @property
    def has_begun(self) -> bool:
        return self is not PanelDay.COMING

    @property
    def is_over(self) -> bool:
        return self is PanelDay.OVER
