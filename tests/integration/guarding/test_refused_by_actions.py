"""What no page offers, actions refuse all the same: nothing is written, and the caller is told."""

from datetime import timedelta

import pytest

from registers import policies
from registers.marks.actions.amend import amend_marks
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Cover, FollowUp, Mark, SignOut
from registers.office.morning import actions as morning
from registers.office.signing_out import actions as signing_out
from registers.register.cover.actions import give_cover
from tests.factories.office import TUESDAY, at, office_class

pytestmark = pytest.mark.django_db
NOW = at("10:00")


@pytest.fixture
def room():
    return office_class(1)


@pytest.fixture
def other():
    return office_class(1)


def amend(room, *changes):
    return amend_marks(school=room.school, changes=changes, by=room.officer, now=NOW)


def change(room, reason="Mother rang"):
    return MarkChange(MarkKey(room.enrolments[0].pk, TUESDAY, 0), "I", 0, reason=reason)


def test_an_amendment_has_a_mark_and_a_reason(room):
    with pytest.raises(policies.Refused, match="no mark to change"):
        amend(room)
    with pytest.raises(policies.Refused, match="Say why"):
        amend(room, change(room, reason="  "))
    assert not Mark.objects.exists()


def test_a_mark_of_another_schools_pupil_is_not_amended(room, other):
    with pytest.raises(policies.Refused, match="not on the roll of this school"):
        amend(room, change(other))
    assert not Mark.objects.exists()


def test_a_call_about_another_schools_pupil_is_not_kept(room, other):
    with pytest.raises(policies.Refused, match="not on the roll of this school"):
        morning.log_follow_up(
            school=room.school,
            enrolment_id=other.enrolments[0].pk,
            on=TUESDAY,
            channel="call",
            person_id=None,
            outcome="message",
            note="Voicemail",
            by=room.officer,
            now=NOW,
        )
    assert not FollowUp.objects.exists()


def sign_out(room, enrolment):
    return signing_out.sign_out(
        school=room.school,
        enrolment_id=enrolment.pk,
        left_at=at("09:30"),
        reason="Dentist",
        collected_by_whom="",
        by=room.officer,
        now=NOW,
    )


def test_another_schools_pupil_is_not_signed_out(room, other):
    with pytest.raises(policies.Refused, match="not on the roll of this school"):
        sign_out(room, other.enrolments[0])
    assert not SignOut.objects.exists()


def test_a_second_return_changes_nothing_and_none_lies_before_the_leaving(room):
    out = sign_out(room, room.enrolments[0])
    with pytest.raises(policies.Refused):
        signing_out.sign_back_in(sign_out=out, returned_at=at("09:20"), by=room.officer, now=NOW)
    first = signing_out.sign_back_in(
        sign_out=out, returned_at=at("09:40"), by=room.officer, now=NOW
    )
    again = signing_out.sign_back_in(
        sign_out=out, returned_at=at("09:50"), by=room.officer, now=NOW
    )
    assert first.returned_at == again.returned_at == at("09:40")


def test_cover_is_given_for_days_to_come_and_groups_of_the_school(room, other):
    words = {"school": room.school, "to": room.teacher, "by": room.officer, "today": TUESDAY}
    with pytest.raises(policies.Refused, match="That day is over"):
        give_cover(group=room.group, on=TUESDAY - timedelta(days=1), **words)
    with pytest.raises(policies.Refused, match="another school"):
        give_cover(group=other.group, on=TUESDAY, **words)
    with pytest.raises(policies.Refused, match="this school’s staff"):
        give_cover(group=room.group, on=TUESDAY, **words | {"to": other.teacher})
    assert not Cover.objects.exists()
    give_cover(group=room.group, on=TUESDAY, **words)
    with pytest.raises(policies.Refused):
        give_cover(group=room.group, on=TUESDAY, **words)
    assert Cover.objects.count() == 1
