"""How far it is to a line and back: by walking there, one session after the other."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absence.rules.measures import absences_left, attended_until_under, missed_until_over
from absence.rules.wording import better_or_worse, near_words, ordinal, points, short_day
from absence.templatetags.absence import signed
from registers.rules.tally import PERSISTENT, SEVERE, Tally

counts = st.integers(0, 60)
shares = st.sampled_from([PERSISTENT, SEVERE, Fraction(15, 100), Fraction(1, 3)])


@given(attended=counts, missed=counts, share=shares)
def test_so_many_missed_in_a_row_cross_the_line(attended, missed, share):
    walked, now = 0, Tally(attended, 0, missed)
    while not now.missed_at_least(share):
        now, walked = now + Tally(0, 0, 1), walked + 1
    assert missed_until_over(share, Tally(attended, 0, missed)) == walked


@given(attended=counts, missed=counts, share=shares)
def test_so_many_attended_in_a_row_lead_back_under_it(attended, missed, share):
    walked, now = 0, Tally(attended, 0, missed)
    while now.missed_at_least(share):
        now, walked = now + Tally(1, 0, 0), walked + 1
    assert attended_until_under(share, Tally(attended, 0, missed)) == walked


@given(attended=counts, missed=counts, to_come=st.integers(0, 60))
def test_to_spare_is_how_many_of_those_to_come_may_be_missed(attended, missed, to_come):
    now = Tally(attended, 0, missed)
    spare = absences_left(PERSISTENT, now=now, possible_by_year_end=now.possible + to_come)

    def ends_over(more: int) -> bool:
        return (now + Tally(to_come - more, 0, more)).persistently_absent

    if now.possible + to_come == 0:
        return
    if spare < 0:
        assert ends_over(0)
    else:
        assert not ends_over(min(spare, to_come))
        assert spare >= to_come or ends_over(spare + 1)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("1.2", "up 1.2 points"),
        ("-0.8", "down 0.8 points"),
        ("0.0", "the same"),
        ("1", "up 1 point"),
    ],
)
def test_a_difference_of_rates_is_said_in_points(size, said):
    assert better_or_worse(Decimal(size)) == said
    assert points(None, Decimal(1)) is None


def test_small_words():
    assert near_words(2) == "two sessions"
    assert near_words(1) == "one session"
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 53, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "53rd", "111th",
    ]  # fmt: skip
    assert short_day(date(2026, 11, 3)) == "3 Nov"
    assert [signed(n) for n in (3, -2, 0, None)] == ["+3", "−2", "0", ""]
