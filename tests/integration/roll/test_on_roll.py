"""Who is on the roll on a day: one answer from the database and from a plain function."""

from datetime import date, timedelta

import pytest

from registers.models import Enrolment, Membership
from registers.models.on_roll import NEVER
from registers.rules.admission import is_on_roll, is_on_roll_between
from tests import factories

pytestmark = pytest.mark.django_db

FIRST = date(2025, 9, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(-1, 6)]


@pytest.fixture
def spells():
    """Times on the roll that begin and end around the days, one open and one entered by mistake."""
    ends = [None, NEVER, *DAYS[1:-1]]
    return [
        factories.EnrolmentFactory(starts_on=starts_on, leaves_on=leaves_on)
        for starts_on in DAYS[1:-1]
        for leaves_on in ends
        if leaves_on in (None, NEVER) or starts_on <= leaves_on
    ]


@pytest.mark.parametrize("day", DAYS)
def test_database_and_plain_function_agree_on_who_is_on_the_roll(spells, day):
    here = set(Enrolment.objects.on_roll(day).values_list("pk", flat=True))
    assert here == {spell.pk for spell in spells if is_on_roll(spell, day)}
    for last in (later for later in DAYS if later >= day):
        between = set(Enrolment.objects.on_roll(day, until=last).values_list("pk", flat=True))
        assert between == {spell.pk for spell in spells if is_on_roll_between(spell, day, last)}


@pytest.mark.parametrize("day", DAYS)
def test_not_left_is_on_the_roll_or_to_come(spells, day):
    here = set(Enrolment.objects.not_left(day).values_list("pk", flat=True))
    to_come = {spell.pk for spell in spells if spell.starts_on > day and not spell.is_void}
    assert here == {spell.pk for spell in spells if is_on_roll(spell, day)} | to_come


def test_a_membership_is_in_force_from_its_first_day_to_its_last():
    place = factories.MembershipFactory(from_on=DAYS[1], until_on=DAYS[3])
    held = [day for day in DAYS if Membership.objects.in_force(day).filter(pk=place.pk).exists()]
    assert held == DAYS[1:4]
    assert Membership.objects.in_force(DAYS[0], until=DAYS[1]).filter(pk=place.pk).exists()
    assert [day for day in DAYS if place in Membership.objects.not_over(day)] == DAYS[:4]
