"""Property: what the pages show beside the year so far is what a plain count says."""

import os
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absence.figures import school as figures
from absence.figures import sums
from absence.figures.calendar import year_to_date
from absence.figures.weeks import school_by_week, weeks_of
from absence.rules import windows
from absence.rules.windows import Period
from registers.models import Enrolment
from registers.rules.tally import Tally
from tests.factories.classes import make_class
from tests.factories.drawn_schools import DrawnSchool, drawn_schools, marks_of, write_school
from tests.plain_count import ATTENDED, AUTHORISED, UNAUTHORISED

pytestmark = pytest.mark.django_db
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
any_school = settings(
    max_examples=800 if THOROUGH else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def counted(codes) -> tuple[int, int, int]:
    codes = list(codes)
    return tuple(
        sum(code in kind for code in codes) for kind in (ATTENDED, AUTHORISED, UNAUTHORISED)
    )


def between(spell, first: date, last: date):
    return (code for (on, _), code in spell.marks.items() if first <= on <= last)


def bare(tally: Tally) -> tuple[int, int, int]:
    return tally.attended, tally.authorised, tally.unauthorised


def spells_of(drawn: DrawnSchool):
    """Each drawn spell with the drawn pupil, by the key that a row has."""
    return {
        (pupil.number, spell.starts_on): (pupil, spell)
        for pupil in drawn.pupils
        for spell in pupil.spells
    }


def key_of(row) -> tuple[int, date]:
    return int(row.upn[-3:]), row.starts_on


@any_school
@given(drawn=drawn_schools(), other=drawn_schools(pupils=1, weeks=2), days=st.integers(0, 30))
def test_movement_last_year_and_sessions_to_come_are_a_plain_count(drawn, other, days):
    with transaction.atomic():
        write_school(other)
        school = write_school(drawn)
        since = drawn.as_at - timedelta(days=days)
        calendar = year_to_date(school, drawn.as_at)
        found = figures.absence_of(school, calendar, since=since)
        begun = [slots for _, slots in drawn.years if slots[0][0] <= drawn.as_at]
        this, before = begun[-1], begun[-2] if len(begun) > 1 else None
        spells = spells_of(drawn)
        assert [(r.enrolment_id, r.tally, r.band) for r in found.rows] == [
            (r.enrolment_id, r.tally, r.band) for r in figures.pupils_to(school, drawn.as_at)
        ]
        for row in found.rows:
            pupil, _ = spells[key_of(row)]
            earlier = [code for one in pupil.spells for code in between(one, this[0][0], since)]
            assert bare(row.earlier) == counted(earlier)
            last_year = [
                code
                for one in pupil.spells
                for code in (between(one, before[0][0], before[-1][0]) if before else ())
            ]
            assert bare(row.last_year) == counted(last_year)
            to_come = [
                slot
                for slot in this
                if slot not in drawn.closed and slot[0] > drawn.as_at
                if any(one.is_on_roll(slot[0]) for one in pupil.spells)
            ]
            assert row.to_come == len(to_come)
        transaction.set_rollback(True)


@any_school
@given(drawn=drawn_schools())
def test_the_same_point_of_last_year_is_a_plain_count(drawn):
    with transaction.atomic():
        school = write_school(drawn)
        calendar = year_to_date(school, drawn.as_at)
        point = windows.same_point(calendar.year, calendar.before, drawn.as_at)
        found = figures.absence_of(school, calendar, last_point=point)
        begun = [slots for _, slots in drawn.years if slots[0][0] <= drawn.as_at]
        rows = {key_of(row): bare(row.tally) for row in found.last_year}
        if len(begun) < 2:
            assert not rows
        else:
            assert rows == last_year_by_hand(drawn, begun[-1], begun[-2], point)
        transaction.set_rollback(True)


def last_year_by_hand(drawn, this, before, point) -> dict:
    days = sorted({on for on, half in this if (on, half) not in drawn.closed and on <= drawn.as_at})
    past = sorted({on for on, half in before if (on, half) not in drawn.closed})
    if not days or not past:
        assert point is None
        return {}
    assert point == past[: len(days)][-1]
    found = {}
    for pupil in drawn.pupils:
        here = [
            spell
            for spell in pupil.spells
            if any(
                slot not in drawn.closed and slot[0] <= point and spell.is_on_roll(slot[0])
                for slot in before
            )
        ]
        if here:
            codes = [code for one in here for code in between(one, before[0][0], point)]
            found[pupil.number, max(one.starts_on for one in here)] = counted(codes)
    return found


@any_school
@given(drawn=drawn_schools())
def test_the_weeks_and_the_reasons_are_a_plain_count(drawn):
    with transaction.atomic():
        school = write_school(drawn)
        first, last = drawn.slots[0][0], drawn.slots[-1][0]
        by_week, codes = defaultdict(list), Counter()
        for pupil in drawn.pupils:
            for spell in pupil.spells:
                for (on, _), code in spell.marks.items():
                    by_week[on - timedelta(days=on.weekday())].append(code)
                    if on <= drawn.as_at and code in (*AUTHORISED, *UNAUTHORISED):
                        codes[code] += 1
        monday = first - timedelta(days=first.weekday())
        found = school_by_week(school.pk, monday, last)
        assert {on: bare(tally) for on, tally in found.items()} == {
            on: counted(made) for on, made in by_week.items()
        }
        missed = sums.sessions_missed(school.pk, {"now": Period(first, drawn.as_at)})
        assert missed == {"now": dict(codes)}
        transaction.set_rollback(True)


def test_the_weeks_of_a_page_are_those_of_its_pupils():
    room = make_class(2)
    marks_of(room, "/I" * 5)
    marks_of(room, "OO" * 5, pupil=1)
    first, second = (enrolment.pk for enrolment in room.enrolments)
    weeks = weeks_of([first, second], [date(2025, 9, 1)])
    assert bare(weeks[first][date(2025, 9, 1)]) == (5, 5, 0)
    assert bare(weeks[second][date(2025, 9, 1)]) == (0, 0, 10)


@pytest.mark.parametrize("pupils", [1, 30])
def test_all_that_the_pages_show_of_the_pupils_takes_six_statements(
    django_assert_num_queries, pupils
):
    room = make_class(pupils)
    for pupil in range(pupils):
        marks_of(room, "/\\I", pupil=pupil)
    as_at = date(2025, 9, 10)
    with django_assert_num_queries(6):
        calendar = year_to_date(room.school, as_at)
        found = figures.absence_of(
            room.school,
            calendar,
            since=date(2025, 9, 3),
            periods={"week": Period(date(2025, 9, 8), as_at)},
            within=Enrolment.objects.filter(school=room.school),
        )
        assert len(found.rows) == pupils
