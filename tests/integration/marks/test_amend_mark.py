"""An amendment: original and amended entry, reason, time, name and position."""

import pytest
from django.utils import timezone

from registers.marks.actions.amend import StaleMarksError
from registers.marks.actions.writing import write_marks
from registers.marks.changes import Author, MarkChange, MarkKey
from registers.marks.verify import broken_seals
from registers.models import Amendment, Mark, WeekTally
from registers.policies import Refused
from tests.factories.classes import amend_mark, make_class
from tests.factories.registers import end_register

pytestmark = pytest.mark.django_db


def amend(room, code, seen, reason="Mother rang at 9.40", by=None):
    half_day = room.sessions[0]
    key = MarkKey(room.enrolments[0].pk, half_day.date, half_day.half)
    return amend_mark(change=MarkChange(key, code, seen, reason=reason), by=by or room.officer)


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
    with pytest.raises(Refused, match="Say why"):
        amend(room, "N", 0, reason="  ")
    assert not Mark.objects.exists()


def test_a_teacher_cannot_amend():
    room = ended_room()
    with pytest.raises(Refused):
        amend(room, "N", 0, by=room.teacher)


def test_an_officer_of_another_school_cannot_amend():
    with pytest.raises(Refused):
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
    with pytest.raises(Refused):
        amend(ended_room(), "\\", 0)


# ---------- the minutes alone

MINUTES = {  # minutes before and after, the reason, whether the register has ended: is it amended
    "put right while it is open": (5, 15, "", False, False),
    "put right while it is open, with a reason": (5, 15, "Saw him at the gate", False, True),
    "after the end": (5, 15, "Saw him at the gate", True, True),
    "none before": (None, 15, "Saw him at the gate", True, True),
    "taken away": (5, None, "Was here", True, True),
    "the same": (5, 5, "Saw him at the gate", True, False),
}


@pytest.mark.parametrize(
    ("before", "after", "reason", "has_ended", "is_amended"), MINUTES.values(), ids=MINUTES
)
def test_what_became_of_the_minutes(before, after, reason, has_ended, is_amended):
    room = make_class(1)
    half_day = room.sessions[0]
    key = MarkKey(room.enrolments[0].pk, half_day.date, half_day.half)
    common = {
        "by": Author(room.officer.pk, "Tom", "Officer"),
        "source": Mark.Source.OFFICE,
        "made_at": timezone.now(),
        "check": lambda *_: None,
    }
    write_marks([MarkChange(key, "L", 0, before)], **common)
    ended = [key] if has_ended else []
    write_marks([MarkChange(key, "L", 1, after, reason=reason)], **common, ended=ended)
    assert Mark.objects.get().minutes_late == after
    found = Amendment.objects.values_list("code_before", "minutes_before", "minutes_after")
    assert list(found) == ([("L", before, after)] if is_amended else [])
    assert not Amendment.objects.of_codes().exists()
    assert not list(broken_seals(room.school))


def test_an_amended_code_keeps_the_minutes_that_stood():
    room = make_class(1)
    half_day = room.sessions[0]
    key = MarkKey(room.enrolments[0].pk, half_day.date, half_day.half)
    for change in (
        MarkChange(key, "L", 0, 5, reason="Late"),
        MarkChange(key, "N", 1, reason="Mistaken"),
    ):
        amend_mark(change=change, by=room.officer)
    last = Amendment.objects.latest("sequence")
    assert (last.code_before, last.minutes_before, last.minutes_after) == ("L", 5, None)
