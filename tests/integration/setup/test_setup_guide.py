"""The set-up guide of a school that has nothing, something, everything; the school's details."""

import re
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.urls import reverse

from registers import policies
from registers.models import Appointment, School
from registers.setup.school import guide
from registers.setup.school.actions import finish_set_up, keep_details
from tests import factories
from tests.factories.classes import make_class

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_middle_of_term():
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC), tick=False):
        yield


DETAILS = {
    "name": "Ellerwick School",
    "laestab": "330/4001",
    "headteacher": "Mrs R. Adeyemi-Clarke",
    "address": "Saltergate Road",
    "postcode": "ew4 7qt",
    "telephone": "01632 960417",
    "email": "office@ellerwick.example",
    "local_authority": "Ellershire",
    "morning_at": "08:40",
    "afternoon_at": "13:00",
    "register_minutes": "20",
    "register_minutes_reason": "",
    "sessions_expected": "380",
    "letters_after_sessions": "20",
    "everyday_codes": ["M", "I", "V"],
}


@pytest.fixture
def empty(client) -> School:
    """A school of which only its row is there, and its administrator."""
    school = School.objects.create(urn="900001", name="Ellerwick School")
    client.force_login(factories.AppointmentFactory(school=school, role="administrator").user)
    return school


def page(client, name: str, school: School, **kwargs):
    return client.get(reverse(f"registers:{name}", kwargs={"urn": school.urn, **kwargs}))


def send(client, school: School, **changed):
    url = reverse("registers:school_details", kwargs={"urn": school.urn})
    return client.post(url, DETAILS | changed)


@pytest.mark.parametrize(
    "name",
    "set_up school_details calendar calendar_new groups year_groups imports import_new".split(),
)
def test_every_page_works_for_a_school_that_has_nothing(client, empty, name):
    assert page(client, name, empty).status_code == 200


def test_no_page_of_the_set_up_has_a_style_or_a_script_inside(client):
    school = finished_school(client)
    year, group = school.academic_years.get(), school.groups.get()
    pages = [
        page(client, name, school)
        for name in "set_up school_details calendar calendar_new groups imports import_new".split()
    ]
    pages.append(page(client, "calendar_year", school, year_id=year.pk))
    pages.append(page(client, "year_groups_of", school, year_id=year.pk))
    pages.append(page(client, "group", school, group_id=group.pk))
    for shown in pages:
        assert " style=" not in shown.text
        assert not re.search(r"<script(?! src=)", shown.text)


def test_the_guide_of_an_empty_school_begins_with_the_details(client, empty):
    response = page(client, "set_up", empty)
    assert "0 of 5 steps are done" in response.text
    assert [line.step.key for line in response.context["lines"] if line.is_next] == ["school"]
    assert "Missing: LAESTAB, headteacher, address" in response.text
    assert "No academic year is planned" in response.text


def test_nobody_finishes_a_set_up_with_something_left(client, empty):
    url = reverse("registers:set_up_finish", kwargs={"urn": empty.urn})
    response = client.post(url, follow=True)
    assert "Still to do: The school’s details and register times" in response.text
    empty.refresh_from_db()
    assert empty.set_up_at is None


def finished_school(client) -> School:
    room = make_class(2, first=date(2026, 11, 16))
    for enrolment in room.enrolments:
        factories.RelationshipFactory(pupil=enrolment.pupil)
    room.group.staff.clear()
    boss = factories.AppointmentFactory(school=room.school, role="administrator")
    client.force_login(boss.user)
    return room.school


def test_the_guide_ends_with_a_press_and_every_step_stays_open(client):
    school = finished_school(client)
    response = page(client, "set_up", school)
    assert not any(line.is_next for line in response.context["lines"])
    assert "All 5 steps are done" in response.text
    assert "1 registration group without a tutor" in response.text
    url = reverse("registers:set_up_finish", kwargs={"urn": school.urn})
    assert "is set up" in client.post(url, follow=True).text
    school.refresh_from_db()
    first = school.set_up_at
    assert first is not None
    assert "The set-up is finished" in page(client, "set_up", school).text
    client.post(url)
    school.refresh_from_db()
    assert school.set_up_at == first


@pytest.mark.parametrize("pupils", [2, 40])
def test_the_guide_takes_as_many_statements_whatever_the_size(
    client, pupils, django_assert_max_num_queries
):
    room = make_class(pupils, first=date(2026, 11, 16))
    boss = factories.AppointmentFactory(school=room.school, role="administrator")
    client.force_login(boss.user)
    with django_assert_max_num_queries(11):
        page(client, "set_up", room.school)


def test_a_shortfall_is_said_in_the_guide(client):
    school = finished_school(client)
    text = page(client, "set_up", school).text
    assert "20 sessions planned, 360 fewer than the 380 expected." in text
    assert "Add 180 school days" in text
    assert guide.SetUpStep("a", "b", "c", True, "d", ("e",)).state.kind == "warn"


# --- the school's details


def test_the_details_are_kept_as_letters_need_them(client, empty):
    response = send(client, empty)
    assert response.status_code == 302
    empty.refresh_from_db()
    assert (empty.laestab, empty.postcode) == ("3304001", "EW4 7QT")
    assert (empty.morning_at, empty.register_minutes) == (time(8, 40), 20)
    assert empty.everyday_codes == ["/", "\\", "L", "V", "M", "I", "N"]
    assert "330/4001" in page(client, "school_details", empty).text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Write the school’s name"),
        ("laestab", "33/4001", "three and four digits"),
        ("postcode", "EW4", "Write a whole postcode"),
        ("telephone", "none", "Write a telephone number"),
        ("email", "office", "Write an e-mail address"),
        ("morning_at", "quarter to", "Write the time as hours and minutes"),
        ("afternoon_at", "08:00", "The afternoon register is called after the morning one"),
        ("register_minutes", "0", "at least one minute"),
        ("register_minutes", "121", "120 minutes at most"),
        ("sessions_expected", "many", "Write a whole number of sessions"),
        ("everyday_codes", ["#"], "# is no code that a teacher can be given"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    client, empty, field, typed, said
):
    response = send(client, empty, **{field: typed})
    assert response.status_code == 200
    assert any(said in error for error in response.context["form"].errors[field])
    assert "Saltergate Road" in response.text
    empty.refresh_from_db()
    assert empty.headteacher == ""


def test_a_register_that_is_open_for_long_needs_a_reason_in_its_own_field(client, empty):
    response = send(client, empty, register_minutes="45")
    errors = response.context["form"].errors
    assert list(errors) == ["register_minutes_reason"]
    assert "Say why registers stay open for 45 minutes" in errors["register_minutes_reason"][0]
    reason = "Three school buses come at nine"
    assert send(client, empty, register_minutes="45", register_minutes_reason=reason).url
    empty.refresh_from_db()
    assert empty.register_minutes_reason == reason


def test_a_morning_register_ends_before_the_afternoons(client, empty):
    response = send(
        client,
        empty,
        afternoon_at="09:00",
        register_minutes="30",
    )
    assert "register_minutes" in response.context["form"].errors


def test_the_actions_refuse_who_may_not_and_what_may_not_be(empty):
    officer = factories.AppointmentFactory(school=empty).user
    boss = Appointment.objects.get(school=empty, role="administrator").user
    with pytest.raises(policies.Refused):
        keep_details(school=empty, details={"name": "Another"}, by=officer)
    with pytest.raises(policies.Refused, match="longer than 30"):
        keep_details(school=empty, details={"register_minutes": 31}, by=boss)
    with pytest.raises(policies.Refused, match="after the morning"):
        keep_details(school=empty, details={"afternoon_at": time(8, 0)}, by=boss)
    with pytest.raises(policies.Refused):
        finish_set_up(school=empty, by=officer, left=[])
