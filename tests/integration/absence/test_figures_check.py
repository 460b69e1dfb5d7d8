"""The nightly check: whatever is wrong with the weekly totals is found, mended and told."""

import os
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absence.standings.actions import check
from registers.marks import guards
from registers.models import WeekTally
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import drawn_schools, marks_of, write_school

pytestmark = pytest.mark.django_db

TODAY = date(2025, 9, 13)
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
COUNTS = ["made", "attended", "authorised", "unauthorised", "late"]
FIELDS = [*COUNTS, "school_id"]
harms = st.lists(
    st.tuples(
        st.integers(0, 10**6),  # which row
        st.sampled_from(["change", "swap", "delete", "stray"]),
        st.sampled_from(FIELDS),
        st.sampled_from([-1, 1, 7, 1024]),
    ),
    min_size=1,
    max_size=6,
)


def totals() -> set[tuple]:
    return set(WeekTally.objects.values_list("enrolment_id", "monday", *FIELDS))


def do_harm(which: int, kind: str, name: str, by: int) -> None:
    rows = list(WeekTally.objects.order_by("enrolment", "monday"))
    if not rows:
        return
    row = rows[which % len(rows)]
    here = WeekTally.objects.filter(enrolment=row.enrolment_id, monday=row.monday)
    if kind == "delete":
        here.delete()
    elif kind == "stray":  # a week without marks
        day = row.monday + timedelta(days=7 * 60)
        WeekTally.objects.get_or_create(
            enrolment_id=row.enrolment_id,
            monday=day,
            defaults=dict.fromkeys(FIELDS, 1),
        )
    elif kind == "swap":  # two errors that cancel out over the year
        here.update(**{name: getattr(row, name) + by})
        other = rows[(which + 1) % len(rows)]
        if other.enrolment_id == row.enrolment_id and other.monday != row.monday:
            WeekTally.objects.filter(enrolment=other.enrolment_id, monday=other.monday).update(
                **{name: getattr(other, name) - by}
            )
    else:
        here.update(**{name: getattr(row, name) + by})


@settings(
    max_examples=600 if THOROUGH else 30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=drawn_schools(pupils=3, weeks=4), done=harms)
def test_whatever_happens_to_the_totals_the_weekly_check_finds_and_mends_it(drawn, done):
    with transaction.atomic():
        school = write_school(drawn)
        right = totals()
        for harm in done:
            do_harm(*harm)
        wrong = totals()
        weeks = {row[:2] for row in right ^ wrong}
        checked = check.check_everything(school, TODAY)
        assert checked.repaired == len(weeks)
        assert checked.differing == len({pk for pk, _ in weeks})
        assert totals() == right
        again = check.check_everything(school, TODAY)
        assert (again.differing, again.repaired, again.tampered) == (0, 0, [])
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", COUNTS)
def test_the_nightly_check_finds_a_total_that_is_wrong_and_mends_it(name):
    room = make_class(3)
    for pupil in range(3):
        marks_of(room, "/\\LUIO", pupil=pupil)
    right = totals()
    WeekTally.objects.filter(enrolment=room.enrolments[1]).update(**{name: 5})
    checked = check.check_moved(room.year, TODAY)
    assert (checked.enrolments, checked.differing, checked.repaired) == (3, 1, 1)
    assert totals() == right
    assert check.check_moved(room.year, TODAY).differing == 0


def test_totals_that_are_missing_are_made_and_those_without_marks_are_told():
    room = make_class(2)
    marks_of(room, "/\\")
    right = totals()
    WeekTally.objects.all().delete()
    factories_stray = WeekTally(
        enrolment=room.enrolments[1],
        monday=date(2025, 9, 8),
        **dict.fromkeys(FIELDS, 2),
    )
    WeekTally.objects.bulk_create([factories_stray])
    checked = check.check_moved(room.year, TODAY)
    assert (checked.repaired, checked.vanished) == (2, 1)
    assert totals() == right


def test_the_check_of_one_school_leaves_the_others_alone():
    room, other = make_class(1), make_class(1)
    late = factories.EnrolmentFactory(pupil__school=room.school, starts_on=date(2025, 9, 1))
    for one in (room, other):
        marks_of(one, "/\\")
    WeekTally.objects.filter(enrolment=other.enrolments[0]).update(attended=9)
    assert late.pk > other.enrolments[0].pk  # the schools' enrolments are mixed
    assert check.check_moved(room.year, TODAY).differing == 0
    assert check.check_everything(room.school, TODAY).differing == 0
    assert check.check_moved(other.year, TODAY).differing == 1


def tamper(enrolment, code: str) -> None:
    """As somebody with the database's own password would."""
    guards.lift(connection)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE registers_mark SET code = %s WHERE enrolment_id = %s AND half = 0",
                [code, enrolment.pk],
            )
    finally:
        guards.install(connection)


def test_a_register_that_was_tampered_with_is_told_although_the_totals_are_mended():
    room = make_class(2)
    marks_of(room, "OO")
    tamper(room.enrolments[0], "/")
    checked = check.check_moved(room.year, TODAY)
    assert checked.repaired == 1
    (broken,) = checked.tampered
    assert broken.enrolment_id == room.enrolments[0].pk
    assert check.check_moved(room.year, TODAY).differing == 0
    (still,) = check.check_everything(room.school, TODAY).tampered
    assert still == broken


@pytest.mark.parametrize("pupils", [1, 30])
def test_a_check_that_finds_nothing_costs_a_fixed_number_of_statements(
    django_assert_max_num_queries, pupils
):
    room = make_class(pupils)
    for pupil in range(pupils):
        marks_of(room, "/\\", pupil=pupil)
    with django_assert_max_num_queries(7):
        assert check.check_moved(room.year, TODAY).differing == 0
