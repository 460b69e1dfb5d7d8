"""A save: by version, once, with its history and its totals."""

import uuid

import pytest

from registers.marks.changes import MarkChange, MarkKey
from registers.models import Amendment, Mark, RegisterSeal, SaveReceipt, WeekTally
from registers.policies import Refused
from registers.register.actions.saving import save_marks
from tests import factories
from tests.factories.classes import make_class
from tests.factories.registers import end_register

pytestmark = pytest.mark.django_db


def change(room, pupil=0, code="/", seen=0, session=0, **more):
    half_day = room.sessions[session]
    key = MarkKey(room.enrolments[pupil].pk, half_day.date, half_day.half)
    return MarkChange(key, code, seen, **more)


def save(room, *changes, by=None, save_key=None):
    return save_marks(
        register_id=room.register.pk,
        changes=changes,
        save_key=save_key or uuid.uuid4(),
        by=by or room.teacher,
    )


def the_mark(room, pupil=0):
    return Mark.objects.get(enrolment=room.enrolments[pupil])


def test_a_save_makes_marks_at_version_1_and_says_who(django_assert_max_num_queries):
    room = make_class()
    answer = save(room, change(room, 0), change(room, 1, "N"), change(room, 2, "L", minutes_late=7))
    assert [saved["version"] for saved in answer.saved] == [1, 1, 1]
    assert Mark.objects.count() == 3
    assert the_mark(room, 2).minutes_late == 7
    assert the_mark(room).made_by == room.teacher
    room.register.refresh_from_db()
    assert room.register.taken_by == room.teacher
    assert not Amendment.objects.exists()


def test_the_weekly_totals_are_re_derived_with_the_save():
    room = make_class()
    save(room, change(room, 0), change(room, 1, "N"), change(room, 2, "L"))
    save(room, change(room, 1, "I", seen=1))
    totals = WeekTally.objects.order_by("enrolment").values_list(
        "attended", "authorised", "unauthorised", "late"
    )
    assert list(totals) == [(1, 0, 0, 0), (0, 1, 0, 0), (1, 0, 0, 1)]


def test_a_changed_code_leaves_its_amendment():
    room = make_class(1)
    save(room, change(room, code="N"))
    save(room, change(room, code="I", seen=1))
    amendment = Amendment.objects.get()
    assert (amendment.code_before, amendment.code_after, amendment.version) == ("N", "I", 2)
    assert amendment.reason == "Changed while the register was open."
    assert (amendment.by_name, amendment.by_position) == (room.teacher.name, "Teacher")
    assert the_mark(room).version == 2


def test_a_stale_save_changes_nothing_and_is_told_how_the_mark_stands():
    room = make_class(2)
    save(room, change(room, code="N"))
    save(room, change(room, code="L", seen=1), by=room.officer)
    answer = save(room, change(room, code="I", seen=1), change(room, 1))
    (conflict,) = answer.conflicts
    assert (conflict["code"], conflict["version"]) == ("L", 2)
    assert conflict["by"] == room.officer.pk
    assert [saved["enrolment"] for saved in answer.saved] == [room.enrolments[1].pk]
    assert the_mark(room).code_id == "L"


def test_two_who_wrote_the_same_are_not_in_conflict():
    room = make_class(1)
    save(room, change(room, code="N"))
    answer = save(room, change(room, code="N", seen=0), by=room.officer)
    assert not answer.conflicts
    assert the_mark(room).version == 1


def test_a_repeat_of_a_save_changes_nothing_and_gets_the_same_answer():
    room = make_class(1)
    key = uuid.uuid4()
    first = save(room, change(room, code="N"), save_key=key)
    save(room, change(room, code="I", seen=1), by=room.officer)
    again = save(room, change(room, code="N"), save_key=key)
    assert again.saved == first.saved
    assert again.repeated
    assert the_mark(room).code_id == "I"
    assert SaveReceipt.objects.count() == 2


def test_a_code_that_the_rules_forbid_is_refused_in_words_and_the_rest_is_saved():
    room = make_class(2)
    answer = save(room, change(room, code="\\"), change(room, 1))
    (refused,) = answer.refused
    assert refused["enrolment"] == room.enrolments[0].pk
    assert refused["why"]
    assert Mark.objects.count() == 1


def test_a_pupil_of_another_group_is_not_in_this_register():
    room, other = make_class(1), make_class(1)
    key = MarkKey(other.enrolments[0].pk, room.sessions[0].date, 0)
    answer = save(room, MarkChange(key, "/", 0))
    assert answer.refused[0]["why"] == "This pupil is not in this register."
    assert not Mark.objects.exists()


def test_a_mark_of_another_session_is_refused():
    room = make_class(1)
    answer = save(room, change(room, session=2))
    assert answer.refused[0]["why"] == "This mark belongs to another session."


def test_a_stranger_and_a_colleague_from_another_school_are_refused():
    room, other = make_class(1), make_class(1)
    for person in (other.teacher, factories.UserFactory()):
        with pytest.raises(Refused):
            save(room, change(room), by=person)
    assert not Mark.objects.exists()


def test_a_register_that_has_ended_takes_no_more_saves():
    room = make_class(1)
    end_register(register=room.register, at="2025-09-01T08:15:00Z")
    with pytest.raises(Refused, match="has ended"):
        save(room, change(room))


def test_one_save_holds_a_mark_once():
    room = make_class(1)
    with pytest.raises(ValueError, match="at most one change"):
        save(room, change(room, code="N"), change(room, code="I"))


def test_a_comment_is_kept_and_an_empty_one_takes_it_away_again():
    room = make_class(1)
    save(room, change(room, code="M", comment="Dentist until ten"))
    save(room, change(room, code="M", seen=1, comment=""))
    from registers.models import MarkComment

    assert MarkComment.objects.get().text == ""


@pytest.mark.parametrize("pupils", [1, 10, 60])
def test_a_bigger_class_costs_no_more_statements(django_assert_max_num_queries, pupils):
    room = make_class(pupils)
    first = [change(room, pupil, "N", comment="note") for pupil in range(pupils)]
    with django_assert_max_num_queries(12):  # with sign-in and session: the design's 14
        save(room, *first)
    with django_assert_max_num_queries(12):
        save(room, *(change(room, pupil, "I", seen=1, comment="") for pupil in range(pupils)))
    assert Amendment.objects.count() == pupils


def test_the_seal_counts_marks_and_amendments():
    room = make_class(1)
    save(room, change(room, code="N"))
    save(room, change(room, code="I", seen=1))
    seal = RegisterSeal.objects.get(enrolment=room.enrolments[0])
    assert (seal.marks, seal.amendments) == (1, 1)
    assert bytes(seal.head) == bytes(Amendment.objects.get().digest)


@pytest.mark.parametrize("who", ["of another school", "whose account is closed"])
def test_who_is_nobody_at_the_school_saves_nothing(who):
    room = make_class(1)
    person = room.teacher if "closed" in who else factories.AppointmentFactory(role="teacher").user
    person.is_active = "closed" not in who
    person.save()
    with pytest.raises(Refused, match="at this school"):
        save(room, change(room), by=person)
    assert not Mark.objects.exists()
