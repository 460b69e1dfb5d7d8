"""Property: for any school, the export is what a plain count says."""

import io
import os
from datetime import date

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from absence.figures import school as figures
from absence.figures.calendar import NoAcademicYearError
from registers.models import Session, WeekTally
from tests import factories, plain_count
from tests.factories.classes import make_class
from tests.factories.drawn_schools import drawn_schools, marks_of, write_school

pytestmark = pytest.mark.django_db

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
any_school = settings(
    max_examples=1_500 if THOROUGH else 60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def exported(school, as_at, by="enrolment") -> str:
    out = io.StringIO()
    call_command("export_absence", school=school.urn, as_at=str(as_at), by=by, stdout=out)
    return out.getvalue()


@any_school
@given(drawn=drawn_schools(), other=drawn_schools(pupils=1, weeks=2))
def test_the_export_is_a_plain_count_for_any_school(drawn, other):
    with transaction.atomic():
        write_school(other)
        school = write_school(drawn)
        assert exported(school, drawn.as_at) == plain_count.export_of(drawn)
        by_pupil = plain_count.export_of(drawn, by_pupil=True)
        assert exported(school, drawn.as_at, by="pupil") == by_pupil
        transaction.set_rollback(True)


def test_whole_weeks_come_from_the_weekly_totals_and_part_weeks_from_the_marks():
    room = make_class(1, days=15)
    marks_of(room, "/\\" * 15)
    WeekTally.objects.filter(monday=date(2025, 9, 8)).update(attended=0, unauthorised=10)
    WeekTally.objects.filter(monday=date(2025, 9, 15)).update(attended=0, unauthorised=10)
    (tally,) = figures.tallies_between(room.school, date(2025, 9, 3), date(2025, 9, 16)).values()
    assert (tally.attended, tally.unauthorised) == (6 + 4, 10)


def test_a_mark_on_a_session_that_was_closed_afterwards_fills_no_other_gap():
    room = make_class(1, days=1)
    marks_of(room, "/.")
    Session.objects.filter(pk=room.sessions[0].pk).update(is_open=False, closed_because="Flood")
    (row,) = figures.absence_to(room.school, date(2025, 9, 1))
    assert row.tally.unmarked == 1


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ({"2024/25": "8", "2025/26": "9", "2026/27": "10"}, "9"),
        ({"2024/25": "8", "2026/27": "10", "2027/28": "11"}, "10"),
        ({"2023/24": "7", "2024/25": "8"}, "8"),
        ({}, ""),
    ],
)
def test_a_year_group_that_is_not_known_is_the_next_one_known_or_the_last(known, shown):
    room = make_class(1)
    room.enrolments[0].years.all().delete()
    for name, year_group in known.items():
        year = room.school.academic_years.filter(name=name).first()
        year = year or factories.AcademicYearFactory(
            school=room.school,
            name=name,
            starts_on=date(int(name[:4]), 9, 1),
            ends_on=date(int(name[:4]), 9, 5),
        )
        factories.EnrolmentYearFactory(
            enrolment=room.enrolments[0], academic_year=year, year_group=year_group
        )
    (row,) = figures.absence_to(room.school, date(2025, 9, 5))
    assert row.year_group == shown


@pytest.mark.parametrize(
    ("from_on", "until_on", "shown"),
    [
        (date(2025, 9, 1), None, "9X"),
        (date(2025, 9, 1), date(2025, 9, 2), "9X"),  # the last one stands until there is another
        (date(2025, 9, 9), None, "9X"),  # and the first one before it begins
    ],
)
def test_the_registration_group_is_that_of_the_day_or_the_nearest(from_on, until_on, shown):
    room = make_class(1)
    enrolment = room.enrolments[0]
    enrolment.memberships.all().delete()
    group = factories.GroupFactory(school=room.school, name="9X")
    factories.MembershipFactory(
        enrolment=enrolment, group=group, from_on=from_on, until_on=until_on
    )
    (row,) = figures.absence_to(room.school, date(2025, 9, 5))
    assert row.registration_group == shown


def test_a_date_before_the_first_year_is_told_in_words():
    room = make_class(1)
    begins = "its first session is on Monday 1 September 2025"
    with pytest.raises(NoAcademicYearError, match=begins):
        figures.absence_to(room.school, date(2025, 8, 31))
    with pytest.raises(NoAcademicYearError, match="no calendar yet"):
        figures.absence_to(factories.SchoolFactory(), date(2025, 9, 1))


@pytest.mark.parametrize("pupils", [1, 30])
def test_more_pupils_cost_no_more_statements(django_assert_num_queries, pupils):
    room = make_class(pupils)
    for pupil in range(pupils):
        marks_of(room, "/\\I", pupil=pupil)
    with django_assert_num_queries(5):
        assert len(figures.absence_to(room.school, date(2025, 9, 10))) == pupils
