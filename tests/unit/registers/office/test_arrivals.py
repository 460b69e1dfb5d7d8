"""The late desk by the clock: L, U, or a better code."""

from datetime import date, time
from types import SimpleNamespace

import pytest

from registers.office.late_desk.arrivals import Choice, StandingMark, arrival, late_code
from registers.rules.clock import LONDON, register_window
from registers.rules.codes import Half

SCHOOL = SimpleNamespace(
    morning_at=time(8, 45), afternoon_at=time(13, 15), register_minutes=30, later_times=()
)
DAY = date(2026, 11, 24)


def at(hour, minute, second=0):
    from datetime import datetime

    return datetime(2026, 11, 24, hour, minute, second, tzinfo=LONDON)


def offered(now, half=Half.AM, *, standing="", minutes=None, planned=None):
    window = register_window(SCHOOL, DAY, half)
    mark = StandingMark(standing, minutes)
    return arrival(window=window, now=now, standing=mark, planned=planned)


@pytest.mark.parametrize(
    ("now", "half", "code", "minutes"),
    [
        (at(8, 45), Half.AM, "L", 0),
        (at(8, 46, 59), Half.AM, "L", 1),
        (at(9, 14, 59), Half.AM, "L", 29),
        (at(9, 15), Half.AM, "U", 30),
        (at(9, 16), Half.AM, "U", 31),
        (at(11, 59), Half.AM, "U", 194),
        (at(13, 15), Half.PM, "L", 0),
        (at(13, 44, 59), Half.PM, "L", 29),
        (at(13, 45), Half.PM, "U", 30),
    ],
)
def test_the_clock_says_l_until_the_register_ends_and_u_from_then_on(now, half, code, minutes):
    assert offered(now, half).choices == (Choice(code, minutes),)
    assert late_code(register_window(SCHOOL, DAY, half), now) == code


def test_before_the_register_opens_nobody_is_late():
    found = offered(at(8, 44, 59))
    assert not found.choices
    assert "has not opened" in found.settled


@pytest.mark.parametrize("standing", ["N", "O", "G"])
def test_an_absence_without_leave_gives_way_to_the_clock(standing):
    assert offered(at(9, 31), standing=standing).choices == (Choice("U", 46),)
    assert offered(at(9, 0), standing=standing).choices == (Choice("L", 15),)


@pytest.mark.parametrize("code", ["M", "I", "C", "S", "V", "B", "Y1", "C2", "D"])
def test_after_the_end_a_better_code_asks_and_staying_is_first(code):
    for known in ({"standing": code}, {"planned": code}):
        found = offered(at(9, 31), **known)
        assert found.asks
        assert found.choices == (Choice(code, 46, keeps=True), Choice("U", 46))


@pytest.mark.parametrize("code", ["M", "I", "V"])
def test_in_time_late_comes_first_and_the_other_code_can_stay(code):
    for known in ({"standing": code}, {"planned": code}):
        assert offered(at(9, 0), **known).choices == (Choice("L", 15), Choice(code, 15, keeps=True))


@pytest.mark.parametrize(("code", "words"), [("/", "present"), ("L", "late"), ("U", "late")])
def test_who_is_in_already_needs_nothing(code, words):
    found = offered(at(9, 31), standing=code)
    assert not found.choices
    assert words in found.settled


def test_an_appointment_that_was_over_is_not_asked_again():
    assert offered(at(10, 0), standing="M", minutes=46).settled == "in already"


def test_a_mark_comes_before_a_plan():
    assert offered(at(9, 31), standing="N", planned="M").choices == (Choice("U", 46),)


def test_the_clocks_may_change_in_the_night():
    """On the Monday after the clocks went back the register still opens at 8.45 on the wall."""
    monday = date(2026, 10, 26)
    window = register_window(SCHOOL, monday, Half.AM)
    assert window.opens_at.strftime("%H:%M %Z") == "08:45 GMT"
    assert window.minutes_since_opening(window.ends_at) == 30
