from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.rules.calendar import (
    HALF_TERM_NAMES,
    ClosedDays,
    HalfTerm,
    Sessions,
    academic_year_name,
    academic_year_start,
    add_school_days,
    count_sessions,
    explanation_due_on,
    half_terms,
    monday_of,
    numbered_school_weeks,
    planned_sessions,
    school_days_left,
    school_weeks,
    sunday_of,
    weekdays,
)
from registers.rules.codes import Half
from tests.unit.worked_examples import Example, as_date, as_numbers, examples, name

DAY = timedelta(days=1)
any_day = st.dates(date(2000, 1, 1), date(2050, 12, 31))
some_days = st.lists(any_day, unique=True, max_size=40).map(sorted)


def days_of_the_page() -> list[date]:
    """The school days of the calendar in docs/rules/deadlines.md."""
    rows = [
        (row["What"], as_date(row["From"]), as_date(row["Until"]))
        for row in examples("deadlines", "The calendar of these examples")
    ]
    terms = [HalfTerm(*row) for row in rows if row[0] in HALF_TERM_NAMES]
    closures = [ClosedDays(*row) for row in rows if row[0] not in HALF_TERM_NAMES]
    return sorted({day for day, _ in planned_sessions(terms, closures)})


SCHOOL_DAYS = days_of_the_page()


@pytest.mark.parametrize("example", examples("sessions-of-a-year", "Academic years"), ids=name)
def test_academic_years_are_named_as_the_page_says(example: Example):
    assert academic_year_name(as_date(example["Day"])) == example["Academic year"]


@given(any_day)
def test_a_day_lies_in_the_academic_year_that_it_is_given(on):
    first = academic_year_start(on)
    assert (first.month, first.day) == (9, 1)
    assert first <= on < first.replace(year=first.year + 1)
    assert academic_year_name(on) == f"{first.year}/{str(first.year + 1)[2:]}"


@given(any_day)
def test_a_week_is_monday_to_sunday(on):
    assert monday_of(on).weekday() == 0
    assert monday_of(on) <= on <= sunday_of(on)
    assert sunday_of(on) - monday_of(on) == 6 * DAY


# --- terms, closures, sessions


def test_a_school_meets_twice_on_each_weekday_of_a_half_term():
    term = HalfTerm("Autumn 1", date(2025, 9, 4), date(2025, 9, 9))
    thursday, friday, monday, tuesday = (date(2025, 9, day) for day in (4, 5, 8, 9))
    assert planned_sessions([term]) == [
        (day, half) for day in (thursday, friday, monday, tuesday) for half in (Half.AM, Half.PM)
    ]


def test_a_closure_takes_days_or_one_half_of_them_away():
    term = HalfTerm("Summer 2", date(2026, 7, 20), date(2026, 7, 22))
    inset = ClosedDays("INSET day", date(2026, 7, 20), date(2026, 7, 20))
    half_day = ClosedDays("End of term", date(2026, 7, 22), date(2026, 7, 22), Half.PM)
    assert planned_sessions([term], [inset, half_day]) == [
        (date(2026, 7, 21), Half.AM),
        (date(2026, 7, 21), Half.PM),
        (date(2026, 7, 22), Half.AM),
    ]


def test_half_terms_that_overlap_plan_each_session_once():
    term = HalfTerm("Autumn 1", date(2025, 9, 1), date(2025, 9, 5))
    assert len(planned_sessions([term, term])) == 10


def test_a_half_term_holds_its_first_and_last_day_and_cannot_end_before_it_starts():
    term = HalfTerm("Autumn 1", date(2025, 9, 1), date(2025, 10, 24))
    assert term.starts_on in term
    assert term.ends_on in term
    assert term.ends_on + DAY not in term
    with pytest.raises(ValueError, match="Autumn 1 ends before it starts"):
        HalfTerm("Autumn 1", date(2025, 9, 2), date(2025, 9, 1))


def test_half_terms_are_read_off_the_school_days():
    terms = [
        HalfTerm("Autumn 1", date(2025, 9, 2), date(2025, 10, 24)),
        HalfTerm("Autumn 2", date(2025, 11, 3), date(2025, 12, 19)),
        HalfTerm("Spring 1", date(2026, 1, 6), date(2026, 2, 13)),
        HalfTerm("Spring 2", date(2026, 2, 23), date(2026, 3, 27)),
        HalfTerm("Summer 1", date(2026, 4, 13), date(2026, 5, 22)),
        HalfTerm("Summer 2", date(2026, 6, 1), date(2026, 7, 21)),
    ]
    days = [day for day, _ in planned_sessions(terms)]
    assert half_terms(days) == terms
    assert [term.name for term in half_terms(days[:100])] == ["Half term 1", "Half term 2"]
    assert half_terms([]) == []


def test_a_long_weekend_does_not_part_a_half_term():
    """From a Thursday to the Tuesday after, each week has its school days."""
    days = [date(2026, 4, 30), date(2026, 5, 5)]
    assert half_terms(days) == [HalfTerm("Half term 1", days[0], days[1])]


@given(any_day, any_day)
def test_weekdays_are_all_days_but_saturdays_and_sundays(first, last):
    last = min(last, first + 60 * DAY)
    every = [first + n * DAY for n in range((last - first).days + 1)]
    assert list(weekdays(first, last)) == [day for day in every if f"{day:%a}"[0] != "S"]


# --- school weeks


@pytest.mark.parametrize("example", examples("deadlines", "School weeks"), ids=name)
def test_school_weeks_are_numbered_as_the_page_says(example: Example):
    numbers = numbered_school_weeks(SCHOOL_DAYS)
    number = numbers.get(monday_of(as_date(example["A day of the week"])))
    assert number == (int(example["Number"]) if example["Number"] else None)


@given(st.lists(any_day, max_size=60))
def test_each_week_with_a_session_is_a_school_week_once_and_in_order(days):
    weeks = school_weeks(days)
    assert weeks == sorted(set(weeks))
    assert set(weeks) == {monday_of(day) for day in days}
    assert list(numbered_school_weeks(days).items()) == list(zip(weeks, range(1, 99), strict=False))


# --- deadlines


@pytest.mark.parametrize("example", examples("deadlines", "The last day for N"), ids=name)
def test_an_unexplained_absence_is_due_as_the_page_says(example: Example):
    due_on = explanation_due_on(as_date(example["Absent on"]), SCHOOL_DAYS)
    assert due_on == as_date(example["Due on"])


@pytest.mark.parametrize("example", examples("deadlines", "School days left"), ids=name)
def test_school_days_left_are_as_the_page_says(example: Example):
    days = as_date(example["Today"]), as_date(example["Due on"])
    assert school_days_left(*days, SCHOOL_DAYS) == int(example["Left"])


def test_the_days_to_explain_are_a_parameter():
    assert explanation_due_on(date(2025, 9, 2), SCHOOL_DAYS, within=1) == date(2025, 9, 3)


@given(some_days, any_day, st.integers(1, 45))
def test_a_deadline_is_found_by_stepping_from_day_to_day(school_days, start, count):
    later = [day for day in school_days if day > start]
    found = None
    for step, day in enumerate(later, start=1):
        if step == count:
            found = day
    assert add_school_days(start, count, school_days) == found


@given(some_days, any_day, any_day)
def test_school_days_left_by_counting_them(school_days, today, due_on):
    ahead = sum(today < day <= due_on for day in school_days)
    past = sum(due_on < day <= today for day in school_days)
    assert school_days_left(today, due_on, school_days) == ahead - past


@given(some_days, any_day, st.integers(1, 20))
def test_as_many_school_days_are_left_as_were_given(school_days, start, count):
    due_on = add_school_days(start, count, school_days)
    if due_on is not None:
        assert school_days_left(start, due_on, school_days) == count


@pytest.mark.parametrize("count", [0, -1])
def test_a_deadline_is_at_least_one_school_day_away(count):
    with pytest.raises(ValueError, match="at least one school day"):
        add_school_days(date(2025, 9, 1), count, SCHOOL_DAYS)


# --- the 380 sessions


@pytest.mark.parametrize(
    "example", examples("sessions-of-a-year", "Planned, held and lost"), ids=name
)
def test_sessions_of_a_year_are_counted_as_the_page_says(example: Example):
    first, last = as_date(example["First day"]), as_date(example["Last day"])
    lost = [(as_date(day), half) for day in example["Lost"].split() for half in Half]
    sessions = count_sessions(
        planned_sessions([HalfTerm("Autumn 1", first, last)]),
        lost=lost,
        as_at=as_date(example["As at"]),
        expected=int(example["Expected"]),
    )
    columns = ("Planned", "Held", "Lost sessions", "To come", "Short by")
    assert [
        sessions.planned, sessions.held, sessions.lost, sessions.to_come, sessions.short_by
    ] == as_numbers(example, *columns)  # fmt: skip


@given(
    st.sets(st.tuples(any_day, st.sampled_from(Half)), max_size=30), st.data(), st.integers(0, 40)
)
def test_planned_sessions_are_held_lost_or_to_come(due, data, expected):
    lost = data.draw(st.sets(st.sampled_from(sorted(due)))) if due else set()
    as_at = data.draw(any_day)
    sessions = count_sessions(due, lost=lost, as_at=as_at, expected=expected)
    assert sessions.to_come == len([key for key in due if key not in lost and key[0] > as_at])
    assert sessions.planned == len(due)
    assert sessions.short_by == max(0, expected - len(due))


def test_380_sessions_are_expected_unless_the_school_says_otherwise():
    assert Sessions(planned=378, held=0, lost=0).short_by == 2
    assert Sessions(planned=378, held=0, lost=0, expected=370).short_by == 0


def test_a_planned_closure_loses_no_session():
    with pytest.raises(ValueError, match="2025-09-01 AM was not due"):
        count_sessions([], lost=[(date(2025, 9, 1), Half.AM)], as_at=date(2025, 9, 1))
