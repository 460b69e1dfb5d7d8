"""A year as it is planned: its sessions, its length in words, what a change does, its picture."""

from datetime import date

import pytest

from registers.rules.calendar import HalfTerm
from registers.rules.codes import Half
from registers.rules.everyday_codes import ALWAYS, USUAL, choosable, everyday_codes
from registers.setup.calendar.picture import picture
from registers.setup.calendar.year_plan import (
    BANK_HOLIDAY,
    INSET,
    OTHER,
    UNEXPLAINED,
    ClosedStretch,
    Length,
    YearPlan,
    a_year_later,
    bank_holidays,
    change,
    days_in_words,
    overlapping,
    plan_of,
    with_inset_days,
)

MONDAY = date(2026, 9, 7)
FRIDAY = date(2026, 9, 11)
WEDNESDAY = date(2026, 9, 9)
WEEK = HalfTerm("Autumn 1", MONDAY, FRIDAY)


def plan(*closed: ClosedStretch) -> YearPlan:
    return YearPlan("2026/27", (WEEK,), closed)


def test_each_weekday_of_term_that_is_not_closed_has_a_morning_and_an_afternoon():
    found = plan(ClosedStretch(WEDNESDAY, WEDNESDAY, INSET)).sessions()
    assert len(found) == 8
    assert not any(day == WEDNESDAY for day, _ in found)


def test_half_a_day_can_be_closed():
    found = plan(ClosedStretch(FRIDAY, FRIDAY, OTHER, "Polling station", Half.PM)).sessions()
    assert (FRIDAY, Half.AM) in found
    assert (FRIDAY, Half.PM) not in found


@pytest.mark.parametrize(
    ("planned", "inset", "said", "to_do"),
    [
        (380, 5, "380 sessions planned, exactly the number expected.", ""),
        (376, 5, "376 sessions planned, 4 fewer than the 380 expected.", "Add 2 school days: "),
        (379, 5, "379 sessions planned, 1 fewer than the 380 expected.", "Add a half day: "),
        (377, 5, "377 sessions planned, 3 fewer", "Add 1 school day and a half day: "),
        (376, 7, "376 sessions planned, 4 fewer", "give up 2 INSET days beyond the usual 5"),
        (384, 5, "384 sessions planned, 4 more than", "close 2 days or end a term earlier"),
        (
            390,
            1,
            "390 sessions planned, 10 more",
            "Only 1 INSET day is planned, and five are usual",
        ),
        (390, 3, "390 sessions planned, 10 more", "Only 3 INSET days are planned"),
        (390, 0, "390 sessions planned, 10 more", "No INSET day is planned yet"),
        (1, 0, "1 session planned, 379 fewer", "Add 189 school days and a half day"),
    ],
)
def test_the_length_of_a_year_is_said_with_what_to_do(planned, inset, said, to_do):
    length = Length(planned, 380)
    assert length.said.startswith(said)
    assert to_do in length.what_to_do(inset)


def test_lost_sessions_are_told_apart_from_missing_ones():
    assert "lost unexpectedly" in Length(378, 380).what_to_do(5)


def test_a_change_names_what_comes_and_what_goes():
    there = plan().sessions()
    found = change(plan(ClosedStretch(WEDNESDAY, WEDNESDAY, INSET)), there)
    assert found.added == ()
    assert found.taken_out == ((WEDNESDAY, Half.AM), (WEDNESDAY, Half.PM))
    assert found.planned == 8
    assert not found.is_nothing
    assert change(plan(), there).is_nothing


def test_sessions_at_a_weekend_stay_as_they_are():
    saturday = (date(2026, 9, 12), Half.AM)
    found = change(plan(), plan().sessions() | {saturday})
    assert found.is_nothing
    assert found.at_weekends == 1
    assert found.planned == 11


def test_two_changes_have_two_digests():
    shorter = change(plan(ClosedStretch(WEDNESDAY, WEDNESDAY, INSET)), plan().sessions())
    assert shorter.digest != change(plan(), plan().sessions()).digest


def test_days_are_named_with_the_half_where_only_one_is_meant():
    keys = [(MONDAY, Half.AM), (MONDAY, Half.PM), (FRIDAY, Half.PM)]
    assert days_in_words(keys) == [
        "Monday 7 September 2026",
        "Friday 11 September 2026, afternoon only",
    ]
    assert days_in_words(keys, most=1) == ["Monday 7 September 2026", "and 1 more day"]


def test_half_terms_that_share_a_day_are_found():
    later = HalfTerm("Autumn 2", FRIDAY, date(2026, 9, 18))
    assert overlapping([WEEK, later]) == (0, 1)
    assert overlapping([later, WEEK]) == (1, 0)
    assert (
        overlapping([WEEK, HalfTerm("Autumn 2", date(2026, 9, 12), FRIDAY.replace(day=18))]) is None
    )


def test_the_bank_holidays_of_england_are_known():
    found = bank_holidays("2026/27")
    assert found[date(2027, 3, 26)] == "Good Friday"
    assert found[date(2026, 12, 25)] == "Christmas Day"
    assert all(day.weekday() < 5 for day in found)


def test_an_imported_year_has_its_gaps_as_closures_that_nobody_explained():
    there = plan(ClosedStretch(WEDNESDAY, WEDNESDAY, INSET)).sessions()
    found = plan_of("2026/27", [WEEK], [], there)
    assert found.closed == (ClosedStretch(WEDNESDAY, WEDNESDAY, OTHER, UNEXPLAINED),)
    assert found.sessions() == there
    assert with_inset_days(found).closed == (ClosedStretch(WEDNESDAY, WEDNESDAY, INSET),)


def test_a_gap_on_a_bank_holiday_is_one():
    term = HalfTerm("Summer 1", date(2027, 4, 26), date(2027, 5, 7))
    holiday = date(2027, 5, 3)
    there = YearPlan(
        "2026/27", (term,), (ClosedStretch(holiday, holiday, BANK_HOLIDAY),)
    ).sessions()
    (found,) = plan_of("2026/27", [term], [], there).closed
    assert (found.kind, found.first) == (BANK_HOLIDAY, holiday)


def test_terms_that_do_not_hold_the_sessions_give_way_to_those_that_do():
    there = plan().sessions()
    wrong = HalfTerm("Autumn 1", date(2026, 10, 1), date(2026, 10, 9))
    assert plan_of("2026/27", [wrong], [], there).sessions() == there
    assert plan_of("2026/27", [], [], there).sessions() == there


def test_the_next_year_is_drafted_from_this_one():
    found = a_year_later(plan(ClosedStretch(MONDAY, MONDAY, INSET, "Welcome")))
    assert found.name == "2027/28"
    assert found.terms[0].starts_on == date(2027, 9, 6)
    kinds = {stretch.kind for stretch in found.closed}
    assert kinds == {INSET, BANK_HOLIDAY}
    assert all(
        stretch.first.year >= 2027 for stretch in found.closed if stretch.kind == BANK_HOLIDAY
    )


def test_the_picture_says_each_day_in_words():
    closed = plan(
        ClosedStretch(WEDNESDAY, WEDNESDAY, INSET, "Reading"),
        ClosedStretch(FRIDAY, FRIDAY, OTHER, "", Half.PM),
    )
    (month,) = picture(closed.sessions(), closed.closed_days())
    said = {day.number: day.said for day in month.days if day}
    assert len(month.days) == 37
    assert month.days[0] is None  # 1 September 2026 is a Tuesday
    assert said[7] == "Monday 7 September: school day"
    assert said[9] == "Wednesday 9 September: INSET day, Reading"
    assert said[11] == "Friday 11 September: morning only, Another closure"
    assert said[12] == "Saturday 12 September: weekend"
    assert said[14] == "Monday 14 September: not in term"
    assert month.school_days == 4


class TheSchool:
    def __init__(self, codes):
        self.everyday_codes = codes


def test_a_teacher_has_the_usual_codes_until_the_school_chooses():
    assert everyday_codes(TheSchool([])) == ["/", "\\", "L", "M", "I", "N"]
    assert set(everyday_codes(TheSchool([]))) == set(USUAL)


def test_a_register_can_always_be_taken_and_never_closed_by_a_teacher():
    found = everyday_codes(TheSchool(["V", "#", "Z", "H", "nonsense"]))
    assert set(found) == {*ALWAYS, "V"}
    assert not {"#", "Z", "H"} & set(choosable())
