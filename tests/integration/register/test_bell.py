"""At the bell, what is planned becomes marks, once, and never over what somebody made."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from registers.models import Mark
from registers.register.actions.bell import fill_plans
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
MONDAY = 1  # September 2025, the first day of the class


def at(hour: int, minute: int, day: int = MONDAY) -> datetime:
    return datetime(2025, 9, day, hour, minute, tzinfo=LONDON)


def plan(room, pupil: int = 0, **words):
    days = {"from_on": room.sessions[0].date, "until_on": room.sessions[-1].date}
    return factories.PlannedAbsenceFactory(enrolment=room.enrolments[pupil], **(days | words))


@pytest.mark.parametrize(
    ("hour", "minute", "filled"),
    [(8, 44, 0), (8, 45, 1), (9, 14, 1), (9, 15, 0), (13, 14, 0), (13, 15, 1), (13, 45, 0)],
)
def test_plans_are_filled_while_their_register_is_open(hour, minute, filled):
    room = make_class(2)
    plan(room, code_id="M")
    assert fill_plans(now=at(hour, minute)) == filled
    assert Mark.objects.filter(code="M", source=Mark.Source.PLAN).count() == filled


def test_a_second_call_changes_nothing():
    room = make_class(2)
    plan(room)
    assert [fill_plans(now=at(8, 45)), fill_plans(now=at(8, 46))] == [1, 0]


def test_a_mark_that_somebody_made_stays():
    room = make_class(2)
    plan(room)
    marks_of(room, "V")
    assert fill_plans(now=at(8, 45)) == 0
    assert Mark.objects.get().code_id != "C"


@pytest.mark.parametrize(
    "words",
    [
        {"slots": 0b10},  # Monday afternoon alone
        {"withdrawn_at": at(8, 0), "withdrawn_by": None},
        {"code_id": "X"},  # not for a pupil of compulsory school age
    ],
)
def test_what_does_not_hold_now_is_not_written(words):
    room = make_class(1)
    if "withdrawn_by" in words:
        words = words | {"withdrawn_by": room.officer}
    plan(room, **words)
    assert fill_plans(now=at(8, 45)) == 0


@pytest.mark.parametrize("planned", [1, 20])
def test_a_minute_costs_as_many_statements_for_one_as_for_many(
    planned, django_assert_max_num_queries
):
    room = make_class(planned)
    for pupil in range(planned):
        plan(room, pupil)
    with django_assert_max_num_queries(12):
        assert fill_plans(now=at(8, 45)) == planned
