"""The office's page of marks that came in late, and the other pages that say so."""

import pytest
from django.urls import reverse

from registers.models import HeldMark, Mark
from tests import factories
from tests.factories.held import hold
from tests.factories.office import TUESDAY, at, code_of, office_class, page, put, the_time
from tests.html_page import read_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(client):
    room = office_class(4)
    room.teacher.name = "Ms Rahman"
    room.teacher.save()
    client.force_login(room.officer)
    return room


def show(client, room, name="held", clock="10:00", **words):
    with the_time(clock):
        response = client.get(page(room, name, **words))
    assert response.status_code == 200
    return response


def press(client, room, *ticks, do="accept", clock="10:00", register=""):
    """Press one of the two buttons; a tick is a held mark, or one with the version beside it."""
    values = [
        f"{tick[0].pk}.{tick[1]}" if isinstance(tick, tuple) else f"{tick.pk}.0" for tick in ticks
    ]
    with the_time(clock):
        return client.post(
            page(room, "held"), {"held": values, do: "1", "register": register}, follow=True
        )


def said(response):
    return " ".join(response.text.split())


def rows(response):
    return {row.held.pk: row for one in response.context["registers"] for row in one.rows}


def test_nothing_waits_is_good_news(client, room):
    assert "No mark waits for you." in said(show(client, room))


def test_the_opening_says_how_many_of_how_many_registers(client, room):
    other = factories.GroupFactory(school=room.school)
    factories.MembershipFactory(group=other, enrolment=room.enrolments[3])
    for number in (0, 1):
        hold(room, number)
    hold(room, 3)
    HeldMark.objects.filter(enrolment=room.enrolments[3]).update(group=other)
    response = show(client, room)
    assert "3 marks of 2 registers wait for you." in said(response)
    assert "The register had ended at 9:15" in response.text
    assert "Ms Rahman" in response.text


def test_each_row_says_what_stands_and_why_it_is_held(client, room):
    put(room, 1, "N")
    hold(room, 0)
    hold(room, 1, why=HeldMark.Why.CLOCK, clock_off=240)
    text = said(show(client, room))
    for words in (
        "not marked",
        "would become /",
        "by Ms Rahman, 8:50",
        "The register had ended at 9:15",
        "The device’s clock was 4 min fast",
    ):
        assert words in text


# what stands, by whom, when; whether the row is ticked beforehand
TICKED = {
    "a blank": (None, None, True),
    "the same code of the office": ("/", "officer", True),
    "its maker's own earlier mark": ("N", "teacher", True),
    "another code of the office": ("N", "officer", False),
}


@pytest.mark.parametrize(("code", "who", "ticked"), TICKED.values(), ids=TICKED)
def test_what_is_ticked_beforehand(client, room, code, who, ticked):
    if code:
        put(room, 0, code, by=getattr(room, who))
    held = hold(room, 0)
    assert rows(show(client, room))[held.pk].is_ticked is ticked


@pytest.mark.parametrize("why", [HeldMark.Why.ENDED, HeldMark.Why.CLOCK])
def test_its_makers_own_later_mark_is_not_overwritten_unasked(client, room, why):
    made = "08:52" if why == HeldMark.Why.CLOCK else "08:49"
    put(room, 0, "N")
    held = hold(room, 0, made=made, why=why, clock_off=240)
    assert not rows(show(client, room))[held.pk].is_ticked


def test_one_press_accepts_what_is_ticked(client, room):
    held = [hold(room, number) for number in (0, 1, 2)]
    response = press(client, room, *held[:2])
    assert "2 marks accepted." in response.text
    assert Mark.objects.count() == 2
    assert list(rows(response)) == [held[2].pk]
    assert f"Accepted by {room.officer}" in read_page(response).text


def test_another_press_leaves_them_out(client, room):
    response = press(client, room, hold(room, 0), do="leave_out")
    assert "1 mark left out." in response.text
    assert "No mark waits for you." in response.text
    assert f"Left out by {room.officer}" in read_page(response).text
    assert not Mark.objects.exists()


def test_a_refusal_stands_in_its_row_and_the_others_go_through(client, room):
    refused, fine = hold(room, 0, "\\"), hold(room, 1)
    response = press(client, room, refused, fine)
    assert "1 mark accepted." in response.text
    row = rows(response)[refused.pk]
    assert "is for afternoons only" in row.problem
    assert not row.is_ticked
    assert read_page(response).title.startswith("Error: Marks that came in late")


def test_a_mark_that_moved_meanwhile_shows_as_it_stands_now(client, room):
    held = hold(room, 0)
    key = put(room, 0, "N")
    response = press(client, room, held)
    assert "was changed while you were looking" in response.text
    assert rows(response)[held.pk].seen == 1
    assert code_of(key) == "N"
    press(client, room, (held, 1))
    assert code_of(key) == "/"


def test_nothing_ticked_asks_for_a_tick(client, room):
    hold(room, 0)
    response = press(client, room, register=f"{room.group.pk}.{TUESDAY}.0")
    assert "Tick the marks that you mean." in response.text


def test_who_comes_second_is_told(client, room):
    held = hold(room, 0)
    press(client, room, held)
    client.force_login(factories.AppointmentFactory(school=room.school).user)
    text = press(client, room, held, do="leave_out", clock="10:05").text
    assert f"1 mark was already accepted by {room.officer} at 10:00. Nothing was changed." in text


@pytest.mark.parametrize(
    "wrong", ["", "x", "1", "1.x", "²", "99999999999.0", "7.99999", "-1.0", "\0.0"]
)
def test_wrong_input_is_no_tick(client, room, wrong):
    hold(room, 0)
    with the_time("10:00"):
        assert client.post(page(room, "held"), {"held": wrong}).status_code in {200, 302}
    assert not Mark.objects.exists()


def test_a_teacher_and_another_school_see_nothing(client, room):
    hold(room, 0)
    client.force_login(room.teacher)
    assert client.get(page(room, "held")).status_code == 403
    other = office_class(1)
    client.force_login(other.officer)
    assert client.get(page(room, "held")).status_code == 404
    assert "No mark waits for you." in show(client, other).text


@pytest.mark.parametrize("size", [2, 30])
def test_the_statements_do_not_grow(client, size, django_assert_max_num_queries):
    room = office_class(size)
    client.force_login(room.officer)
    for number in range(size):
        put(room, number, "N")
        hold(room, number)
        hold(room, number, accepted=True, decided_at=at("09:40"), decided_by=room.officer)
    with django_assert_max_num_queries(6):
        response = show(client, room)
    assert len(rows(response)) == size


# --- elsewhere


def test_this_morning_says_that_marks_wait(client, room):
    for number in (0, 1, 2):
        hold(room, number)
    hold(room, 3, accepted=True, decided_at=at("09:40"), decided_by=room.officer)
    morning = read_page(show(client, room, "morning"))
    assert f"3 marks of {room.group.name} came in late" in morning.text
    assert "3 marks came in late: look at them before you ring." in morning.text
    assert "3 marks came in late" in morning.links
    assert "Accept them" in morning.text


def test_this_morning_says_nothing_when_none_waits(client, room):
    text = said(show(client, room, "morning"))
    assert "came in late</" not in text
    assert "Accept" not in text


@pytest.mark.parametrize("role", ["office", "attendance_officer"])
def test_the_first_page_leads_to_what_waits(client, room, role):
    hold(room, 0)
    client.force_login(factories.AppointmentFactory(school=room.school, role=role).user)
    with the_time("10:00"):
        response = client.get(reverse("home"))
    (at_school,) = response.context["schools"]
    assert (at_school.tasks[0].what, at_school.tasks[0].url) == (
        "1 mark came in late",
        page(room, "held"),
    )
    assert not at_school.is_quiet
    HeldMark.objects.update(accepted=False, decided_at=at("09:40"), decided_by=room.officer)
    with the_time("10:00"):
        (at_school,) = client.get(reverse("home")).context["schools"]
    assert page(room, "held") not in [task.url for task in at_school.tasks]


def mark_page(client, room, number=0):
    where = {"enrolment_id": room.enrolments[number].pk, "date": TUESDAY, "half": "am"}
    return read_page(show(client, room, "mark", **where)).text


def test_the_page_of_a_mark_says_how_it_came_in(client, room):
    press(client, room, hold(room, 0), hold(room, 1, why=HeldMark.Why.CLOCK, clock_off=240))
    assert "Made on a device at 8:52, came in at 9:25" in mark_page(client, room)
    assert "Made on a device, came in at 9:25" in mark_page(client, room, 1)


def test_the_page_of_a_mark_lists_what_waits_and_what_was_left_out(client, room):
    hold(room, 0, "N")
    press(client, room, hold(room, 0, "L", minutes_late=7), do="leave_out")
    text = mark_page(client, room)
    assert "waits for the office" in text
    assert f"7 minutes, left out by {room.officer}" in text
    assert "left out" not in mark_page(client, room, 1)
