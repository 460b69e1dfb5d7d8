"""The office's morning: registers not in, calls in order, reasons to settle."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registers.models import Amendment, FollowUp, Mark
from registers.office.morning.queries import morning_of
from tests import factories
from tests.factories.office import TUESDAY, at, code_of, office_class, page, put, the_time
from tests.factories.registers import end_register
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
MONDAY = TUESDAY - timedelta(days=1)


@pytest.fixture
def room(client):
    room = office_class(4)
    client.force_login(room.officer)
    return room


def seen(room, clock="10:00", on=TUESDAY):
    with the_time(clock):
        return morning_of(room.school, on, timezone.localtime())


def show(client, room, clock="10:00", query=""):
    with the_time(clock):
        return client.get(page(room, "morning") + query)


def names(calls):
    return [call.child.enrolment_id for call in calls]


# --- registers


def test_before_the_opening_nothing_is_due(client, room):
    assert "opens at 08:45" in show(client, room, "08:00").content.decode()


def test_a_register_nobody_took_is_named_and_its_children_are_not_rung(client, room):
    found = seen(room)
    [late] = found.registers
    assert (late.taken, late.ended, late.due, late.marked) == (False, True, 4, 0)
    assert found.calls == []
    assert found.unseen == 4
    text = show(client, room).content.decode()
    assert "not taken" in text
    assert "4 children have no mark" in text


def test_a_register_with_blanks_puts_them_on_the_list(room):
    for number in (0, 1):
        put(room, number, "/")
    found = seen(room)
    assert found.registers[0].blanks == 2
    assert set(names(found.calls)) == {room.enrolments[2].pk, room.enrolments[3].pk}
    assert [one.seen for one in found.calls[0].sessions] == [0]


@pytest.mark.parametrize("source", [Mark.Source.PLAN, Mark.Source.LATE_DESK, Mark.Source.OFFICE])
def test_a_plan_or_the_late_desk_takes_no_register(room, source):
    put(room, 0, "M", source=source)
    found = seen(room)
    assert [late.taken for late in found.registers] == [False]
    assert found.calls == []


def test_while_the_register_is_open_blanks_are_not_rung_and_n_is(room):
    put(room, 0, "N")
    found = seen(room, "09:00")
    assert names(found.calls) == [room.enrolments[0].pk]
    assert not found.registers[0].ended


def test_a_register_ended_early_by_its_taker_has_ended(room):
    register = factories.RegisterFactory(
        group=room.group, session=next(s for s in room.sessions if s.date == TUESDAY)
    )
    put(room, 0, "/")
    end_register(register=register, at=at("08:59"))
    assert len(seen(room, "09:00").calls) == 3


def test_both_sessions_so_far_count(room):
    for number in range(4):
        put(room, number, "/")
    assert seen(room, "12:00").registers == []
    found = seen(room, "14:00")
    assert [late.half for late in found.registers] == [1]
    assert (found.registers_due, found.registers_in) == (2, 1)


# --- who is rung


def test_a_child_who_came_in_for_the_afternoon_is_not_rung_but_the_reason_is_wanted(room):
    for number in range(4):
        put(room, number, "N" if number == 0 else "/")
        put(room, number, "\\", half=1)
    found = seen(room, "14:00")
    assert found.calls == []
    assert [row.child.enrolment_id for row in found.settling] == [room.enrolments[0].pk]


def test_the_order_and_its_reasons(room):
    for number in range(4):
        put(room, number, "N")
    factories.CharacteristicFactory(
        pupil=room.enrolments[3].pupil, kind="Looked after", value="Y", from_on=date(2025, 9, 1)
    )
    factories.CharacteristicFactory(
        pupil=room.enrolments[2].pupil, kind="SEN", value="K", from_on=date(2025, 9, 1)
    )
    put(room, 1, "N", on=MONDAY)
    put(room, 1, "N", on=MONDAY, half=1)
    found = seen(room)
    order = [room.enrolments[number].pk for number in (3, 1, 0, 2)]
    assert names(found.calls)[:2] == order[:2]
    assert found.calls[0].flags == ["Looked after"]
    assert found.calls[1].day == 2
    assert found.first_calls == 2


def test_a_characteristic_that_is_over_is_no_flag(room):
    put(room, 0, "N")
    factories.CharacteristicFactory(
        pupil=room.enrolments[0].pupil,
        kind="Looked after",
        value="Y",
        from_on=date(2025, 9, 1),
        until_on=MONDAY,
    )
    assert seen(room).calls[0].flags == []


def test_a_tenth_missed_is_said_in_the_words_of_the_floor_above(room):
    put(room, 0, "N")
    assert seen(room).calls[0].standing.words == "Severely absent"
    for on in (MONDAY, date(2025, 9, 5), date(2025, 9, 4), date(2025, 9, 3)):
        put(room, 0, "/", on=on)
        put(room, 0, "\\", on=on, half=1)
    call = seen(room).calls[0]
    assert (call.missed, call.possible) == (1, 9)
    assert call.standing.words == "Persistently absent"


def test_contacts_stand_in_their_order_with_a_number_to_press(client, room):
    put(room, 0, "N")
    pupil = room.enrolments[0].pupil
    for priority, number in ((2, "07700 900318"), (1, "07700 900142")):
        factories.RelationshipFactory(
            pupil=pupil, priority=priority, person__telephone=number, person__school=room.school
        )
    contacts = seen(room).calls[0].contacts
    assert [one.telephone for one in contacts] == ["07700 900142", "07700 900318"]
    assert "tel:07700900142" in read_page(show(client, room)).addresses


# --- five school days


@pytest.mark.parametrize(
    ("absent", "left"),
    [
        (date(2025, 9, 1), -1),
        (date(2025, 9, 2), 0),
        (date(2025, 9, 3), 1),
        (date(2025, 9, 4), 2),
        (date(2025, 9, 5), 3),
        (date(2025, 9, 8), 4),
    ],
)
def test_school_days_left_to_find_the_reason(room, absent, left):
    """On Tuesday the 9th; the weekend is no school day."""
    put(room, 0, "N", on=absent)
    for number in range(4):
        put(room, number, "/")
    [row] = seen(room).settling
    assert row.left == left
    assert row.is_over == (left < 0)


def test_the_oldest_stands_first_and_overdue_is_said_in_words(client, room):
    put(room, 1, "N", on=date(2025, 9, 4))
    put(room, 0, "N", on=date(2025, 9, 1))
    put(room, 0, "N", on=date(2025, 9, 1), half=1)
    rows = seen(room).settling
    assert [row.child.enrolment_id for row in rows] == [
        room.enrolments[0].pk,
        room.enrolments[1].pk,
    ]
    assert rows[0].days == [(date(2025, 9, 1), [0, 1])]
    assert "Over by 1 day" in show(client, room).content.decode()


# --- writing down


def call_url(room, number=0, on=TUESDAY):
    return page(room, "call", enrolment_id=room.enrolments[number].pk, date=on)


def send(client, room, number=0, clock="10:00", **said):
    said = {"channel": "call", "outcome": "no_answer", "person": "", "note": ""} | said
    with the_time(clock):
        return client.post(call_url(room, number), said)


def test_one_press_keeps_that_nobody_answered(client, room):
    put(room, 0, "N")
    link = factories.RelationshipFactory(pupil=room.enrolments[0].pupil)
    response = send(client, room, person=str(link.person_id))
    assert response.status_code == 302
    tried = FollowUp.objects.get()
    assert (tried.date, tried.outcome, tried.person_id) == (TUESDAY, "no_answer", link.person_id)
    assert code_of(put_key(room)) == "N"
    assert "no answer" in show(client, room, "10:05").content.decode()


def put_key(room, number=0, on=TUESDAY, half=0):
    from registers.marks.changes import MarkKey

    return MarkKey(room.enrolments[number].pk, on, half)


def test_the_reason_settles_the_marks_in_the_same_step(client, room):
    put(room, 0, "N", on=MONDAY)
    put(room, 0, "N")
    link = factories.RelationshipFactory(pupil=room.enrolments[0].pupil, person__name="Ms Chen")
    send(
        client,
        room,
        outcome="reason",
        person=str(link.person_id),
        note="has a temperature",
        code="I",
        sessions=[f"{MONDAY}.0.1", f"{TUESDAY}.0.1"],
    )
    assert code_of(put_key(room)) == code_of(put_key(room, on=MONDAY)) == "I"
    reasons = {row.reason for row in Amendment.objects.all()}
    assert reasons == {"Telephone, Ms Chen: has a temperature"}
    assert FollowUp.objects.get().outcome == "reason"
    found = seen(room)
    assert found.settling == []
    assert room.enrolments[0].pk not in names(found.calls)


def test_a_blank_of_an_ended_register_is_entered_late_with_its_reason(client, room):
    put(room, 1, "/")
    send(client, room, outcome="reason", note="Overslept", code="O", sessions=[f"{TUESDAY}.0.0"])
    [entered] = Amendment.objects.all()
    assert (entered.code_before, entered.code_after) == ("", "O")
    assert "Overslept" in entered.reason


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"outcome": ""}, "Choose what came of it"),
        (
            {"outcome": "reason", "code": "I", "note": "", "sessions": ["2025-09-09.0.1"]},
            "Write what you were",
        ),
        ({"outcome": "reason", "code": "I", "note": "Ill"}, "Choose the sessions"),
        (
            {"outcome": "no_answer", "code": "I", "note": "x", "sessions": ["2025-09-09.0.1"]},
            "With a code, choose",
        ),
        ({"outcome": "reason", "code": "QQ", "note": "Ill"}, "is not in the list"),
        ({"outcome": "no_answer", "person": "999999"}, "is not in the list"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, room, said, sentence):
    put(room, 0, "N")
    response = send(client, room, **({"note": "Heard a dog"} | said))
    assert response.status_code == 200
    text = response.content.decode()
    assert sentence in text
    if said.get("note", "Heard a dog") == "Heard a dog":
        assert "Heard a dog" in text
    assert not FollowUp.objects.exists()
    assert code_of(put_key(room)) == "N"


def test_somebody_was_quicker(client, room):
    put(room, 0, "N")
    put(room, 0, "M", seen=1, reason="The dentist rang")
    response = send(
        client, room, outcome="reason", note="Has a cold", code="I", sessions=[f"{TUESDAY}.0.1"]
    )
    text = response.content.decode()
    assert "changed meanwhile" in text
    assert "Has a cold" in text
    assert code_of(put_key(room)) == "M"
    assert not FollowUp.objects.exists()


def test_in_place_the_row_comes_back_as_it_is_now(client, room):
    put(room, 0, "N")
    said = {"channel": "call", "outcome": "message", "person": "", "note": "Voicemail"}
    with the_time("10:00"):
        response = client.post(call_url(room), said, headers={"HX-Request": "true"})
    row = read_page(response)
    assert row.root.xpath("//*[@id=$id]", id=f"call-{room.enrolments[0].pk}")
    assert "message left" in row.text
    assert not row.is_whole


def test_in_place_a_mistake_comes_back_into_the_row(client, room):
    put(room, 0, "N")
    with the_time("10:00"):
        response = client.post(call_url(room), {"channel": "call"}, headers={"HX-Request": "true"})
    assert response["HX-Retarget"] == f"#call-form-{room.enrolments[0].pk}"
    assert "Choose what came of it" in response.content.decode()


def test_the_page_leads_back_only_within_the_site(client, room):
    put(room, 0, "N")
    assert send(client, room, next="https://elsewhere.example/").url == page(room, "morning")
    assert send(client, room, next=page(room, "late_desk")).url == page(room, "late_desk")


def test_a_contact_of_another_child_is_refused(client, room):
    put(room, 0, "N")
    other = factories.RelationshipFactory(pupil=room.enrolments[1].pupil)
    assert send(client, room, person=str(other.person_id)).status_code == 200
    assert not FollowUp.objects.exists()


def test_another_schools_pupil_is_not_there(client, room):
    stranger = office_class(1)
    with the_time("10:00"):
        url = page(room, "call", enrolment_id=stranger.enrolments[0].pk, date=TUESDAY)
        assert client.get(url).status_code == 404
        assert client.post(url, {"channel": "call", "outcome": "no_answer"}).status_code == 404


# --- other days, empty schools, budgets


def test_a_day_gone_by_and_a_wrong_day(client, room):
    put(room, 0, "N", on=MONDAY)
    assert (
        "Monday 8 September 2025" in show(client, room, query="?date=2025-09-08").content.decode()
    )
    for query in ("?date=2025-13-99", "?date=2099-01-01", "?date=x"):
        assert "This morning" in show(client, room, query=query).content.decode()


def test_a_day_without_session_says_so(client, room):
    text = show(client, room, query="?date=2025-09-07").content.decode()
    assert "holds no session on this day" in text


def test_an_empty_school_is_a_page(client):
    officer = factories.AppointmentFactory()
    client.force_login(officer.user)
    for name in ("morning", "late_desk", "sign_outs", "on_site"):
        response = client.get(reverse(f"registers:{name}", args=[officer.school.urn]))
        assert response.status_code == 200


@pytest.mark.parametrize("size", [10, 60])
def test_the_statements_do_not_grow_with_the_pupils(client, size, django_assert_max_num_queries):
    room = office_class(size)
    client.force_login(room.officer)
    for number in range(size):
        put(room, number, "N")
        put(room, number, "N", on=MONDAY)
        factories.RelationshipFactory(pupil=room.enrolments[number].pupil)
    factories.FollowUpFactory(enrolment=room.enrolments[0], date=TUESDAY)
    factories.SignOutFactory(enrolment=room.enrolments[1], date=TUESDAY)
    with django_assert_max_num_queries(14):
        assert show(client, room).status_code == 200
    assert Mark.objects.filter(code="N").count() == 2 * size
