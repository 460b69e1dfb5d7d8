"""The demonstration has a register to take at whatever hour it is started."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from registers.actions.demo_bell import ring
from registers.clock import register_window
from registers.models import Register
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


def test_no_bell_without_school_and_on_other_days():
    room = make_class(1)
    assert ring(urn=room.school.urn, now=at(10, 0, day=6)) is None  # a Saturday
    assert ring(urn="000000") is None
