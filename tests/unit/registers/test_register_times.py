"""Each day's own register times: which row counts, and the words of a stretch of days."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta

import pytest

from registers.rules.clock import register_window, times_on
from registers.rules.codes import Half
from registers.setup.register_times.in_words import register_times

FRIDAY = date(2026, 11, 6)


@dataclass(frozen=True)
class Times:
    morning_at: time = time(8, 45)
    afternoon_at: time = time(13, 15)
    register_minutes: int = 30
    later_times: list = field(default_factory=list)


def row(from_on: str, afternoon: str, *weekdays: int, morning: str = "08:45", minutes: int = 30):
    return {
        "from_on": from_on,
        "weekdays": list(weekdays),
        "morning_at": morning,
        "afternoon_at": afternoon,
        "minutes": minutes,
    }


@pytest.mark.parametrize(
    ("rows", "on", "afternoon"),
    [
        ([], FRIDAY, "13:15"),
        # Fridays from 1 November
        ([row("2026-11-01", "12:50", 4)], FRIDAY, "12:50"),
        ([row("2026-11-01", "12:50", 4)], date(2026, 10, 30), "13:15"),  # the Friday before
        ([row("2026-11-01", "12:50", 4)], date(2026, 11, 5), "13:15"),  # a Thursday
        # the very first day counts, the day before does not
        ([row("2026-11-06", "12:50")], FRIDAY, "12:50"),
        ([row("2026-11-07", "12:50")], FRIDAY, "13:15"),
        # the later decision counts, for its days
        ([row("2026-11-01", "12:50", 4), row("2026-11-03", "13:00")], FRIDAY, "13:00"),
        ([row("2026-11-03", "13:00"), row("2026-11-01", "12:50", 4)], FRIDAY, "13:00"),
        ([row("2026-11-01", "13:00"), row("2026-11-03", "12:50", 4)], FRIDAY, "12:50"),
        # of one day, the weekday's own
        ([row("2026-11-01", "13:00"), row("2026-11-01", "12:50", 4)], FRIDAY, "12:50"),
        ([row("2026-11-01", "12:50", 4), row("2026-11-01", "13:00")], FRIDAY, "12:50"),
        ([row("2026-11-01", "13:00"), row("2026-11-01", "12:50", 3)], FRIDAY, "13:00"),
    ],
)
def test_the_times_of_a_day(rows, on, afternoon):
    assert times_on(Times(later_times=rows), on).afternoon_at == time.fromisoformat(afternoon)


def test_a_window_has_the_times_of_its_day():
    school = Times(later_times=[row("2026-11-01", "12:50", 4, minutes=20)])
    window = register_window(school, FRIDAY, Half.PM)
    assert (f"{window.opens_at:%H:%M}", f"{window.ends_at:%H:%M}") == ("12:50", "13:10")
    before = register_window(school, FRIDAY - timedelta(days=7), Half.PM)
    assert (f"{before.opens_at:%H:%M}", f"{before.ends_at:%H:%M}") == ("13:15", "13:45")


WEEK = [date(2026, 11, 2) + timedelta(days=number) for number in range(5)]
USUAL = "8.45am, closed at 9.15am; and 1.15pm, closed at 1.45pm"


@pytest.mark.parametrize(
    ("rows", "days", "said"),
    [
        ([], WEEK, [USUAL]),
        ([], [], []),
        (
            [row("2026-11-06", "12:50")],
            WEEK,
            [
                f"2 Nov 2026 to 5 Nov 2026: {USUAL}",
                "6 Nov 2026: 8.45am, closed at 9.15am; and 12.50pm, closed at 1.20pm",
            ],
        ),
        (
            [row("2026-11-01", "12:50", 4)],
            [*WEEK, date(2026, 11, 9), date(2026, 11, 13)],
            [
                f"2 Nov 2026 to 9 Nov 2026: {USUAL}",
                "Fridays, 6 Nov 2026 to 13 Nov 2026: "
                "8.45am, closed at 9.15am; and 12.50pm, closed at 1.20pm",
            ],
        ),
    ],
)
def test_the_times_of_a_stretch_in_words(rows, days, said):
    assert register_times(Times(later_times=rows), days) == said
