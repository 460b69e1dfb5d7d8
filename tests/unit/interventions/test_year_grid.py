"""The marks of a year as a grid: half terms, weeks, days, and what each half day is."""

from datetime import date, timedelta

import pytest

from absence.rules.academic_year import SchoolSession
from absence.rules.year_grid import CellState, half_day_words, year_grid
from registers.rules.calendar import HalfTerm
from registers.rules.codes import Half

MONDAY = date(2025, 9, 1)
AM, PM = Half.AM, Half.PM


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def sessions(*numbers: int, **more) -> list[SchoolSession]:
    return [SchoolSession(day(number), half, **more) for number in numbers for half in (0, 1)]


def grid(*, of=None, begun=None, on_roll=((MONDAY, None),), marks=None, **more):
    return year_grid(
        sessions=of or sessions(0, 1, 2, 3, 4),
        marks=marks or {},
        begun=begun or (day(3), PM),
        on_roll=on_roll,
        **more,
    )


def cells(terms) -> dict:
    return {
        (cell.date, cell.half): cell
        for term in terms
        for week in term.weeks
        for one in week.days
        for cell in (one.morning, one.afternoon)
    }


def test_a_mark_shows_its_code_and_whether_it_was_amended():
    marks = {(day(0), 0): "/", (day(0), 1): "I"}
    found = cells(grid(marks=marks, amended={(day(0), 1)}))
    assert (found[day(0), AM].symbol, found[day(0), AM].amended) == ("/", False)
    assert (found[day(0), PM].symbol, found[day(0), PM].amended) == ("I", True)


def test_what_has_begun_without_a_mark_is_not_marked_and_the_rest_is_to_come():
    found = cells(grid(begun=(day(1), AM)))
    assert found[day(1), AM].state is CellState.UNMARKED
    assert found[day(1), PM].state is CellState.FUTURE


def test_a_plan_shows_until_there_is_a_mark():
    planned = {(day(3), 0): "C", (day(4), 0): "C"}
    found = cells(grid(marks={(day(3), 0): "/"}, planned=planned))
    assert (found[day(3), AM].symbol, found[day(3), AM].is_planned) == ("/", False)
    assert (found[day(4), AM].symbol, found[day(4), AM].is_planned) == ("C", True)


def test_a_weekday_of_a_term_without_a_session_is_closed_and_says_why():
    found = cells(grid(of=sessions(0, 1, 3, 4), closed_days={day(2): "INSET day"}))
    assert (found[day(2), AM].is_closed, found[day(2), AM].why) == (True, "INSET day")


def test_a_session_that_was_lost_is_closed_and_says_why():
    lost = sessions(4, is_open=False, closed_because="Flood")
    found = cells(grid(of=[*sessions(0, 1, 2, 3), *lost]))
    assert (found[day(4), PM].is_closed, found[day(4), PM].why) == (True, "Flood")


def test_days_off_the_roll_are_empty_but_a_mark_there_still_shows():
    terms = grid(on_roll=[(day(1), day(2))], marks={(day(4), 0): "O"})
    found = cells(terms)
    assert found[day(0), AM].is_off
    assert found[day(3), AM].is_off
    assert found[day(4), AM].symbol == "O"


def test_a_week_without_a_school_day_parts_two_half_terms_and_names_the_holiday():
    terms = grid(of=sessions(0, 4, 14, 18))
    assert [term.name for term in terms] == ["Half term 1", "Half term 2"]
    assert terms[0].break_after == (day(5), day(13))
    assert terms[0].break_words == "Holiday, 6 Sep to 14 Sep"
    assert terms[1].break_after is None
    assert terms[1].break_words == ""


def test_the_school_s_own_half_terms_are_kept_and_loose_days_get_one_of_their_own():
    named = [HalfTerm("Michaelmas", day(0), day(4)), HalfTerm("Never met", day(60), day(61))]
    terms = grid(of=sessions(0, 4, 14), terms=named)
    assert [term.name for term in terms] == ["Michaelmas", "Half term 1"]


def test_the_first_days_of_a_term_before_its_first_session_are_closed():
    found = cells(grid(of=sessions(2, 3), terms=[HalfTerm("Autumn 1", day(0), day(4))]))
    assert found[day(0), AM].is_closed
    assert found[day(4), AM].is_closed


def test_a_school_that_meets_on_saturday_has_a_row_for_it():
    terms = grid(of=sessions(0, 5))
    assert terms[0].day_names == ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
    assert {len(week.days) for week in terms[0].weeks} == {6}


def test_no_session_and_no_mark_is_no_grid():
    assert year_grid(sessions=[], marks={}, begun=(MONDAY, PM), on_roll=[(MONDAY, None)]) == []


@pytest.mark.parametrize(
    ("half", "words"), [(0, "Mon 1 Sep, morning"), (1, "Mon 1 Sep, afternoon")]
)
def test_a_half_day_in_words(half, words):
    assert half_day_words(MONDAY, half) == words
