"""Who is found in a roll call, whoever ticked on whichever device."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.office.roll_call.found import (
    LONGEST_WAIT,
    RollCallPress,
    all_found_at,
    found,
    latest,
    pressed_at,
)
from registers.register.devices import DeviceTimes

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def tick(
    pupil: int, second: int, is_found: bool = True, number: int = 1, by: int = 7
) -> RollCallPress:
    return RollCallPress(NOON + timedelta(seconds=second), number, pupil, is_found, by)


@pytest.mark.parametrize(
    ("ticks", "there"),
    [
        ([], set()),
        ([tick(1, 0)], {1}),
        ([tick(1, 0), tick(1, 5, is_found=False)], set()),
        ([tick(1, 5, is_found=False), tick(1, 0)], set()),  # it came in later, pressed earlier
        ([tick(1, 0, is_found=False), tick(1, 5)], {1}),
        ([tick(1, 0, number=1), tick(1, 0, is_found=False, number=2)], set()),
        ([tick(1, 0), tick(2, 0, by=8)], {1, 2}),
    ],
)
def test_the_latest_press_counts(ticks, there):
    assert found(ticks).keys() == there


presses = st.lists(
    st.builds(
        tick,
        pupil=st.integers(1, 4),
        second=st.integers(0, 5),
        is_found=st.booleans(),
        number=st.integers(1, 10_000),
    ),
    unique_by=lambda one: one.number,
    max_size=8,
)


@given(presses.flatmap(lambda ticks: st.tuples(st.just(ticks), st.permutations(ticks))))
def test_in_whatever_order_they_come_in_all_see_the_same(ticks):
    one, other = ticks
    assert latest(one) == latest(other)


@given(presses)
def test_a_pupil_is_found_exactly_when_the_last_press_says_so(ticks):
    for pupil in range(1, 5):
        theirs = sorted(one for one in ticks if one.enrolment_id == pupil)
        assert (pupil in found(ticks)) == bool(theirs and theirs[-1].is_found)


@pytest.mark.parametrize(
    ("waited", "back"),
    [
        (timedelta(0), timedelta(0)),
        (timedelta(minutes=3), timedelta(minutes=3)),
        (LONGEST_WAIT, LONGEST_WAIT),
        (LONGEST_WAIT + timedelta(seconds=1), timedelta(0)),
        (timedelta(seconds=-1), timedelta(0)),
    ],
)
@pytest.mark.parametrize("clock_off", [timedelta(0), timedelta(days=-300), timedelta(hours=1)])
def test_a_wrong_clock_moves_no_press(waited, back, clock_off):
    sent = NOON + clock_off
    assert pressed_at(DeviceTimes(sent - waited, sent), NOON) == NOON - back


@pytest.mark.parametrize(
    ("expected", "ticks", "second"),
    [
        ([1, 2], [tick(1, 3), tick(2, 9)], 9),
        ([1, 2], [tick(1, 3)], None),
        ([1, 2], [tick(1, 3), tick(2, 9), tick(1, 12, is_found=False)], None),
        ([1], [tick(1, 3), tick(2, 9)], 3),  # somebody who was not expected takes no time
        ([], [], None),
    ],
)
def test_how_long_it_took(expected, ticks, second):
    last = all_found_at(expected, ticks)
    assert last == (None if second is None else NOON + timedelta(seconds=second))
