"""The register times of a stretch of days, in words: each day's own. No Django here."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import partial

from registers.rules.allowed_codes import short_day
from registers.rules.clock import DayTimes, RegisterTimes, times_on
from registers.rules.grouping import grouped_by

WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def register_times(school: RegisterTimes, days: Collection[date]) -> list[str]:
    """ "8.45am, closed at 9.15am; and 1.15pm, closed at 1.45pm"; where the days had not all one,
    a sentence for each with its days.
    """
    by_times = grouped_by(sorted(days), partial(times_on, school))
    if len(by_times) == 1:
        return [*map(in_words, by_times)]
    return [f"{_days(of)}: {in_words(times)}" for times, of in by_times.items()]


def in_words(times: DayTimes) -> str:
    """When each register of a day is called and closed."""
    return "; and ".join(
        f"{_clock(at)}, closed at {_clock(_ends(at, times.minutes))}"
        for at in (times.morning_at, times.afternoon_at)
    )


def _ends(at: time, minutes: int) -> time:
    return (datetime.combine(date.min, at) + timedelta(minutes=minutes)).time()


def _clock(at: time) -> str:
    """9am, 1.45pm: as letters say it."""
    minutes = f".{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def _days(days: list[date]) -> str:
    """On Fridays from 6 Nov 2026 to 18 Dec 2026; of several weekdays, without naming them."""
    if len(days) == 1:
        return short_day(days[0])
    words = f"{short_day(days[0])} to {short_day(days[-1])}"
    weekdays = set(map(date.weekday, days))
    return f"{WEEKDAYS[weekdays.pop()]}, {words}" if len(weekdays) == 1 else words
