"""When a mark was made that comes from a device, and when the office has to look at it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.register.devices import (
    DeviceTimes,
    HeldReason,
    JudgedTime,
    clock_in_words,
    held_in_words,
    judge,
)
from registers.rules.clock import RegisterWindow

WINDOW = RegisterWindow(
    datetime(2026, 11, 24, 8, 45, tzinfo=UTC), datetime(2026, 11, 24, 9, 15, tzinfo=UTC)
)


def at(text: str) -> datetime:
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return datetime(2026, 11, 24, hours, minutes, *seconds, tzinfo=UTC)


@pytest.mark.parametrize(
    ("made", "sent", "came", "stands_at", "arrived", "held"),
    [
        # it did not wait: our clock alone, however wrong the device's is
        ("8:50", "8:50", "8:50", "8:50", False, None),
        ("8:50", "8:50:10", "8:50:10", "8:50:10", False, None),
        ("10:50", "10:50:01", "8:50", "8:50", False, None),
        ("8:50", "8:50:01", "9:14:59", "9:14:59", False, None),
        ("8:50", "8:50:01", "9:15", "9:15", False, HeldReason.ENDED),
        # it waited, and the clock is right, or nearly
        ("8:50", "8:50:11", "8:50:11", "8:50", True, None),
        ("8:50", "9:05", "9:05", "8:50", True, None),
        ("8:50", "9:07", "9:05", "8:50", True, None),
        ("8:50", "9:03", "9:05", "8:50", True, None),
        ("8:50", "10:30", "10:30", "8:50", True, HeldReason.ENDED),
        ("8:43", "9:05", "9:05", "8:43", True, None),
        # fast: made "after" it came in
        ("9:06", "9:06:30", "9:05", "9:05", True, None),
        # it waited, and nobody can say when it was made
        ("8:50", "9:07:01", "9:05", "8:50", True, HeldReason.CLOCK),
        ("8:50", "9:02:59", "9:05", "8:50", True, HeldReason.CLOCK),
        ("8:50", "10:33", "10:30", "8:50", True, HeldReason.CLOCK),
        ("9:05", "9:04", "9:04", "9:05", True, HeldReason.CLOCK),
        ("8:42:59", "9:05", "9:05", "8:42:59", True, HeldReason.CLOCK),
    ],
)
def test_a_mark_is_judged_by_the_two_times_it_brings(made, sent, came, stands_at, arrived, held):
    now = at(came)
    judged = judge(
        DeviceTimes(at(made), at(sent)), now=now, window=WINDOW, ended=WINDOW.has_ended(now)
    )
    assert (judged.made_at, judged.held) == (at(stands_at), held)
    assert judged.arrived_at == (now if arrived else None)


def test_a_register_that_was_ended_by_hand_holds_what_comes_after():
    now = at("8:55")
    judged = judge(DeviceTimes(now, now), now=now, window=WINDOW, ended=True)
    assert judged.held is HeldReason.ENDED


moments = st.datetimes(datetime(2026, 11, 24), datetime(2026, 11, 25), timezones=st.just(UTC))


@given(made=moments, sent=moments, now=moments)
def test_nothing_stands_at_a_time_that_was_not_yet(made, sent, now):
    judged = judge(DeviceTimes(made, sent), now=now, window=WINDOW, ended=WINDOW.has_ended(now))
    if judged.held is None:
        assert judged.made_at <= now < WINDOW.ends_at
        assert judged.made_at >= min(now, WINDOW.opens_at - timedelta(minutes=2))


@given(made=moments, sent=moments, now=moments, off=st.timedeltas(max_value=timedelta(days=9)))
def test_a_clock_that_is_off_changes_nothing_for_a_mark_that_did_not_wait(made, sent, now, off):
    sent = made + min(abs(sent - made), timedelta(seconds=10))
    judged = [
        judge(DeviceTimes(made + by, sent + by), now=now, window=WINDOW, ended=False)
        for by in (timedelta(0), min(abs(off), timedelta(days=9)))
    ]
    assert judged[0].made_at == judged[1].made_at == now
    assert judged[0].held is judged[1].held is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (180, "3 min fast"),
        (-125, "2 min slow"),
        (59, "59 s fast"),
        (-1, "1 s slow"),
        (0, "not to be trusted"),
    ],
)
def test_a_clock_in_words(seconds, words):
    assert clock_in_words(seconds) == words


def test_why_a_mark_is_held_is_said():
    ended = JudgedTime(at("8:50"), at("9:30"), HeldReason.ENDED)
    assert held_in_words(ended, WINDOW).startswith("The register ended at 9:15, before")
    clock = JudgedTime(at("8:50"), at("9:05"), HeldReason.CLOCK, -300)
    assert "5 min slow. The attendance office" in held_in_words(clock, WINDOW)
