"""Stretches of school days: the same point of last year, the last weeks, the way back."""

from datetime import date, timedelta

import pytest

from absence.rules import windows
from absence.rules.academic_year import SchoolSession, SchoolYear
from absence.rules.windows import Period
from tests.factories.classes import school_days


def year_of(first: date, days: int, *, without: tuple[date, ...] = ()) -> SchoolYear:
    """Two sessions on each weekday from the first."""
    met = [day for day in school_days(first, days) if day not in without]
    sessions = [SchoolSession(day, half) for day in met for half in (0, 1)]
    return SchoolYear(1, "Year", met[0], met[-1], sessions)


THIS = year_of(date(2026, 9, 3), 60)
BEFORE = year_of(date(2025, 9, 4), 50, without=(date(2025, 9, 8),))


@pytest.mark.parametrize(
    ("as_at", "point"),
    [
        (date(2026, 9, 2), None),
        (date(2026, 9, 3), date(2025, 9, 4)),
        (date(2026, 9, 5), date(2025, 9, 5)),  # a Saturday: after two days
        (date(2026, 9, 7), date(2025, 9, 9)),  # the third day, after one without school
        (date(2026, 11, 25), BEFORE.days[-1]),  # last year had fewer days
    ],
)
def test_the_same_point_is_after_as_many_school_days(as_at, point):
    assert windows.same_point(THIS, BEFORE, as_at) == point


def test_without_a_year_before_there_is_no_same_point():
    assert windows.same_point(THIS, None, date(2026, 9, 10)) is None
    assert (
        windows.same_point(THIS, SchoolYear(2, "Y", *[date(2025, 9, 1)] * 2), THIS.days[3]) is None
    )


def test_a_week_is_over_after_its_last_school_day():
    assert THIS.weeks_over_by(date(2026, 9, 3)) == []
    assert THIS.weeks_over_by(date(2026, 9, 4)) == [date(2026, 8, 31)]
    assert THIS.weeks_over_by(date(2026, 9, 10)) == [date(2026, 8, 31)]


def test_the_latest_weeks_run_on_over_the_summer():
    found = windows.latest_weeks([BEFORE, THIS], date(2026, 9, 11), 4)
    assert found == [BEFORE.weeks[-2], BEFORE.weeks[-1], date(2026, 8, 31), date(2026, 9, 7)]


def test_the_same_week_has_the_same_number_and_ends_on_the_same_day_of_the_week():
    week = windows.week_so_far(THIS, date(2026, 9, 9))
    assert week == Period(date(2026, 9, 7), date(2026, 9, 9))
    same = windows.same_week(THIS, BEFORE, week)
    assert same == Period(date(2025, 9, 8), date(2025, 9, 10))
    assert windows.same_week(THIS, None, week) is None
    assert windows.same_week(THIS, BEFORE, None) is None
    assert windows.week_so_far(THIS, date(2026, 9, 6) + timedelta(days=365)) is None


def test_the_day_of_a_session_to_come():
    assert THIS.session_day(1, date(2026, 9, 3)) == date(2026, 9, 4)
    assert THIS.session_day(3, date(2026, 9, 4)) == date(2026, 9, 8)
    assert THIS.session_day(1, THIS.ends_on) is None
    assert THIS.sessions_in(date(2026, 9, 4), date(2026, 9, 3)) == 0


def test_a_half_term_begins_after_a_week_without_school():
    days = school_days(date(2026, 9, 3), 30) + school_days(date(2026, 11, 2), 10)
    year = SchoolYear(1, "Y", days[0], days[-1], [SchoolSession(day, 0) for day in days])
    assert year.half_term_start(date(2026, 9, 30)) == date(2026, 9, 3)
    assert year.half_term_start(date(2026, 11, 20)) == date(2026, 11, 2)
    assert year.half_term_start(date(2026, 9, 1)) is None
