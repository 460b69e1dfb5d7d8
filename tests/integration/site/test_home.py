"""The first page: what each role sees first, and that many schools cost no more than one."""

import pytest
from django.urls import reverse

from registers.models import Job
from tests import factories
from tests.factories.classes import make_class
from tests.html_page import read_page

pytestmark = pytest.mark.django_db

# The address that the first task of a role leads to.
FIRST = {
    "office": "registers:morning",
    "attendance_officer": "interventions:next_steps",
    "safeguarding_lead": "interventions:next_steps",
    "slt": "absence:school",
    "administrator": "registers:set_up",
    "trust_leader": "absence:school",
}


def first_page(client, person):
    client.force_login(person)
    return client.get(reverse("home"))


@pytest.mark.parametrize("schools", [1, 3])
@pytest.mark.parametrize("role", FIRST)
def test_it_takes_ten_statements_at_most_for_one_school_or_three(
    client, django_assert_max_num_queries, role, schools
):
    person = factories.UserFactory()
    for _ in range(schools):
        room = make_class(2)
        factories.AppointmentFactory(school=room.school, role=role, user=person)
        factories.NightFactory(school=room.school)
        factories.LetterFactory(enrolment=room.enrolments[0], academic_year=room.year)
        factories.JobFactory(school=room.school, started_by=person)
    client.force_login(person)
    with django_assert_max_num_queries(10):
        response = client.get(reverse("home"))
    assert len(response.context["schools"]) == schools


@pytest.mark.parametrize(("role", "name"), FIRST.items())
def test_each_role_sees_first_what_it_comes_for(client, role, name):
    appointment = factories.AppointmentFactory(role=role)
    response = first_page(client, appointment.user)
    (at,) = response.context["schools"]
    assert at.tasks[0].url == reverse(name, args=[appointment.school.urn])
    (first,) = read_page(response).all_of("a", class_="btn-primary")
    assert first.get("href") == at.tasks[0].url


@pytest.mark.parametrize("role", FIRST)
def test_every_page_that_it_leads_to_opens(client, role):
    appointment = factories.AppointmentFactory(role=role)
    (at,) = first_page(client, appointment.user).context["schools"]
    assert {client.get(task.url).status_code for task in at.tasks} == {200}


def test_a_teacher_of_one_school_is_led_to_today(client):
    room = make_class(1)
    response = first_page(client, room.teacher)
    assert response.url == reverse("registers:today", args=[room.school.urn])


def test_a_teacher_of_two_schools_chooses(client):
    person = make_class(1).teacher
    other = factories.AppointmentFactory(user=person, role="teacher", position="Teacher")
    response = first_page(client, person)
    assert [at.tasks[0].what for at in response.context["schools"]] == ["Today’s registers"] * 2
    assert "You work for 2 schools. Nothing waits for you." in " ".join(response.text.split())
    assert other.school.name in response.text


def test_who_is_something_at_two_schools_reads_where_something_waits(client):
    waiting, quiet = make_class(1), make_class(1)
    person = factories.AppointmentFactory(school=quiet.school).user
    factories.AppointmentFactory(school=waiting.school, user=person)
    factories.LetterFactory(
        enrolment=waiting.enrolments[0], academic_year=waiting.year, state="ready"
    )
    response = first_page(client, person)
    (sentence,) = response.context["opening"].waits
    assert sentence == f"Something waits for you at {waiting.school.name}."
    assert sentence in response.text


def test_long_work_is_shown_until_it_is_over_and_only_ones_own(client):
    officer = factories.AppointmentFactory()
    mine = {"school": officer.school, "started_by": officer.user}
    factories.JobFactory(title="Pack at work", state=Job.State.RUNNING, done=3, total=9, **mine)
    factories.JobFactory(title="Pack done", state=Job.State.DONE, **mine)
    factories.JobFactory(title="Pack of somebody else", school=officer.school)
    response = first_page(client, officer.user)
    assert "Pack at work, 3 of 9" in read_page(response).text
    assert [job.title for job in response.context["jobs"]] == ["Pack at work"]


def test_somebody_without_a_role_is_told_whom_to_ask(client):
    response = first_page(client, factories.UserFactory())
    assert response.status_code == 200
    assert response.context["schools"] == []
    assert "No school has given you a role yet." in response.text
    assert "/schools/" not in response.text


def test_a_school_that_is_not_set_up_says_so_to_whoever_sets_it_up_alone(client):
    school = factories.SchoolFactory(set_up_at=None)
    administrator = factories.AppointmentFactory(school=school, role="administrator")
    words = "Your school is not set up yet."
    assert words in first_page(client, administrator.user).text
    officer = factories.AppointmentFactory(school=school)
    assert words not in (page := first_page(client, officer.user).text)
    assert "Nothing waits for you." in page


def test_two_roles_with_one_position_are_named_once(client):
    officer = factories.AppointmentFactory()
    factories.AppointmentFactory(school=officer.school, user=officer.user, role="slt")
    (at,) = first_page(client, officer.user).context["schools"]
    assert at.positions == ["Attendance Officer"]
