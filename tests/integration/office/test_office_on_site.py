"""Who is on the site, on screen; the paper is in tests/documents/test_evacuation.py."""

from datetime import date

import pytest

from registers.policies import Role
from tests import factories
from tests.factories.office import TUESDAY, at, office_class, page, put, the_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(client):
    room = office_class(4)
    client.force_login(room.officer)
    return room


def show(client, room, clock="10:00", query=""):
    with the_time(clock):
        return client.get(page(room, "on_site") + query)


def counts(client, room, clock="10:00"):
    return show(client, room, clock).context["site"].counts


def test_each_child_is_in_exactly_one_place(client, room):
    put(room, 0, "/")
    put(room, 1, "U", minutes=40)
    put(room, 2, "I")
    assert counts(client, room) == {"here": 2, "look_for": 1, "away": 1, "expected": 3}


def test_without_a_register_everybody_is_looked_for(client, room):
    assert counts(client, room) == {"here": 0, "look_for": 4, "away": 0, "expected": 4}


def test_signing_out_and_coming_back_move_a_child(client, room):
    for number in range(4):
        put(room, number, "/")
    outing = factories.SignOutFactory(
        enrolment=room.enrolments[0], date=TUESDAY, left_at=at("09:30")
    )
    assert counts(client, room)["away"] == 1
    outing.returned_at, outing.returned_by = at("09:50"), room.officer
    outing.save()
    assert counts(client, room)["here"] == 4


def test_in_the_afternoon_its_own_register_counts(client, room):
    for number in range(4):
        put(room, number, "/")
    put(room, 0, "\\", half=1, made_at=at("13:16"))
    assert counts(client, room, "13:14")["here"] == 4
    assert counts(client, room, "13:20") == {"here": 1, "look_for": 3, "away": 0, "expected": 4}


def test_on_a_day_without_session_everybody_on_roll_is_listed(client, room):
    with the_time("11:00", date(2025, 9, 7)):
        response = client.get(page(room, "on_site"))
    assert "No session today" in response.content.decode()
    assert response.context["site"].counts["look_for"] == 4


def test_who_has_left_the_roll_is_not_listed(client, room):
    room.enrolments[0].leaves_on = date(2025, 9, 8)
    room.enrolments[0].save()
    assert counts(client, room)["expected"] == 3


def test_where_is_this_pupil(client, room):
    put(room, 0, "L", minutes=17)
    name = room.enrolments[0].pupil.surname
    text = show(client, room, query=f"?q={name}").content.decode()
    assert "In at 9.02am" in text or "in at 9.02am" in text


def test_a_teacher_sees_the_whole_school(client, room):
    teacher = factories.AppointmentFactory(school=room.school, role=Role.TEACHER)
    client.force_login(teacher.user)
    assert counts(client, room)["expected"] == 4
    assert "Late desk" not in show(client, room).content.decode()


@pytest.mark.parametrize("size", [10, 60])
def test_the_statements_do_not_grow(client, size, django_assert_max_num_queries):
    room = office_class(size)
    client.force_login(room.officer)
    for number in range(size):
        put(room, number, "/")
    with the_time("10:00"):
        with django_assert_max_num_queries(8):
            client.get(page(room, "on_site"))
        with django_assert_max_num_queries(8):
            client.get(page(room, "evacuation_page"))
