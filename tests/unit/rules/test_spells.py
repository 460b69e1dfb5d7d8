"""What a corrected date moves, and the groups that follow it."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registers.rules.admission import Spell
from registers.rules.roll.corrected_dates import AcademicYearDays, DatedMembership, fitted, moves
from registers.rules.tally import Tally

FIRST = date(2025, 9, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(5)]
MARKS = {(on, half): "/\\"[half] for on in DAYS for half in (0, 1)} | {(DAYS[4], 0): "N"}
SESSIONS = {(on, half) for on in DAYS for half in (0, 1)}
YEAR = AcademicYearDays("2025/26", FIRST, date(2026, 7, 20))


def moved(old, new, marks=MARKS, **more):
    settings = {"sessions": SESSIONS, "years": [YEAR], "today": DAYS[4]} | more
    return moves(old, new, marks=marks, **settings)


def test_marks_after_the_last_day_fall_away():
    found = moved(Spell(FIRST), Spell(FIRST, DAYS[3]))
    assert found.opens is None
    assert (found.falls.sessions, found.falls.codes) == (2, {"N": 1, "\\": 1})
    (year,) = found.years
    assert (year.before, year.after) == (Tally(9, 0, 1), Tally(8))
    assert found.sentences == [
        "2 sessions fall away, on Friday 5 September 2025: 2 marks stay in the history and count "
        "nowhere."
    ]
    assert found.in_words == "2 marks count no more"


def test_marks_come_back_and_blanks_are_told_of():
    marks = {slot: code for slot, code in MARKS.items() if slot[0] != DAYS[0]}
    found = moved(Spell(DAYS[2]), Spell(FIRST), marks)
    assert (found.opens.sessions, found.opens.marks, found.opens.unmarked) == (4, 2, 2)
    assert "2 sessions of those have no mark" in found.sentences[1]


def test_both_dates_at_once_may_fall_away_and_open():
    found = moved(Spell(FIRST, DAYS[1], "x"), Spell(DAYS[1], DAYS[2], "x"))
    assert (found.falls.first, found.opens.first) == (FIRST, DAYS[2])


def test_other_times_on_the_roll_are_in_the_figures_of_the_year():
    elsewhere = [(date(2026, 1, 5), "I")]
    (year,) = moved(Spell(FIRST), Spell(DAYS[1]), elsewhere=elsewhere).years
    assert (year.before.authorised, year.after.authorised) == (1, 1)


def test_sessions_without_a_mark_may_fall_away_unseen():
    assert not moved(Spell(FIRST), Spell(FIRST, DAYS[3]), {}).must_be_seen
    assert moved(Spell(FIRST), Spell(FIRST, DAYS[3])).must_be_seen
    assert moved(Spell(DAYS[1]), Spell(FIRST), {}).must_be_seen
    assert not moved(Spell(FIRST), Spell(FIRST), MARKS).must_be_seen


def test_what_was_seen_is_named_and_another_mark_is_another_name():
    old, new = Spell(FIRST), Spell(FIRST, DAYS[3])
    assert moved(old, new).token == moved(old, new).token
    assert moved(old, new).token != moved(old, new, {**MARKS, (DAYS[4], 1): "N"}).token


day = st.integers(0, 40).map(lambda number: FIRST + timedelta(days=number))
spells = st.tuples(day, st.none() | day).map(
    lambda pair: Spell(pair[0], pair[1] and max(pair), "x" if pair[1] else "")
)


@st.composite
def groups_in_a_row(draw):
    """Registration groups one after the other, from the first day without a gap."""
    cuts = sorted(draw(st.sets(st.integers(1, 39), max_size=3)))
    starts = [FIRST, *(FIRST + timedelta(days=cut) for cut in cuts)]
    ends = [one - timedelta(days=1) for one in starts[1:]] + [None]
    return [
        DatedMembership(number, number, first, last, None, one_at_a_time=True)
        for number, (first, last) in enumerate(zip(starts, ends, strict=True), start=1)
    ]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(places=groups_in_a_row(), steps=st.lists(spells, min_size=1, max_size=6))
def test_groups_lie_within_the_dates_and_come_back_with_them(places, steps):
    now, old = places, Spell(FIRST)
    for new in steps:
        now, old = fitted(now, old, new), new
        held = [place for place in now if place.first]
        for place in held:
            assert place.first >= new.starts_on
            assert new.leaves_on is None or place.last <= new.leaves_on
        for on in (FIRST + timedelta(days=number) for number in range(45)):
            covering = [one for one in held if one.first <= on and (not one.last or on <= one.last)]
            expected = new.starts_on <= on and (new.leaves_on is None or on <= new.leaves_on)
            assert len(covering) <= 1
            if expected and on >= FIRST:
                asked = [
                    one for one in places if one.first <= on and (not one.last or on <= one.last)
                ]
                assert [one.group_id for one in covering] == [asked[0].group_id]
    back = fitted(now, old, Spell(FIRST))
    assert sorted((one.group_id, one.first, one.last, one.asked) for one in back) == [
        (one.group_id, one.first, one.last, None) for one in places
    ]


@pytest.mark.parametrize("until", [None, date(2025, 12, 19)])
def test_a_group_to_the_last_day_follows_it_and_a_trip_that_was_over_does_not(until):
    trip = DatedMembership(1, 1, DAYS[0], DAYS[1])
    tutor = DatedMembership(2, 2, FIRST, until)
    (trip, tutor) = sorted(
        fitted([trip, tutor], Spell(FIRST, until), Spell(FIRST, date(2026, 1, 30))),
        key=lambda one: one.group_id,
    )
    assert (trip.last, tutor.last) == (DAYS[1], date(2026, 1, 30))
