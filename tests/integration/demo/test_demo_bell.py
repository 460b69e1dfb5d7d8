"""The demonstration has a register to take at whatever hour it is started."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from registers.demo.actions import ring
from registers.models import Register
from registers.rules.clock import register_window
from registers.rules.codes import Half
from tests.factories.classes import make_class

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def at(hour: int, minute: int, day: int = 2) -> datetime:
    return datetime(2025, 9, day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(("hour", "half"), [(0, 0), (7, 0), (11, 0), (12, 1), (20, 1), (23, 1)])
def test_a_register_is_open_after_the_bell(hour, half):
    room = make_class(1)
    school = ring(urn=room.school.urn, now=at(hour, 40))
    assert register_window(school, at(hour, 40).date(), half).is_open(at(hour, 40))
    assert school.morning_at < school.afternoon_at


@pytest.mark.parametrize(("hour", "minute"), [(8, 50), (13, 20)])
def test_nothing_is_moved_while_a_register_is_open_by_itself(hour, minute):
    assert ring(urn=make_class(1).school.urn, now=at(hour, minute)) is None


def test_nothing_is_moved_under_a_register_that_was_opened():
    room = make_class(1)
    Register.objects.update(opened_at=at(8, 45, day=1))
    assert ring(urn=room.school.urn, now=at(11, 0, day=1)) is None


def test_on_a_saturday_and_in_the_holidays_the_demonstration_meets_all_the_same():
    room = make_class(1, days=20)
    room.year.sessions.filter(date__range=(date(2025, 9, 8), date(2025, 9, 12))).delete()
    for day in (6, 10):
        ring(urn=room.school.urn, now=at(10, 0, day=day))
        ring(urn=room.school.urn, now=at(10, 5, day=day))
        assert room.year.sessions.filter(date=date(2025, 9, day)).count() == 2
    ring(urn=room.school.urn, now=at(14, 0, day=7))
    assert room.year.sessions.get(date=date(2025, 9, 7)).half == Half.PM  # the morning is over
    assert room.school.weeks.count() == 4  # the week of the holiday has one now


def test_no_bell_without_a_school_outside_its_years_and_for_a_lost_session():
    room = make_class(1)
    assert ring(urn="000000") is None
    assert ring(urn=room.school.urn, now=at(10, 0, day=20)) is None  # the year is over
    assert not room.school.sessions.filter(date=date(2025, 9, 20)).exists()
    room.school.sessions.filter(date=date(2025, 9, 2)).update(is_open=False, closed_because="Snow")
    assert ring(urn=room.school.urn, now=at(10, 0)) is None
