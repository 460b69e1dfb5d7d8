"""The sentences that open the list of pupils and the page of a school, by state."""

from decimal import Decimal

import pytest

from absence.lists import wording as of_the_list
from absence.lists.listing import Summary
from absence.school_page import wording as of_the_school
from absence.school_page.figures import PupilsTogether
from registers.rules.tally import NOTHING, Tally

TALLY = Tally(attended=95, authorised=3, unauthorised=2)


def summary(pupils=30, persistent=0, severe=0, without=0, near=0, tally=TALLY) -> Summary:
    return Summary(pupils, persistent, severe, without, tally, near=near)


@pytest.mark.parametrize(
    ("of", "more", "sentence"),
    [
        (summary(0), {}, "Nobody was on roll on this day."),
        (summary(2, without=2), {}, "2 pupils on roll, and no possible session yet."),
        (summary(), {}, "<strong>None of 30 pupils</strong> are persistently absent."),
        (summary(1), {}, "<strong>None of 1 pupil</strong> is persistently absent."),
        (
            summary(),
            {"own": True, "than_before": "1 fewer"},
            "<strong>None of your 30 pupils</strong> are persistently absent, "
            "<strong>1 fewer</strong>.",
        ),
        (
            summary(persistent=1),
            {},
            "<strong>1 of 30 pupils</strong> is persistently absent.",
        ),
        (
            summary(1200, persistent=4, severe=2),
            {"than_before": "2 more"},
            "<strong>4 of 1,200 pupils</strong> are persistently absent, 2 of them severely, "
            "<strong>2 more</strong>.",
        ),
    ],
)
def test_how_many_are_over_the_line(of, more, sentence):
    values = {"than_before": "", "own": False} | more
    assert of_the_list.over_sentence(of, **values) == sentence


@pytest.mark.parametrize(
    ("of", "sentence"),
    [
        (summary(), ""),
        (summary(near=1), "1 is within a day of it."),
        (summary(near=2, persistent=1), "2 more are within a day of it."),
    ],
)
def test_how_many_are_near(of, sentence):
    assert of_the_list.near_sentence(of, "a day") == sentence


def test_what_they_missed_together():
    said = "Together they missed 5 of 100 possible sessions: attendance is 95.0%."
    assert of_the_list.together_sentence(summary()) == said
    assert of_the_list.together_sentence(summary(tally=NOTHING)) == ""


NOW = PupilsTogether(pupils=40, persistent=4, severe=0, tally=TALLY)
ONE_BEFORE = PupilsTogether(pupils=38, persistent=1, severe=0, tally=TALLY)


@pytest.mark.parametrize(
    ("now", "before", "points", "sentence"),
    [
        (
            PupilsTogether(0, 0, 0, NOTHING),
            None,
            None,
            "There is no possible session in 2025/26 yet, so there are no figures.",
        ),
        (
            NOW,
            None,
            None,
            "Attendance this year is <strong>95.0%</strong>, and <strong>4 of 40 pupils</strong> "
            "are persistently absent.",
        ),
        (
            NOW,
            ONE_BEFORE,
            Decimal("1.2"),
            "Attendance this year is <strong>95.0%, up 1.2 points</strong> on this point of last "
            "year, and <strong>4 of 40 pupils</strong> are persistently absent, where there was 1 "
            "of 38.",
        ),
        (
            NOW,
            ONE_BEFORE,
            Decimal(0),
            "Attendance this year is <strong>95.0%, the same</strong> as at this point of last "
            "year, and <strong>4 of 40 pupils</strong> are persistently absent, where there was 1 "
            "of 38.",
        ),
    ],
)
def test_how_the_school_stands(now, before, points, sentence):
    assert of_the_school.opening(now, before, points, "2025/26") == sentence
