"""When a panel looks at whom. No Django here."""

from datetime import time

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
