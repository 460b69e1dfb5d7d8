"""One mark: how it stands, its whole history, and changing it."""

import pytest
from django.urls import reverse

from registers.models import Amendment, Mark, MarkComment
from registers.policies import Role
from tests import factories
from tests.factories.office import TUESDAY, code_of, office_class, page, put, the_time
from tests.html_page import read_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(client):
    room = office_class(2)
    client.force_login(room.officer)
    return room


def url(room, number=0, on=TUESDAY, half="am"):
    return page(room, "mark", enrolment_id=room.enrolments[number].pk, date=on, half=half)


def show(client, room, clock="10:00", **where):
    with the_time(clock):
        return client.get(url(room, **where)).content.decode()


def amend(client, room, clock="10:00", **said):
    said = {"code": "I", "reason": "Mother rang at 9.40", "seen": 1} | said
    with the_time(clock):
        return client.post(url(room), said)


def test_the_mark_and_who_made_it(client, room):
    put(room, 0, "L", minutes=12)
    text = show(client, room)
    for words in ("L, Late, before the register ended", "12 minutes", "08:57", room.teacher.name):
        assert words in text
    assert not read_page(text).has_label("Original mark")


def test_both_entries_reason_time_name_and_position(client, room):
    put(room, 0, "N")
    assert amend(client, room).status_code == 302
    assert amend(client, room, code="M", reason="It was the dentist", seen=2).status_code == 302
    text = show(client, room, "11:00")
    for words in ("Mother rang at 9.40", "It was the dentist", "Attendance Officer", "2 changes"):
        assert words in text
    assert read_page(text).has_label("Original mark, N")
    assert read_page(text).has_label("Amended mark, M")


def test_minutes_that_were_put_right_stand_in_the_history(client, room):
    put(room, 0, "L", minutes=12)
    amend(client, room, code="L", minutes_late="2", reason="The clock was wrong")
    text = show(client, room)
    for words in ("The clock was wrong", "12 minutes late before, 2 now", "1 change"):
        assert words in text


def test_a_blank_of_an_ended_register_is_entered_late(client, room):
    assert read_page(show(client, room)).has_heading("Enter this mark")
    amend(client, room, seen=0)
    [entered] = Amendment.objects.all()
    assert (entered.code_before, entered.code_after) == ("", "I")
    assert read_page(show(client, room)).has_heading("Change this mark")


def test_minutes_and_comment(client, room):
    put(room, 0, "N")
    amend(client, room, code="U", minutes_late="41", comment="Came by taxi")
    mark = Mark.objects.get()
    assert (mark.code_id, mark.minutes_late) == ("U", 41)
    assert MarkComment.objects.get().text == "Came by taxi"
    assert read_page(show(client, room)).facts["Comment"] == "Came by taxi"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"reason": ""}, "Say why this mark is changing"),
        ({"reason": "   "}, "Say why this mark is changing"),
        ({"code": ""}, "Choose a code"),
        ({"code": "\\"}, "is no code for this session"),
        ({"code": "QQ"}, "is no code for this session"),
        ({"code": "L", "minutes_late": "many"}, "Write the minutes as a number"),
        ({"code": "L", "minutes_late": "-4"}, "cannot be below 0"),
        ({"code": "/", "minutes_late": "4"}, "/ has no minutes late"),
        ({"code": "X"}, "of compulsory school age"),
        ({"reason": "x" * 501}, "at most 500"),
        ({"seen": "x"}, "Open it again"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, room, said, sentence):
    key = put(room, 0, "N")
    response = amend(client, room, comment="Typed before", **said)
    assert response.status_code == 200
    text = response.content.decode()
    assert sentence in text
    assert read_page(response).field("comment").value == "Typed before"
    assert code_of(key) == "N"


def test_somebody_was_quicker_and_what_was_typed_stays(client, room):
    key = put(room, 0, "N")
    put(room, 0, "L", seen=1, minutes=9, reason="Came in")
    response = amend(client, room, reason="Her mother rang")
    text = response.content.decode()
    assert f"{room.teacher.name} changed this mark to L" in text
    assert read_page(response).field("reason").value == "Her mother rang"
    assert read_page(response).field("seen").value == "2"
    assert code_of(key) == "L"
    assert amend(client, room, reason="Her mother rang", seen=2).status_code == 302
    assert code_of(key) == "I"


def test_the_page_leads_back_within_the_site_alone(client, room):
    put(room, 0, "N")
    morning = page(room, "morning")
    assert amend(client, room, next=morning).url == morning
    assert amend(client, room, seen=2, code="M", next="//elsewhere.example").url == url(room)


def test_the_same_code_again_changes_nothing(client, room):
    put(room, 0, "N")
    amend(client, room, code="N")
    assert not Amendment.objects.exists()


def test_sessions_before_and_after(client, room):
    text = show(client, room, clock="14:00")
    assert url(room, on="2025-09-08", half="pm") in text
    assert url(room, half="pm") in text


def test_a_day_to_come_or_without_session_has_no_form(client, room):
    for where in ({"on": "2025-09-12"}, {"on": "2025-09-07"}, {"half": "pm"}):
        assert not read_page(show(client, room, **where)).has_field("code"), where
    with the_time("10:00"):
        client.post(url(room, half="pm"), {"code": "I", "reason": "x", "seen": 0})
    assert not Mark.objects.exists()


def teacher_of(room, *groups):
    appointment = factories.AppointmentFactory(school=room.school, role=Role.TEACHER)
    appointment.groups.add(*groups)
    return appointment.user


def test_a_teacher_reads_the_own_group_and_changes_nothing(client, room):
    key = put(room, 0, "N")
    client.force_login(teacher_of(room, room.group))
    text = show(client, room)
    assert not read_page(text).has_field("code")
    assert amend(client, room).status_code == 403
    assert code_of(key) == "N"


def test_a_teacher_of_another_group_finds_nothing(client, room):
    client.force_login(teacher_of(room, factories.GroupFactory(school=room.school)))
    with the_time("10:00"):
        assert client.get(url(room)).status_code == 404


def test_another_school_finds_nothing(client, room):
    other = office_class(1)
    with the_time("10:00"):
        where = {"enrolment_id": other.enrolments[0].pk, "date": TUESDAY, "half": "am"}
        path = reverse("registers:mark", kwargs={"urn": room.school.urn, **where})
        assert client.get(path).status_code == 404
        assert client.post(path, {"code": "I", "reason": "x", "seen": 0}).status_code == 404


@pytest.mark.parametrize("size", [10, 60])
def test_the_statements_do_not_grow(client, size, django_assert_max_num_queries):
    room = office_class(size)
    client.force_login(room.officer)
    put(room, 0, "N")
    amend(client, room)
    with the_time("10:00"), django_assert_max_num_queries(10):
        client.get(url(room))
