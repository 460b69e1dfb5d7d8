"""Standings: a row only when something moves, with the session that moved it."""

import os
from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from absence.models import Standing
from absence.rules.bands import DEFAULT_BANDS, band_of
from registers.marks.changes import MarkChange, MarkKey
from registers.models import School
from registers.rules.codes import CODES
from registers.rules.tally import Tally
from tests.factories.classes import make_class
from tests.factories.drawn_schools import drawn_schools, marks_of, write_all, write_school
from tests.factories.figures import bring_standings_up_to_date

pytestmark = pytest.mark.django_db
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def bring(school: School, as_at: date) -> int:
    return bring_standings_up_to_date(school, as_at=as_at, known_at=timezone.now())


def test_a_move_is_a_row_with_the_session_that_moved_it():
    room = make_class(1)
    marks_of(room, "V" * 9 + "O" + "V" * 5)  # a tenth on Friday afternoon, below it on Monday
    assert bring(room.school, date(2025, 9, 5)) == 1
    first = Standing.objects.get()
    assert (first.band, first.persistently_absent) == ("90-85", True)
    assert (first.moved_on, first.moved_half) == (date(2025, 9, 5), 1)
    assert (first.attended, first.unauthorised) == (9, 1)
    assert bring(room.school, date(2025, 9, 10)) == 1
    second = Standing.objects.order_by("on").last()
    assert (second.band, second.persistently_absent) == ("<95-92", False)
    assert (second.moved_on, second.moved_half) == (date(2025, 9, 9), 0)


def test_the_same_night_twice_and_a_night_without_a_move_change_nothing():
    room = make_class(3)
    marks_of(room, "VO" * 10)
    assert bring(room.school, date(2025, 9, 10)) == 1  # the others have no possible session
    kept = list(Standing.objects.values())
    assert bring(room.school, date(2025, 9, 10)) == 0
    assert bring(room.school, date(2025, 9, 11)) == 0
    assert list(Standing.objects.values()) == kept


def test_an_amendment_that_takes_a_move_back_on_the_same_date_takes_its_row():
    room = make_class(1)
    marks_of(room, "V" * 12)
    bring(room.school, date(2025, 9, 8))
    enrolment, (last,) = room.enrolments[0], room.sessions[12:13]
    write_all([MarkChange(MarkKey(enrolment.pk, last.date, last.half), "O", 0)])
    assert bring(room.school, date(2025, 9, 9)) == 1
    write_all(
        [MarkChange(MarkKey(enrolment.pk, last.date, last.half), "V", 1, reason="Wrong child")]
    )
    assert bring(room.school, date(2025, 9, 9)) == 1
    assert [row.on for row in Standing.objects.all()] == [date(2025, 9, 8)]


@pytest.mark.parametrize("pupils", [1, 30])
def test_more_pupils_cost_no_more_statements(django_assert_max_num_queries, pupils):
    room = make_class(pupils)
    for pupil in range(pupils):
        marks_of(room, "VO", pupil=pupil)
    with django_assert_max_num_queries(17):
        assert bring(room.school, date(2025, 9, 10)) == pupils


@settings(
    max_examples=600 if THOROUGH else 30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=drawn_schools(pupils=3))
def test_the_standing_and_its_cause_are_those_of_a_walk_through_the_marks(drawn):
    with transaction.atomic():
        school = write_school(drawn)
        bring(school, drawn.as_at)
        found = {
            row.enrolment.pupil.upn: (
                (row.band, row.persistently_absent, row.severely_absent),
                (row.moved_on, row.moved_half),
            )
            for row in Standing.objects.filter(enrolment__school=school)
        }
        assert sorted(found.values(), key=str) == sorted(walked(drawn), key=str)
        transaction.set_rollback(True)


def walked(drawn) -> list[tuple]:
    """For each pupil: where they stand at the date with all times on the roll of the year, and
    since which session without a break."""
    slots = [slots for _, slots in drawn.years if slots[0][0] <= drawn.as_at][-1]
    found = []
    for pupil in drawn.pupils:
        marks = {slot: code for spell in pupil.spells for slot, code in spell.marks.items()}
        tally, since, place = Tally(0, 0, 0), None, ("", False, False)
        for slot in slots:
            if slot[0] > drawn.as_at or slot not in marks:
                continue
            code = CODES[marks[slot]]
            tally += Tally(code.attended, code.authorised, code.unauthorised)
            band = band_of(tally, DEFAULT_BANDS)
            now = (band.name if band else "", tally.persistently_absent, tally.severely_absent)
            if now != place:
                place, since = now, slot
        if place[0]:
            found.append((place, since))
    return found
