"""Year groups are one closed list, however they are written."""

import pytest

from registers.rules.pupils import year_groups
from registers.rules.pupils.year_groups import (
    YEAR_GROUPS,
    following,
    in_order,
    normalise,
    spoken,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Year 12", "12"),
        ("Y12", "12"),
        ("Year  7", "7"),
        ("Year\u00a07", "7"),
        ("YEAR7", "7"),
        ("Yr. 7", "7"),
        ("yr 07", "7"),
        ("Year Group 7", "7"),
        ("NC Year 7", "7"),
        ("NCY 7", "7"),
        ("National Curriculum Year 7", "7"),
        (" 7 ", "7"),
        ("07", "7"),
        ("7.0", "7"),
        ("14", "14"),
        ("1", "1"),
        ("Year 10", "10"),
        ("Reception", "R"),
        ("R", "R"),
        ("Rec", "R"),
        ("YR", "R"),
        ("Year R", "R"),
        ("Reception Year", "R"),
        ("Year 0", "R"),
        ("FS2", "R"),
        ("Nursery 2", "N2"),
        ("n1", "N1"),
        ("Nursery (1)", "N1"),
        ("Lower Sixth", "12"),
        ("Sixth form lower", "12"),
        ("U6", "13"),
    ],
)
def test_a_year_group_is_known_however_it_is_written(text, code):
    assert normalise(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "²", "Year ²", "７", "15", "Year 15", "99", "-1", "7.5",
        "7A", "10B", "Maple", "Sixth form", "Nursery", "N", "Y", "Year", "Rx", "7 8", "1 2", "1e1",
        "\0",
    ],
)  # fmt: skip
def test_what_is_no_year_group_or_could_be_two_is_none(text):
    assert normalise(text) is None


@pytest.mark.parametrize("code", YEAR_GROUPS)
def test_every_code_is_itself_and_is_found_by_how_it_is_said(code):
    assert normalise(code) == normalise(spoken(code)) == code


def test_it_is_said_as_schools_say_it_and_their_own_words_stay():
    codes = ["N1", "R", "7", "13", "Maple"]
    assert [spoken(code) for code in codes] == [
        "Nursery 1", "Reception", "Year 7", "Year 13", "Maple",
    ]  # fmt: skip


def test_the_youngest_come_first_and_other_words_last():
    given = ["10", "Maple", "R", "9", "N2", "1", "N1"]
    assert in_order(given) == ["N1", "N2", "R", "1", "9", "10", "Maple"]


def test_each_is_followed_by_the_next():
    assert [following(code) for code in ["N1", "R", "9", "14", "Maple"]] == [
        "N2", "1", "10", None, None,
    ]  # fmt: skip
    assert year_groups.choices()[2:4] == [("R", "Reception"), ("1", "Year 1")]
