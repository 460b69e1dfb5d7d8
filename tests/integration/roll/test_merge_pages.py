"""The pages on which two pupils become one, and two again."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registers.marks.changes import MarkChange, MarkKey
from registers.models import Enrolment, Mark, Pupil, PupilMerge
from tests import factories
from tests.factories.classes import amend_mark, make_class
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2025, 9, 1), date(2025, 9, 2)
UNDO = "Undo the merge"


@pytest.fixture
def room():
    room = make_class(3)
    for enrolment, code in zip(room.enrolments[:2], "/I", strict=True):
        Pupil.objects.filter(pk=enrolment.pupil_id).update(surname="Nowak", forename="Ola")
        enrolment.pupil.refresh_from_db()
        change = MarkChange(MarkKey(enrolment.pk, MONDAY, 0), code, 0, reason="As seen")
        amend_mark(change=change, by=room.officer, today=TUESDAY)
    return room


def url(name, room, pupil=0, **more):
    kwargs = {"urn": room.school.urn, "pupil_id": room.enrolments[pupil].pupil_id}
    return reverse(f"registers:{name}", kwargs=kwargs | more)


def compare(room):
    return f"{url('merge_pupils', room)}?other={room.enrolments[1].pupil_id}"


def typed(room, **changed):
    kept = room.enrolments[0].pupil
    return {
        "keep": str(kept.pk),
        "upn": kept.upn,
        "reason": "One child, on roll twice",
        "mark_2025-09-01_0": str(room.enrolments[1].pupil_id),
        **changed,
    }


def test_who_has_the_same_name_is_offered_and_others_are_found(client, room):
    client.force_login(room.officer)
    page = client.get(url("merge_pupils", room))
    assert [one.pk for one in page.context["found"]] == [room.enrolments[1].pupil_id]
    third = room.enrolments[2].pupil
    page = client.get(url("merge_pupils", room), {"q": third.upn})
    assert [one.pk for one in page.context["found"]] == [third.pk]
    assert not client.get(url("merge_pupils", room), {"q": "Zz"}).context["found"]


def test_both_stand_side_by_side_with_what_differs(client, room):
    client.force_login(room.officer)
    factories.PlannedAbsenceFactory(enrolment=room.enrolments[1])
    page = client.get(compare(room))
    lines = {line.label: (line.mine, line.theirs) for line in page.context["lines"]}
    assert lines["Marks"] == ("1", "1")
    assert lines["Planned absences"] == ("0", "1")
    assert lines["UPN"] == tuple(one.pupil.upn for one in room.enrolments[:2])
    assert read_page(page).has_field("mark_2025-09-01_0")
    assert [parts for _, parts in page.context["spells"]] == [2]


def test_two_become_one_and_two_again(client, room):
    client.force_login(room.officer)
    pupil, other = (one.pupil for one in room.enrolments[:2])
    page = client.post(compare(room), typed(room), follow=True)
    assert read_page(page).notice("success")
    assert read_page(page).has_button(UNDO)
    spell = Enrolment.objects.not_void().get(pupil=pupil)
    assert Mark.objects.get(enrolment=spell).code_id == "I"
    assert not Pupil.objects.filter(pk=other.pk).exists()
    roll = reverse("registers:roll", kwargs={"urn": room.school.urn})
    found = client.get(roll, {"q": other.upn})
    assert [row.pupil_id for row in found.context["page"]] == [pupil.pk]
    merge = PupilMerge.objects.get()
    undo = url("merge_undo", room, merge_id=merge.pk)
    assert client.get(undo).status_code == 405
    page = client.post(undo, follow=True)
    assert read_page(page).notice("success")
    assert not read_page(page).has_button(UNDO)
    assert Pupil.objects.filter(pk=other.pk).exists()
    assert read_page(client.post(undo, follow=True)).notice("danger")


def test_the_other_may_stand(client, room):
    client.force_login(room.officer)
    other = room.enrolments[1].pupil
    client.post(compare(room), typed(room, keep=str(other.pk), upn=other.upn))
    merge = PupilMerge.objects.get()
    assert merge.pupil == other
    spell = Enrolment.objects.not_void().get(pupil=other)
    assert Mark.objects.get(enrolment=spell).code_id == "I"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": " "}, "Say why the two are one child"),
        ({"keep": "0"}, "Select a valid choice"),
        ({"upn": "X"}, "Select a valid choice"),
        ({"mark_2025-09-01_0": ""}, "choose which stands"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, room, changed, words):
    client.force_login(room.officer)
    page = client.post(compare(room), typed(room, **changed))
    assert page.status_code == 200
    assert words in page.text
    assert not PupilMerge.objects.exists()
    assert page.context["form"]["reason"].value() == changed.get(
        "reason", "One child, on roll twice"
    )


def test_the_address_of_the_one_that_went_leads_on(client, room):
    client.force_login(room.officer)
    client.post(compare(room), typed(room))
    here = url("pupil_edit", room)
    assert client.get(url("pupil_edit", room, pupil=1)).url == here
    attendance = "interventions:pupil"
    theirs, mine = (
        reverse(attendance, kwargs={"urn": room.school.urn, "pupil_id": one.pupil_id})
        for one in (room.enrolments[1], room.enrolments[0])
    )
    assert client.get(theirs).url == mine


@pytest.mark.parametrize("role", ["office", "slt", "teacher", "safeguarding_lead"])
def test_others_cannot(client, room, role):
    client.force_login(factories.AppointmentFactory(school=room.school, role=role).user)
    assert client.post(compare(room), typed(room)).status_code == 403
    assert not PupilMerge.objects.exists()


def test_a_pupil_of_another_school_is_not_offered(client, room):
    client.force_login(room.officer)
    stranger = factories.EnrolmentFactory(pupil__surname="Nowak", pupil__forename="Ola").pupil
    page = client.get(url("merge_pupils", room), {"other": stranger.pk})
    assert stranger.pk not in [one.pk for one in page.context["found"]]
    assert client.get(url("merge_pupils", room), {"other": "9" * 30}).status_code == 200


def test_after_a_day_the_press_is_gone(client, room):
    client.force_login(room.officer)
    client.post(compare(room), typed(room))
    PupilMerge.objects.update(merged_at=timezone.now() - timedelta(hours=25))
    assert not read_page(client.get(url("pupil_edit", room))).has_button(UNDO)


@pytest.mark.parametrize("days", [1, 8])
def test_more_marks_and_contacts_cost_no_more_statements(client, days):
    room = make_class(2, days=10)
    for day in sorted({session.date for session in room.sessions})[:days]:
        for enrolment, code in zip(room.enrolments, "/I", strict=True):
            change = MarkChange(MarkKey(enrolment.pk, day, 0), code, 0, reason="As seen")
            amend_mark(change=change, by=room.officer, today=date(2025, 9, 12))
            factories.RelationshipFactory(pupil=enrolment.pupil)
    client.force_login(room.officer)
    client.get(compare(room))
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get(compare(room))
    assert len(found) <= 34


def test_a_mark_tells_what_stood_under_each_number(client, room):
    client.force_login(room.officer)
    client.post(compare(room), typed(room))
    spell = Enrolment.objects.not_void().get(pupil=room.enrolments[0].pupil)
    kwargs = {"urn": room.school.urn, "enrolment_id": spell.pk, "date": MONDAY, "half": "am"}
    page = client.get(reverse("registers:mark", kwargs=kwargs))
    assert read_page(page).has_heading("Before the merge")
    assert sorted(one.mark.code_id for one in page.context["page"].before_merge) == ["/", "I"]
    reasons = {
        change.reason for one in page.context["page"].before_merge for change in one.amendments
    }
    assert reasons == {"As seen"}


def test_the_name_of_the_other_finds_the_one(client, room):
    client.force_login(room.officer)
    other = room.enrolments[1].pupil
    other.surname = "Kowalska"
    other.save()
    client.post(compare(room), typed(room))
    roll = reverse("registers:roll", kwargs={"urn": room.school.urn})
    found = client.get(roll, {"q": "kowalska"}).context["page"]
    assert [row.pupil_id for row in found] == [room.enrolments[0].pupil_id]
    merge = PupilMerge.objects.get()
    client.post(url("merge_undo", room, merge_id=merge.pk))
    found = client.get(roll, {"q": "kowalska"}).context["page"]
    assert [row.pupil_id for row in found] == [other.pk]
