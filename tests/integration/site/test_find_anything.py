"""Find anything: pupils, groups, pages and colleagues, within what a person may see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance_site.find.page_names import PAGES
from attendance_site.templatetags.rollbook import MENU, MORE
from tests import factories
from tests.factories.classes import make_class
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def room(client):
    room = make_class(3, first=timezone.localdate() - timedelta(days=7))
    names = [("Żaneta", "Łukaszewicz"), ("Seán", "O’Brien"), ("Katherine", "Adams")]
    for enrolment, (forename, surname) in zip(room.enrolments, names, strict=True):
        pupil = enrolment.pupil
        pupil.forename, pupil.surname = forename, surname
        pupil.save()
    client.force_login(room.officer)
    return room


def found(client, room, letters, **more):
    answer = client.get(reverse("find", args=[room.school.urn]), {"q": letters}, **more)
    assert answer.status_code == 200
    return {kind.title: kind.results for kind in answer.context["results"].kinds}


def titles(client, room, letters):
    return {
        kind: [one.title for one in rows] for kind, rows in found(client, room, letters).items()
    }


@pytest.mark.parametrize("letters", ["lukasz", "ŁUKASZEWICZ zan", "zaneta"])
def test_a_pupil_is_found_with_what_is_usually_done(client, room, letters):
    (one,) = found(client, room, letters)["Pupils"]
    pupil = room.enrolments[0].pupil
    assert one.title == "Żaneta Łukaszewicz"
    assert one.sub == room.group.name
    assert [act.words for act in one.acts] == ["Late", "Sign out", "Log", "Plan"]
    assert client.get(one.url).status_code == 200
    for act in one.acts:
        assert client.get(act.url).status_code == 200, act.url
    by_number = found(client, room, pupil.upn[:9])["Pupils"]
    assert pupil.pk in [int(row.url.split("/")[-2]) for row in by_number]


def test_pages_are_found_by_their_other_names(client, room):
    assert titles(client, room, "evacuation") == {"Pages": ["On site now", "Roll call"]}
    assert titles(client, room, "holiday")["Pages"] == ["Planned absences"]
    assert "Letters" in titles(client, room, "queue")["Pages"]
    assert titles(client, room, "set-up") == {}  # an officer does not set the school up


def test_every_page_of_the_menu_is_found_and_every_page_opens(client, room):
    """For somebody who may do all: every address is there."""
    known = {page.address for page in PAGES}
    assert {name for _, name, _ in (*MENU, *MORE)} <= known
    person = factories.UserFactory()
    for role in ("administrator", "slt", "office", "attendance_officer"):
        factories.AppointmentFactory(school=room.school, user=person, role=role)
    client.force_login(person)
    for page in PAGES:
        answer = client.get(reverse(page.address, args=[room.school.urn]))
        assert answer.status_code in (200, 302), page.title
        assert page.title in titles(client, room, page.title)["Pages"]


def test_groups_and_colleagues(client, room):
    factories.AppointmentFactory(
        school=room.school, user__name="Siân Clarke", role="teacher", position="Head of Maths"
    )
    factories.AppointmentFactory(user__name="Siân Elsewhere")
    (group,) = found(client, room, room.group.name)["Groups"]
    assert client.get(group.url).status_code == 200
    (colleague,) = found(client, room, "sian")["Colleagues"]
    assert (colleague.title, colleague.sub) == ("Siân Clarke", "Head of Maths")
    assert client.get(colleague.url).status_code == 200
    boss = factories.AppointmentFactory(school=room.school, role="administrator").user
    client.force_login(boss)
    (colleague,) = found(client, room, "clarke")["Colleagues"]
    assert client.get(colleague.url).status_code == 200


def test_a_teacher_finds_own_pupils_and_groups_alone(client, room):
    others = factories.GroupFactory(school=room.school, name="Zebra")
    stranger = factories.EnrolmentFactory(
        pupil__school=room.school, pupil__surname="Łukaszewska", starts_on=room.year.starts_on
    )
    factories.MembershipFactory(group=others, enrolment=stranger)
    assert len(found(client, room, "lukasz")["Pupils"]) == 2
    client.force_login(room.teacher)
    (one,) = found(client, room, "lukasz")["Pupils"]
    assert (one.title, list(one.acts)) == ("Żaneta Łukaszewicz", [])
    assert found(client, room, "zebra") == {}
    assert room.group.name in titles(client, room, room.group.name)["Groups"]
    assert found(client, room, "staff") == {}


def test_another_school_is_never_found(client, room):
    other = make_class(1, first=timezone.localdate() - timedelta(days=7))
    other.enrolments[0].pupil.surname = "Łukaszewicz"
    other.enrolments[0].pupil.save()
    assert len(found(client, room, "lukasz")["Pupils"]) == 1
    assert client.get(reverse("find", args=[other.school.urn]), {"q": "luk"}).status_code == 404


@pytest.mark.parametrize("letters", ["", " ", "a", "-", "'", "\0"])
def test_too_few_letters_find_nothing_and_say_so(client, room, letters):
    assert found(client, room, letters) == {}
    answer = client.get(reverse("find", args=[room.school.urn]), {"q": letters}, headers=HTMX)
    assert "Two letters, or more" in answer.text


def test_one_sign_of_another_script_is_enough(client, room):
    pupil = room.enrolments[0].pupil
    pupil.surname = "王"
    pupil.save()
    assert len(found(client, room, "王")["Pupils"]) == 1


def test_who_has_left_comes_last_and_is_said(client, room):
    left = timezone.localdate() - timedelta(days=40)
    gone = factories.EnrolmentFactory(
        pupil__school=room.school,
        pupil__surname="Adams",
        pupil__forename="Adam",
        starts_on=left - timedelta(days=100),
        leaves_on=left,
    )
    rows = found(client, room, "adam")["Pupils"]
    assert [row.title for row in rows] == ["Katherine Adams", "Adam Adams"]
    assert rows[1].sub == f"left {left.day} {left:%b %Y}"
    assert not rows[1].acts
    assert gone.pupil.forename == "Adam"


def test_namesakes_among_the_results_are_told_apart(client, room):
    for enrolment, day in zip(room.enrolments[:2], (5, 6), strict=True):
        pupil = enrolment.pupil
        pupil.forename, pupil.surname = "Mohammed", "Khan"
        pupil.born_on = pupil.born_on.replace(day=day)
        pupil.save()
    rows = found(client, room, "khan")["Pupils"]
    assert len({row.apart for row in rows}) == 2
    assert all(row.apart.startswith("born ") for row in rows)


def test_the_list_alone_comes_for_the_field(client, room):
    address = reverse("find", args=[room.school.urn])
    answer = read_page(client.get(address, {"q": "lukasz"}, headers=HTMX))
    assert answer.root.xpath("//*[@role='grid']")
    assert not answer.is_whole
    assert "<b>zz" in read_page(client.get(address, {"q": "<b>zz"}, headers=HTMX)).text


@pytest.mark.parametrize("pupils", [3, 40])
@pytest.mark.parametrize("who", ["officer", "teacher"])
def test_finding_takes_as_many_statements_whatever_the_school(
    client, pupils, who, django_assert_max_num_queries
):
    room = make_class(pupils, first=timezone.localdate() - timedelta(days=7))
    for number in range(pupils):
        factories.AppointmentFactory(school=room.school, user__name=f"Siyuan {number}")
        factories.GroupFactory(school=room.school, name=f"Siyuan {number}")
    client.force_login(getattr(room, who))
    with django_assert_max_num_queries(8):
        assert found(client, room, "siyuan", headers=HTMX)["Pupils"]
