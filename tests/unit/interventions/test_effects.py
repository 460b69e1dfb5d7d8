"""Attendance before and after an action, against a plain count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absence.rules.effects import Effect, effects
from absence.rules.pupil_marks import tallies_by_day
from registers.rules.tally import Tally

FIRST = date(2025, 9, 1)
CODES = ["/", "\\", "L", "I", "O", "U", "N", "Y4", "#", "C2"]


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def effect_of(number: int, marks: dict[int, str], days: int, at_most: int = 20) -> Effect:
    by_day = tallies_by_day((day(n), code) for n, codes in marks.items() for code in codes)
    school_days = [day(n) for n in range(days)]
    return effects([day(number)], by_day=by_day, school_days=school_days, at_most=at_most)[
        day(number)
    ]


def test_the_day_itself_belongs_to_neither_side():
    found = effect_of(1, {0: "OO", 1: "OO", 2: "/O"}, days=3)
    assert (found.days, found.before.absent, found.after.absent) == (1, 2, 1)


@pytest.mark.parametrize(
    ("number", "days", "expected"), [(0, 9, 0), (3, 9, 3), (8, 9, 0), (4, 9, 4)]
)
def test_both_sides_have_as_many_days_as_the_shorter(number, days, expected):
    assert effect_of(number, {}, days=days).days == expected


def test_twenty_days_at_most():
    found = effect_of(30, dict.fromkeys(range(61), "/\\"), days=61)
    assert (found.days, found.before.possible, found.after.possible) == (20, 40, 40)
    assert (found.before_from, found.after_until) == (day(10), day(50))


def test_an_action_on_a_day_without_school_stands_between_two_school_days():
    school_days = [day(0), day(4)]
    found = effects([day(2)], by_day={}, school_days=school_days)[day(2)]
    assert found.days == 1


def test_what_is_not_a_possible_session_is_on_neither_side():
    found = effect_of(1, {0: ["Y4", "/"], 2: ["#", "O"]}, days=3)
    assert (found.before, found.after) == (Tally(1, 0, 0), Tally(0, 0, 1))


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [((4, 10), (2, 10), "fewer"), ((1, 10), (2, 20), "as many"), ((1, 30), (1, 29), "more")],
)
def test_shares_are_compared_in_whole_numbers(before, after, direction):
    sides = [Tally(possible - absent, absent, 0) for absent, possible in (before, after)]
    assert Effect(10, *sides).direction == direction


def test_a_few_days_say_nothing_yet():
    early = Effect(4, Tally(8, 0, 0), Tally(0, 0, 8))
    assert early.direction == ""
    assert early.words.endswith("Too early to say.")


def test_the_words_have_the_numbers():
    found = Effect(20, Tally(29, 11, 0), Tally(32, 0, 4))
    assert found.words == (
        "Missed 11 of 40 sessions in the 20 school days before, 4 of 36 in the 20 since."
    )
    assert Effect(0, Tally(0, 0, 0), Tally(0, 0, 0)).words == "No school days on both sides yet."
    assert "No possible sessions" in Effect(3, Tally(0, 0, 0), Tally(1, 0, 0)).words


@given(
    st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), min_size=0, max_size=40),
    st.lists(st.integers(-3, 45), max_size=5),
    st.integers(1, 25),
)
def test_as_a_plain_count_would_have_it(marks, actions, at_most):
    by_day = tallies_by_day((day(n), code) for n, pair in enumerate(marks) for code in pair)
    school_days = [day(n) for n in range(len(marks))]
    found = effects(
        [day(n) for n in actions], by_day=by_day, school_days=school_days, at_most=at_most
    )
    for number in actions:
        earlier = [pair for n, pair in enumerate(marks) if n < number]
        later = [pair for n, pair in enumerate(marks) if n > number]
        count = min(at_most, len(earlier), len(later))
        one = found[day(number)]
        assert one.days == count
        for side, pairs in ((one.before, earlier[-count:]), (one.after, later[:count])):
            codes = [code for pair in pairs for code in pair] if count else []
            assert side.absent == sum(code in {"I", "O", "U", "N", "C2"} for code in codes)
            assert side.possible == sum(code not in {"Y4", "#"} for code in codes)
