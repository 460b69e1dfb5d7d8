"""The late slip: a small ticket with the time, the code in words, and no reason."""

import pytest

from tests import factories
from tests.documents.reading import MM, as_printed
from tests.factories.office import TUESDAY, office_class, page, put, the_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(client):
    room = office_class(2)
    client.force_login(room.officer)
    return room


def slip_address(room, number=0, half="am", on=TUESDAY):
    return page(room, "late_slip", enrolment_id=room.enrolments[number].pk, date=on, half=half)


def come_in(client, room, clock, **said):
    sent = {"enrolment": room.enrolments[0].pk, "half": 0, "seen": 0, "keep": 0} | said
    with the_time(clock):
        return client.post(page(room, "late_desk_in"), sent, follow=True)


def slip(client, room, **words):
    return as_printed(client.get(slip_address(room, **words)))


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ("09:02", "L Late, before the register ended, 17 minutes after it opened."),
        ("09:50", "U Arrived after the register ended, 65 minutes after it opened."),
    ],
)
def test_it_says_who_when_and_what(client, room, clock, said):
    come_in(client, room, clock, reason="Bus broke down")
    found = slip(client, room)
    pupil = room.enrolments[0].pupil
    for words in (
        f"{pupil.forename} {pupil.surname}",
        f"{room.group} · Tuesday 9 September 2025, morning",
        f"In at {clock.lstrip('0').replace(':', '.')}am",
        said,
        f"Signed in by {room.officer}",
        "Please hand this to your teacher.",
    ):
        assert words in found.text
    assert "Bus" not in found.text
    assert found.pages == 1
    assert [round(side / MM) for side in found.drawn.get_page_size(0)] == [80, 100]
    assert found.tagged("/H1")


def test_a_better_code_that_stays_is_not_on_it(client, room):
    """It would say that the pupil was at the doctor's."""
    put(room, 0, "M")
    come_in(client, room, "09:40", seen=1, keep=1)
    text = slip(client, room).text
    assert "The register keeps its code, 55 minutes after it opened." in text
    assert "Medical" not in text
    assert " M " not in text


def test_long_names_stay_on_the_ticket(client, room):
    pupil = room.enrolments[0].pupil
    pupil.forename = "Anastasia-Wilhelmina-Oluwaseun-Maximiliana-Konstantinopolita"
    pupil.surname = "Featherstonehaugh-Cholmondeley-Marjoribanks"
    pupil.save()
    type(room.officer).objects.filter(pk=room.officer.pk).update(name="M" * 40)
    room.school.name = "The Ellerwick and District Church of England Academy for Girls and Boys"
    room.school.save()
    come_in(client, room, "09:40")
    found = slip(client, room)
    assert found.pages == 1
    assert all(right < 75 and bottom < 95 for _, _, _, right, bottom in found.boxes())


@pytest.mark.parametrize("code", [None, "/", "I"])
def test_who_was_not_late_has_none(client, room, code):
    if code:
        put(room, 0, code)
    assert client.get(slip_address(room)).status_code == 404


def test_another_schools_pupil_has_none_here(client, room):
    other = office_class(1)
    put(other, 0, "L", minutes=3)
    words = {"enrolment_id": other.enrolments[0].pk, "date": TUESDAY, "half": "am"}
    assert client.get(page(room, "late_slip", **words)).status_code == 404
    assert client.get(page(other, "late_slip", **words)).status_code == 404


def test_a_teacher_may_not_print_it(client, room):
    put(room, 0, "L", minutes=3)
    client.force_login(room.teacher)
    assert client.get(slip_address(room)).status_code == 403


def test_the_desk_leads_to_it(client, room):
    shown = come_in(client, room, "09:20").text
    assert f'<a href="{slip_address(room)}">Print a slip</a>' in shown
    assert shown.count(slip_address(room)) == 2  # in the message and in the list


def test_a_name_in_the_message_is_text(client, room):
    factories.models.Pupil.objects.update(forename="<i>Ann</i>")
    shown = come_in(client, room, "09:20").text
    assert "&lt;i&gt;Ann&lt;/i&gt;" in shown
    assert "<i>Ann" not in shown


@pytest.mark.parametrize("pupils", [1, 30])
def test_it_costs_the_same_in_any_class(client, pupils, django_assert_num_queries):
    room = office_class(pupils)
    put(room, 0, "L", minutes=3)
    client.force_login(room.officer)
    with django_assert_num_queries(5):
        client.get(slip_address(room))
