"""One code over a range of days: what is shown is what is written."""

from datetime import date

import pytest
from lxml import html

from registers.marks.verify import broken_seals
from registers.models import Amendment, Mark, WeekTally
from tests import factories
from tests.factories.office import TUESDAY, office_class, page, put, the_time
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
MON, FRI = date(2025, 9, 8), date(2025, 9, 5)


@pytest.fixture
def room(client):
    room = office_class(1)
    client.force_login(room.officer)
    return room


def send(client, room, clock="14:00", **said):
    sent = {
        "code": "I",
        "first_on": FRI,
        "first_half": "0",
        "last_on": TUESDAY,
        "last_half": "1",
        "which": "absent",
        "reason": "Chickenpox, doctor's note seen",
    } | said
    with the_time(clock):
        return client.post(page(room, "code_range", pupil_id=room.enrolments[0].pupil_id), sent)


def write(client, room, shown, clock="14:00", **said):
    """Press the button of the preview."""
    [form] = html.fromstring(shown.content).xpath("//form[contains(@class, 'range-write')]")
    return send(client, room, clock, **dict(form.form_values()) | {"write": "1"} | said)


def marks():
    return {(mark.date, mark.half): mark.code_id for mark in Mark.objects.all()}


def test_looking_writes_nothing_and_writing_does_what_was_shown(client, room):
    put(room, 0, "N", on=FRI)
    put(room, 0, "\\", on=FRI, half=1)
    put(room, 0, "N", on=MON)
    put(room, 0, "I", on=MON, half=1)
    before = marks()
    shown = send(client, room)
    assert marks() == before
    changes = {
        (line.session.date, line.session.half): line.after for line in shown.context["changes"]
    }
    assert changes == {(FRI, 0): "I", (MON, 0): "I", (TUESDAY, 0): "I", (TUESDAY, 1): "I"}
    assert len(shown.context["kept"]) == len(shown.context["same"]) == 1
    assert write(client, room, shown).status_code == 302
    assert marks() == before | changes
    assert {row.reason for row in Amendment.objects.all()} == {"Chickenpox, doctor's note seen"}
    assert WeekTally.objects.get(monday=MON).authorised == 4
    assert not list(broken_seals(room.school))


def test_present_is_written_in_its_two_signs(client, room):
    shown = send(client, room, code="/", first_on=MON, last_on=MON)
    write(client, room, shown)
    assert marks() == {(MON, 0): "/", (MON, 1): "\\"}


def test_halves_at_both_ends(client, room):
    shown = send(client, room, first_half="1", last_half="0")
    sessions = [(line.session.date, line.session.half) for line in shown.context["changes"]]
    assert sessions == [(FRI, 1), (MON, 0), (MON, 1), (TUESDAY, 0)]


def test_a_session_that_may_not_have_it_is_named_with_the_rule(client, room):
    shown = send(client, room, code="X")
    assert len(shown.context["refused"]) == 6
    assert all("of compulsory school age" in line.why for line in shown.context["refused"])
    assert not shown.context["changes"]


def test_the_afternoon_to_come_is_left_out(client, room):
    shown = send(client, room, clock="10:00", first_on=TUESDAY)
    assert [line.session.half for line in shown.context["changes"]] == [0]
    assert [line.session.half for line in shown.context["refused"]] == [1]


def test_a_mark_that_changed_after_looking_stops_everything(client, room):
    put(room, 0, "N", on=MON)
    shown = send(client, room)
    put(room, 0, "M", on=MON, seen=1, reason="Dentist")
    before = marks()
    again = write(client, room, shown)
    assert again.status_code == 200
    assert again.context["has_moved"]
    assert read_page(again).notice("warning")
    assert marks() == before
    assert write(client, room, again).status_code == 302
    assert marks()[MON, 0] == "I"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"reason": ""}, "Say why these marks are changing"),
        ({"code": ""}, "Choose a code"),
        ({"first_on": ""}, "Give the first day"),
        ({"last_on": "2025-09-31"}, "Write the day as a date"),
        ({"last_on": "2025-09-10"}, "No mark lies in the future"),
        ({"first_on": "2025-09-09", "last_on": "2025-09-08"}, "cannot be before the first"),
        ({"first_on": "2023-09-09"}, "at most a year"),
        ({"which": "some"}, "is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, room, said, sentence):
    response = send(client, room, **said)
    text = response.content.decode()
    assert sentence in text
    if "reason" not in said:
        assert "Chickenpox" in text
    assert not Mark.objects.exists()


def test_days_before_the_roll_are_refused_and_two_spells_have_their_own_marks(client, room):
    first = room.enrolments[0]
    first.leaves_on = FRI
    first.save()
    second = factories.EnrolmentFactory(pupil=first.pupil, school=room.school, starts_on=TUESDAY)
    shown = send(client, room)
    assert len(shown.context["refused"]) == 2  # Monday, off the roll
    write(client, room, shown)
    assert set(Mark.objects.values_list("enrolment", "date")) == {
        (first.pk, FRI),
        (second.pk, TUESDAY),
    }


def test_only_the_office_and_only_the_own_school(client, room):
    other = office_class(1)
    with the_time("14:00"):
        path = page(room, "code_range", pupil_id=other.enrolments[0].pupil_id)
        assert client.get(path).status_code == 404
    teacher = factories.AppointmentFactory(school=room.school, role="teacher")
    client.force_login(teacher.user)
    assert send(client, room).status_code == 403


def test_three_weeks_cost_the_same_as_a_day(client, room, django_assert_max_num_queries):
    for first in (TUESDAY, date(2025, 9, 1)):
        with django_assert_max_num_queries(7):
            shown = send(client, room, first_on=first)
        assert shown.status_code == 200
        with django_assert_max_num_queries(26):
            assert write(client, room, shown).status_code == 302
