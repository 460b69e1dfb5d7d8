"""Times on the roll: what is wrong with one, and which overlap."""

from datetime import date

import pytest

from registers.rules.admission import (
    GROUNDS,
    Spell,
    in_natural_order,
    overlap,
    what_is_wrong,
)

TODAY = date(2026, 11, 24)
ENTRY, LEFT = date(2025, 9, 1), date(2026, 7, 21)
GROUND = next(iter(GROUNDS))


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ((1, 5), (6, 9), False),
        ((1, 5), (5, 9), True),
        ((6, 9), (1, 5), False),
        ((1, None), (9, None), True),
        ((9, None), (1, 8), False),
        ((2, 3), (1, None), True),
    ],
)
def test_both_days_belong_to_a_time_on_the_roll(one, other, said):
    def spell(first, last):
        return Spell(date(2026, 1, first), last and date(2026, 1, last))

    assert overlap(spell(*one), spell(*other)) is said


@pytest.mark.parametrize(
    ("spell", "field", "words"),
    [
        (Spell(ENTRY), None, ""),
        (Spell(ENTRY, LEFT, GROUND), None, ""),
        (Spell(ENTRY, ENTRY, GROUND), None, ""),
        (Spell(ENTRY, date(2025, 8, 31), GROUND), "leaves_on", "is after this day"),
        (Spell(ENTRY, LEFT), "leaving_ground", "Choose the ground"),
        (Spell(ENTRY, None, GROUND), "leaves_on", "Give the last day"),
        (Spell(date(1989, 9, 1)), "starts_on", "from 1990"),
        (Spell(date(2030, 9, 1)), "starts_on", "from 1990"),
        (Spell(date(2012, 3, 4)), "starts_on", "date of birth"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(spell, field, words):
    wrong = what_is_wrong(spell, born_on=date(2012, 3, 4), others=[], today=TODAY)
    assert list(wrong) == ([field] if field else [])
    assert words in wrong.get(field, "")


@pytest.mark.parametrize(
    ("spell", "field"),
    [
        (Spell(date(2026, 7, 21)), "starts_on"),
        (Spell(date(2026, 7, 22)), None),
        (Spell(date(2024, 9, 1), date(2025, 8, 31), GROUND), None),
        (Spell(date(2024, 9, 1), date(2025, 9, 1), GROUND), "leaves_on"),
        (Spell(date(2024, 9, 1)), "leaves_on"),
    ],
)
def test_two_times_on_the_roll_cannot_overlap(spell, field):
    wrong = what_is_wrong(spell, born_on=None, others=[Spell(ENTRY, LEFT)], today=TODAY)
    assert list(wrong) == ([field] if field else [])


def test_the_grounds_are_the_fifteen_of_the_regulation_and_one_for_other_ages():
    lettered = [name for name in GROUNDS if name.startswith("9(1)")]
    assert [name[5] for name in lettered] == list("abcdefghijklmno")
    assert all(len(name) <= 200 for name in GROUNDS)


def test_year_groups_and_groups_stand_in_the_order_of_their_numbers():
    assert in_natural_order(["10", "R", "7", "N1"]) == ["7", "10", "N1", "R"]
    found = in_natural_order(["10A", "9B", "R", "7", "11", "9A"])
    assert found == ["7", "9A", "9B", "10A", "11", "R"]
