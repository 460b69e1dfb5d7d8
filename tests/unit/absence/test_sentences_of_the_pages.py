"""The sentences of the list of pupils and of the page of a school, by state."""

import re
from datetime import date
from decimal import Decimal

import pytest

from absence.lists import wording as of_the_list
from absence.lists.listing import Summary
from absence.rules.national import National
from absence.rules.windows import Period
from absence.school_page import ledger
from absence.school_page import wording as of_the_school
from absence.school_page.figures import HalfToday, PupilsTogether, Today
from absence.school_page.ledger import England
from registers.rules.tally import NOTHING, Tally
from tests.html_page import read_page

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


@pytest.mark.parametrize(
    ("pupils", "own", "title"),
    [
        (30, False, "No pupil is like that"),
        (30, True, "No pupil is like that"),
        (0, True, "No group is yours yet"),
        (0, False, "No pupils yet"),
    ],
)
def test_why_nobody_is_listed(pupils, own, title):
    assert of_the_list.nobody_listed(pupils, own=own).title == title


@pytest.mark.parametrize(
    ("known", "sentence"),
    [(True, "Nobody crossed a line"), (False, "no possible session by Friday 12 September 2025")],
)
def test_where_nobody_is_named_first(known, sentence):
    said = of_the_list.nobody_first(date(2025, 9, 12), movement_is_known=known)
    assert sentence in read_page(said).text


@pytest.mark.parametrize(
    ("others", "sentence"),
    [(0, "Ada Lund, Siyuan Okafor"), (1, "Ada Lund, Siyuan Okafor and 1 other")],
)
def test_the_first_are_named_and_the_others_counted(others, sentence):
    links = [("/1/", "Ada", "Lund"), ("/2/", "Siyuan", "Okafor")]
    assert read_page(of_the_list.names_and_others(links, others)).text == sentence


@pytest.mark.parametrize(
    ("spare", "after", "on", "sentence"),
    [
        (4, 0, None, "4 by the year’s end"),
        (0, 0, None, "0 by the year’s end"),
        (-2, 21, date(2026, 2, 3), "None this year back under after 21 in a row, 3 Feb"),
        (1, 21, None, "1 by the year’s end no way back this year"),
    ],
)
def test_what_can_still_be_missed(spare, after, on, sentence):
    assert read_page(of_the_list.to_spare(spare, after, on)).text == sentence


@pytest.mark.parametrize(
    ("move", "since", "sentence"),
    [
        ("", None, ""),
        ("", date(2025, 9, 12), "since 12 Sep"),
        ("worse", None, "Worse: from Good"),
        ("better", date(2025, 9, 12), "Better: from Good, 12 Sep"),
    ],
)
def test_how_a_pupil_came_into_the_band(move, since, sentence):
    said = of_the_list.movement(move, "Good", since)
    assert re.sub("<[^>]*>|[▲▼] ", "", said) == sentence


@pytest.mark.parametrize(
    ("tally", "sentence"),
    [
        (Tally(50, 50), "severe"),
        (Tally(90, 10), "persistent"),
        (Tally(91, 9), ""),
    ],
)
def test_which_line_was_crossed(tally, sentence):
    assert of_the_list.persistent_or_severe(tally) == sentence


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (0, ""),
        (1, "After 1 school day a single day away is all of what a pupil could attend."),
        (2, "After 2 school days a single day away is half of what a pupil could attend."),
        (9, "After 9 school days a single day away is a large part of what a pupil could attend."),
    ],
)
def test_a_young_year_says_little(days, sentence):
    assert re.sub("<[^>]*>", "", of_the_list.early_days(days)).startswith(sentence)


@pytest.mark.parametrize(
    ("named", "shows", "starts"),
    [("2024/25", True, "<b>Last year</b> is"), ("", True, "What another"), ("", False, "")],
)
def test_what_the_column_of_last_year_holds(named, shows, starts):
    assert of_the_list.last_year_note(named, shows_last_year=shows).startswith(starts)


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


ENGLAND = England(National("2025/26", Decimal("8.5"), Decimal("23.1")), "secondary")
HALF = HalfToday("morning", pupils=60, marked=58, complete=1, groups=2)


@pytest.mark.parametrize(
    ("today", "value", "note"),
    [
        (None, "–", "The school does not meet today"),
        (Today(date(2025, 9, 12), NOTHING, [], []), "–", "Registers have not opened yet"),
        (
            Today(date(2025, 9, 12), NOTHING, [HALF], []),
            "–",
            "No mark yet this morning; 2 registers to come",
        ),
        (
            Today(date(2025, 9, 12), TALLY, [HALF], []),
            "95.0%",
            "1 of 2 morning registers complete, 2 not marked",
        ),
    ],
)
def test_how_today_goes(today, value, note):
    figure = ledger.today_so_far(today)
    assert (re.sub("<[^>]*>", "", figure.value), figure.note) == (value, note)


WEEK = Period(date(2025, 9, 8), date(2025, 9, 12))


@pytest.mark.parametrize(
    ("week", "tally", "before", "label", "note"),
    [
        (None, NOTHING, NOTHING, "This week", "No possible session yet"),
        (WEEK, NOTHING, TALLY, "Week of 8 Sep", "No possible session yet"),
        (WEEK, TALLY, NOTHING, "Week of 8 Sep", "to Friday"),
        (WEEK, TALLY, TALLY, "Week of 8 Sep", "to Friday. 95.0% in that week last year"),
    ],
)
def test_how_the_week_goes(week, tally, before, label, note):
    figure = ledger.this_week(week, tally, before, WEEK.last)
    assert (figure.label, figure.note) == (label, note)


@pytest.mark.parametrize(
    ("before", "year", "persistent", "severe"),
    [
        (
            None,
            "England, secondary, 2025/26: 91.5%",
            "England, secondary, 2025/26: 23.1%",
            "half or more missed",
        ),
        (
            ONE_BEFORE,
            "95.0% last year. England, secondary, 2025/26: 91.5%",
            "1 last year, 2.6%. England, secondary, 2025/26: 23.1%",
            "0 last year, 0.0%",
        ),
    ],
)
def test_how_the_year_goes(before, year, persistent, severe):
    assert ledger.this_year(NOW, before, ENGLAND).note == year
    assert ledger.persistent(NOW, before, ENGLAND, "/there").note == persistent
    assert ledger.severe(NOW, before, "/there").note == severe


def test_before_the_first_session_the_year_says_so():
    nobody = PupilsTogether(0, 0, 0, NOTHING)
    assert ledger.this_year(nobody, None, ENGLAND).note == "No possible session yet"
    assert re.sub("<[^>]*>", "", ledger.severe(nobody, None, "/there").value) == "0 "


@pytest.mark.parametrize(
    ("rows", "on_roll", "ending"),
    [(3, 3, "this year."), (1200, 1190, "this year, 1,190 of 1,200 still are.")],
)
def test_who_is_counted(rows, on_roll, ending):
    assert of_the_school.counted_as(rows, on_roll).endswith(ending)


@pytest.mark.parametrize(("rows", "why"), [(0, "They come with"), (1, "1 pupil on the roll")])
def test_why_there_are_no_figures(rows, why):
    assert of_the_school.no_figures(rows).why.startswith(why)
