"""When a register opens and ends, minute by minute, and how it stands."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest

from registers.rules.clock import LONDON, RegisterProgress, RegisterState, register_window, state_of
from registers.rules.codes import Half

DAY = date(2026, 11, 24)


@dataclass
class Times:
    morning_at: time = time(8, 45)
    afternoon_at: time = time(13, 15)
    register_minutes: int = 30
    later_times: tuple = ()


def at(hour: int, minute: int = 0, second: int = 0, on: date = DAY) -> datetime:
    return datetime.combine(on, time(hour, minute, second), tzinfo=LONDON)


MORNING = register_window(Times(), DAY, Half.AM)


def test_the_morning_and_the_afternoon_have_the_schools_times():
    assert (MORNING.opens_at, MORNING.ends_at) == (at(8, 45), at(9, 15))
    afternoon = register_window(Times(register_minutes=20), DAY, Half.PM)
    assert (afternoon.opens_at, afternoon.ends_at) == (at(13, 15), at(13, 35))


@pytest.mark.parametrize(
    ("now", "opened", "ended", "left"),
    [
        (at(8, 44, 59), False, False, 31),
        (at(8, 45), True, False, 30),
        (at(8, 45, 1), True, False, 30),
        (at(9, 14), True, False, 1),
        (at(9, 14, 59), True, False, 1),
        (at(9, 15), True, True, 0),
        (at(15, 30), True, True, 0),
    ],
)
def test_a_register_is_open_from_its_first_minute_and_not_in_the_minute_of_its_end(
    now, opened, ended, left
):
    assert MORNING.has_opened(now) is opened
    assert MORNING.has_ended(now) is ended
    assert MORNING.is_open(now) is (opened and not ended)
    assert MORNING.minutes_left(now) == left


@pytest.mark.parametrize(
    ("now", "late", "gone"),
    [
        (at(8, 30), 0, 0),
        (at(8, 45, 59), 0, 32),
        (at(9, 0), 15, 500),
        (at(9, 15), 30, 1000),
        (at(11, 0), 135, 1000),
    ],
)
def test_how_late_somebody_is_who_comes_in_now(now, late, gone):
    assert MORNING.minutes_since_opening(now) == late
    assert MORNING.per_mille_gone(now) == gone


@pytest.mark.parametrize(
    ("on", "opens"),
    [
        (date(2026, 10, 23), datetime(2026, 10, 23, 7, 45, tzinfo=UTC)),  # summer time
        (date(2026, 10, 26), datetime(2026, 10, 26, 8, 45, tzinfo=UTC)),  # the clocks went back
        (date(2027, 3, 26), datetime(2027, 3, 26, 8, 45, tzinfo=UTC)),
        (date(2027, 3, 29), datetime(2027, 3, 29, 7, 45, tzinfo=UTC)),  # and forward again
    ],
)
def test_it_opens_by_the_clock_on_the_wall_whatever_the_season(on, opens):
    assert register_window(Times(), on, Half.AM).opens_at == opens


@pytest.mark.parametrize("on", [date(2026, 10, 25), date(2027, 3, 28)])
def test_it_is_equally_long_in_the_hour_in_which_the_clocks_change(on):
    night = register_window(Times(morning_at=time(0, 50)), on, Half.AM)
    assert night.ends_at.astimezone(UTC) - night.opens_at.astimezone(UTC) == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("progress", "now", "state"),
    [
        (RegisterProgress(28, 0), at(8, 44), RegisterState.NOT_YET),
        (RegisterProgress(28, 0), at(8, 45), RegisterState.DUE),
        (RegisterProgress(28, 3), at(8, 46), RegisterState.DUE),  # the late desk was first
        (RegisterProgress(28, 3, opened=True), at(8, 59), RegisterState.OPEN),
        (
            RegisterProgress(28, 0),
            at(9, 0),
            RegisterState.OVERDUE,
        ),  # on the line: half the time is gone
        (RegisterProgress(28, 3, opened=True), at(9, 0), RegisterState.OVERDUE),
        (RegisterProgress(28, 26, opened=True, taken=True), at(9, 14), RegisterState.INCOMPLETE),
        (RegisterProgress(28, 28, opened=True, taken=True), at(8, 50), RegisterState.TAKEN),
        (RegisterProgress(28, 28, opened=True, taken=True), at(9, 15), RegisterState.ENDED),
        (
            RegisterProgress(28, 28),
            at(9, 15),
            RegisterState.ENDED,
        ),  # imported: nobody opened it here
        (RegisterProgress(28, 27), at(9, 15), RegisterState.BLANKS),
        (RegisterProgress(28, 27, opened=True, taken=True), at(9, 15), RegisterState.BLANKS),
        (RegisterProgress(28, 0), at(9, 15), RegisterState.NOT_TAKEN),
        (RegisterProgress(28, 2, opened=True), at(9, 15), RegisterState.NOT_TAKEN),
        (RegisterProgress(0, 0), at(9, 0), RegisterState.NO_PUPILS),
    ],
)
def test_how_a_register_stands(progress, now, state):
    assert state_of(progress, MORNING, now) is state


def test_a_session_that_was_not_held_waits_for_nobody():
    state = state_of(RegisterProgress(28, 0), MORNING, at(10), is_open=False)
    assert state is RegisterState.CLOSED
    assert not state.needs_somebody
