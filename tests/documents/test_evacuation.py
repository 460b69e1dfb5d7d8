"""The evacuation list on paper: nobody missing, no reasons, one page for each group."""

import pytest

from registers.models import Job
from registers.office.on_site.actions import draw_evacuation_list, evacuation_html
from registers.office.on_site.queries import on_site_now
from registers.web.jobs.actions import run_job
from tests import factories
from tests.documents.reading import Paper
from tests.factories.office import TUESDAY, at, office_class, page, put, the_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(client):
    room = office_class(5)
    client.force_login(room.officer)
    for number, enrolment in enumerate(room.enrolments):
        pupil = enrolment.pupil
        pupil.surname, pupil.forename = f"Okoro{number}", "Zsófia"
        pupil.save()
    return room


def paper(client, room, clock="10:42"):
    """The list as somebody gets it who presses for the PDF."""
    with the_time(clock):
        client.post(page(room, "evacuation"))
        job = run_job(str(Job.objects.get().pk), draw_evacuation_list)
        response = client.get(page(room, "job_file", job_id=job.pk))
    assert response["Content-Type"] == "application/pdf"
    return Paper(response.content)


def names(text):
    return [number for number in range(5) if f"Okoro{number}, Zsófia" in text]


def test_nobody_is_missing(client, room):
    put(room, 0, "/")
    put(room, 1, "L", minutes=17)
    put(room, 2, "U", minutes=65)
    read = paper(client, room)
    assert names(read.text) == [0, 1, 2, 3, 4]
    assert "5 expected" in read.text
    assert "Late, in at 9.02am" in read.text
    assert "Late, in at 9.50am" in read.text
    assert "No mark yet: look for these first" in read.text


def test_who_is_away_is_named_without_a_reason(client, room):
    for number, code in enumerate(["I", "M", "C", "E", "N"]):
        put(room, number, code)
    read = paper(client, room)
    assert "0 expected" in read.text
    assert names(read.text) == [0, 1, 2, 3, 4]
    for word in ("ill", "medical", "leave", "suspended", "excluded", "reason"):
        assert word not in read.text.lower()


def test_why_a_child_was_signed_out_is_not_on_paper(client, room):
    put(room, 0, "/")
    factories.SignOutFactory(
        enrolment=room.enrolments[0], date=TUESDAY, left_at=at("10:15"), reason="Counselling"
    )
    read = paper(client, room)
    assert "signed out at 10.15am" in read.text
    assert "Counselling" not in read.text


def test_without_a_register_everybody_is_to_be_looked_for(client, room):
    read = paper(client, room)
    assert "5 expected" in read.text
    assert names(read.text) == [0, 1, 2, 3, 4]


def test_a_page_for_each_group_after_the_summary(client, room):
    second = factories.GroupFactory(school=room.school, name="10C")
    pupil = factories.EnrolmentFactory(
        pupil__school=room.school, pupil__surname="Wright", starts_on=room.enrolments[0].starts_on
    )
    factories.MembershipFactory(group=second, enrolment=pupil)
    factories.EnrolmentFactory(
        pupil__school=room.school, pupil__surname="Nogroup", starts_on=room.enrolments[0].starts_on
    )
    read = paper(client, room)
    assert read.pages == 4
    assert "No registration group: 1 expected" in read.text
    assert "Nogroup, Siyuan" in read.text


def test_a_group_of_thirty_five_stays_on_one_page(client):
    room = office_class(35)
    client.force_login(room.officer)
    assert paper(client, room).pages == 3  # the summary with 35 to look for takes two


def test_it_says_when_and_is_tagged(client, room):
    read = paper(client, room)
    assert "Tuesday 9 September 2025, as at 10.42am" in read.text
    assert read.tagged("/H1")
    assert len(read.tagged("/LI")) == 5
    assert read.file.Root.MarkInfo.Marked


def test_names_from_outside_are_text(room):
    pupil = room.enrolments[0].pupil
    pupil.surname = "<b>Bobby</b> & Co"
    pupil.save()
    with the_time("10:42"):
        from django.utils import timezone

        html = evacuation_html(room.school, on_site_now(room.school, timezone.localtime()))
    assert "&lt;b&gt;Bobby&lt;/b&gt; &amp; Co" in html


def test_a_look_starts_no_work_and_leads_to_the_list(client, room):
    response = client.get(page(room, "evacuation"))
    assert response.url == page(room, "evacuation_page")
    assert not Job.objects.exists()


def test_who_presses_within_a_minute_gets_the_same_list(client, room):
    with the_time("10:42"):
        first = client.post(page(room, "evacuation")).url
        client.force_login(room.teacher)
        assert client.post(page(room, "evacuation")).url == first
    with the_time("10:44"):
        assert client.post(page(room, "evacuation")).url != first


def test_a_list_that_failed_is_drawn_anew(client, room):
    with the_time("10:42"):
        first = client.post(page(room, "evacuation")).url
        Job.objects.update(state=Job.State.FAILED)
        assert client.post(page(room, "evacuation")).url != first


def test_its_page_says_as_at_when_and_how_many(client, room):
    with the_time("10:42"):
        address = client.post(page(room, "evacuation")).url
        run_job(str(Job.objects.get().pk), draw_evacuation_list)
        assert "As at 10.42am, 5 pupils are expected on site." in client.get(address).text
