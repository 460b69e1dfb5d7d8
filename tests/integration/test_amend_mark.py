"""An amendment: original and amended entry, reason, time, name and position."""

import pytest

from registers.actions.amend import StaleMarksError
from registers.actions.registers import end_register
from registers.actions.writing import Change, MarkKey
from registers.models import Amendment, Mark, WeekTally
from registers.policies import NotAllowed
from tests.factories.classes import amend_mark, make_class

pytestmark = pytest.mark.django_db


def amend(room, code, seen, reason="Mother rang at 9.40", by=None):
    half_day = room.sessions[0]
    key = MarkKey(room.enrolments[0].pk, half_day.date, half_day.half)
    return amend_mark(change=Change(key, code, seen, reason=reason), by=by or room.officer)


def ended_room():
    room = make_class(1)
    end_register(register=room.register, at="2025-09-01T08:15:00Z")
    return room


def test_a_late_entry_has_an_empty_original_and_its_reason():
    room = ended_room()
    amendment = amend(room, "N", 0)
    assert (amendment.code_before, amendment.code_after) == ("", "N")
    assert amendment.reason == "Mother rang at 9.40"
    assert (amendment.by_name, amendment.by_position) == (room.officer.name, "Attendance Officer")


def test_amendments_are_numbered_and_chained():
    room = ended_room()
    amend(room, "N", 0)
    amend(room, "I", 1)
    first, second = Amendment.objects.order_by("sequence")
    assert (first.sequence, second.sequence) == (1, 2)
    assert bytes(first.digest) != bytes(second.digest)
    assert Mark.objects.get().version == 2
    assert WeekTally.objects.get().authorised == 1


def test_without_a_reason_nothing_changes():
    room = ended_room()
    with pytest.raises(NotAllowed, match="Say why"):
        amend(room, "N", 0, reason="  ")
    assert not Mark.objects.exists()


def test_a_teacher_cannot_amend():
    room = ended_room()
    with pytest.raises(NotAllowed):
        amend(room, "N", 0, by=room.teacher)


def test_an_officer_of_another_school_cannot_amend():
    with pytest.raises(NotAllowed):
        amend(ended_room(), "N", 0, by=make_class(1).officer)


def test_a_stale_amendment_is_told_how_the_mark_stands():
    room = ended_room()
    amend(room, "N", 0)
    amend(room, "L", 1)
    with pytest.raises(StaleMarksError) as stale:
        amend(room, "I", 1)
    (stands,) = stale.value.marks.values()
    assert stands.code == "L"


def test_the_same_code_again_is_no_amendment():
    room = ended_room()
    amend(room, "N", 0)
    assert amend(room, "N", 1) is None
    assert Amendment.objects.count() == 1


def test_a_forbidden_code_is_refused_in_words():
    with pytest.raises(NotAllowed):
        amend(ended_room(), "\\", 0)
