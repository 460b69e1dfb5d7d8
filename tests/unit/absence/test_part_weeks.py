"""A period is its whole weeks and the smaller part of each part week."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absence.rules.part_weeks import WEEK, any_day, in_weeks
from absence.rules.windows import Period

MON = date(2025, 9, 1)


def day(number: int) -> date:
    return MON + timedelta(days=number)


def is_weekday(on: date) -> bool:
    return on.weekday() < 5


@pytest.mark.parametrize(
    ("first", "last", "weeks", "days"),
    [
        (0, 4, (0, 0), []),  # nobody meets on the Saturday
        (0, 13, (0, 7), []),
        (0, 10, (0, 7), [(-1, 11, 11)]),  # to the Thursday: the Friday is taken off
        (0, 7, (0, 0), [(1, 7, 7)]),  # to the Monday: it is added
        (3, 11, (7, 7), [(1, 3, 4)]),
        (1, 11, (0, 7), [(-1, 0, 0)]),
        (1, 3, None, [(1, 1, 3)]),
        (5, 7, None, [(1, 7, 7)]),  # the weekend has nothing
        (5, 6, None, []),
    ],
)
def test_the_smaller_part_of_a_week_is_read(first, last, weeks, days):
    found = in_weeks(Period(day(first), day(last)), is_weekday)
    assert [(sign, part.first, part.last) for sign, part in found.days] == [
        (sign, day(start), day(end)) for sign, start, end in days
    ]
    if weeks:
        assert (found.first, found.last) == (day(weeks[0]), day(weeks[1]))
    else:
        assert found.last < found.first


@given(
    first=st.integers(0, 40),
    length=st.integers(0, 40),
    meets=st.sampled_from([any_day, is_weekday, lambda on: on.day % 3 == 0, lambda on: False]),
)
def test_weeks_and_days_are_the_period_and_nothing_else(first, length, meets):
    period = Period(day(first), day(first + length))
    found = in_weeks(period, meets)
    counted = {
        on: int(on - timedelta(days=on.weekday()) in found) for on in map(day, range(-7, 100))
    }
    for sign, part in found.days:
        for on in counted:
            counted[on] += sign * (part.first <= on <= part.last)
    assert {on: times for on, times in counted.items() if meets(on)} == {
        on: int(period.first <= on <= period.last) for on in counted if meets(on)
    }
    assert (found.last - found.first).days % WEEK.days == 0
