"""Who is where on the sheet of a day."""

from datetime import timedelta

import pytest

from registers.marks.day_sheet import day_sheet, on_roll, with_group
from registers.models import Membership
from tests import factories
from tests.factories.office import TUESDAY, office_class

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    room = office_class(3)
    Membership.objects.all().delete()
    return room


def member(room, kind="registration", *, since=30, until=None):
    """The first pupil, in another group of the school, from so many days before."""
    group = factories.GroupFactory(school=room.school, kind=kind)
    Membership.objects.create(
        group=group,
        enrolment=room.enrolments[0],
        from_on=TUESDAY - timedelta(days=since),
        until_on=until,
    )
    return group


CASES = {
    "one group": ([{}], 0),
    "none": ([], None),
    "a trip besides": ([{"since": 30}, {"kind": "trip", "since": 1}], 0),
    "a trip alone": ([{"kind": "trip"}], None),
    "two groups, the later first": ([{"since": 10}, {"since": 30}], 0),
    "two groups, the later last": ([{"since": 30}, {"since": 10}], 1),
    "its last day": ([{"until": TUESDAY}], 0),
    "left the day before": ([{"until": TUESDAY - timedelta(days=1)}], None),
    "its first day": ([{"since": 0}], 0),
    "joins tomorrow": ([{"since": -1}], None),
    "moved": ([{"until": TUESDAY - timedelta(days=1)}, {"since": 0}], 1),
}


@pytest.mark.parametrize(("spells", "which"), CASES.values(), ids=CASES)
def test_a_child_stands_in_its_registration_group_of_the_day(room, spells, which):
    groups = [member(room, **spell) for spell in spells]
    sheet = day_sheet(room.school, TUESDAY, [0, 1])
    child = sheet.children[room.enrolments[0].pk]
    expected = groups[which] if which is not None else None
    assert (child.group_id, child.group_name) == (
        (expected.pk, expected.name) if expected else (None, "")
    )
    assert child in sheet.groups[child.group_id].children
    assert len(sheet.children) == len(room.enrolments)
    alone = with_group(on_roll(room.school, TUESDAY), TUESDAY).get(pk=child.enrolment_id)
    assert alone.group_id == child.group_id
