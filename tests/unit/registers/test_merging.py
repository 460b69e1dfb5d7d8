"""Times on the roll and marks of two pupils that are one child."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.roll.merging.overlaps import (
    OwnSpell,
    WhatStands,
    conflicts,
    joined,
    marks_of_both,
)
from registers.rules.admission import Spell, overlap

ONE, OTHER = 1, 2
SEPT, OCT, NOV, DEC = (date(2025, month, 1) for month in (9, 10, 11, 12))


def spells(*rows):
    return [OwnSpell(number, who, Spell(*days)) for number, (who, *days) in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # entered twice on one day
        ([(ONE, SEPT), (OTHER, SEPT)], [(SEPT, None, 2)]),
        # left, and came back under another number
        ([(ONE, SEPT, OCT), (OTHER, NOV)], [(SEPT, OCT, 1), (NOV, None, 1)]),
        # one day in common is enough
        ([(ONE, SEPT, OCT), (OTHER, OCT)], [(SEPT, None, 2)]),
        # one of the other spans two of the one
        ([(ONE, SEPT, OCT), (ONE, NOV), (OTHER, SEPT)], [(SEPT, None, 3)]),
        ([(ONE, SEPT, NOV), (OTHER, OCT, OCT), (OTHER, DEC)], [(SEPT, NOV, 2), (DEC, None, 1)]),
    ],
)
def test_what_overlaps_is_one_time_on_the_roll(rows, expected):
    found = joined(spells(*rows))
    assert [(one.spell.starts_on, one.spell.leaves_on, len(one.parts)) for one in found] == expected


def test_the_ground_of_the_last_end_stands_and_main_goes_before_dual():
    one = OwnSpell(1, ONE, Spell(SEPT, NOV, "9(1)(a) Registered at another school", "dual"))
    other = OwnSpell(2, OTHER, Spell(SEPT, OCT, "9(1)(k) Died", "main"))
    (found,) = joined([one, other])
    assert found.spell == Spell(SEPT, NOV, "9(1)(a) Registered at another school", "main")


DAYS = st.dates(SEPT, SEPT + timedelta(days=40))


@st.composite
def own_times(draw):
    """Times on the roll of one pupil, which never overlap."""
    edges = sorted(draw(st.sets(DAYS, max_size=6)))
    return list(zip(edges[::2], edges[1::2], strict=False))


@given(own_times(), own_times())
def test_no_time_overlaps_and_no_day_is_lost_or_won(one, other):
    rows = [(ONE, *days) for days in one] + [(OTHER, *days) for days in other]
    found = joined(spells(*rows))
    assert not any(overlap(a.spell, b.spell) for i, a in enumerate(found) for b in found[i + 1 :])
    for number in range(45):
        day = Spell(SEPT + timedelta(days=number), SEPT + timedelta(days=number))
        before = any(overlap(day, Spell(*days)) for _, *days in rows)
        assert before == any(overlap(day, new.spell) for new in found)


MARKS = st.dictionaries(
    st.tuples(DAYS, st.integers(0, 1)),
    st.builds(WhatStands, st.sampled_from("/IUL"), st.none() | st.integers(1, 3)),
    max_size=12,
)


@given(MARKS, MARKS, st.data())
def test_marks_of_both_are_the_marks_afterwards(one, other, data):
    differ = conflicts(one, other)
    others_stand = data.draw(st.sets(st.sampled_from(differ))) if differ else set()
    found = marks_of_both(one, other, others_stand)
    assert found.keys() == one.keys() | other.keys()
    for key, mark in found.items():
        if key in others_stand or key not in one:
            assert mark == other[key]
        else:
            assert mark == one[key]
    assert set(differ) == {key for key in one.keys() & other.keys() if one[key] != other[key]}
