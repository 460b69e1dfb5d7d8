"""The daily log: who read what is sensitive stands in it, by number; no name ever does."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse

from attendance_site.logging import SafeFormatter
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Pupil, User
from registers.web.documents.storage import keep_pdf
from tests import factories
from tests.factories.classes import ClassOfPupils, amend_mark, make_class
from tests.factories.drawn_schools import marks_of

pytestmark = pytest.mark.django_db
CHILD = ("Zebedee", "Quillfeather")
WORDS = "He told the nurse about the stairwell"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict]]]:
    """What our handler writes, as events."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(SafeFormatter(as_json=True))
    root = logging.getLogger()
    root.addHandler(handler)

    def events() -> list[dict]:
        text = written.getvalue()
        assert not [name for name in (*CHILD, "Featherstone", WORDS) if name in text]
        return [json.loads(line) for line in text.splitlines()]

    yield events
    root.removeHandler(handler)


@pytest.fixture
def room() -> ClassOfPupils:
    """A pupil whose name would be known again anywhere, with an officer and a lead."""
    room = make_class(1)
    marks_of(room, "V" * 8 + "OO")
    Pupil.objects.update(forename=CHILD[0], surname=CHILD[1])
    User.objects.update(name="Ida Featherstone")
    return room


def event_of(events: list[dict], name: str) -> dict:
    """The one event of this name; nothing of it had to be left out."""
    (found,) = [event for event in events if event["event"] == name]
    assert "left_out" not in found
    return found


def path(room: ClassOfPupils, name: str, **words) -> str:
    return reverse(name, kwargs={"urn": room.school.urn, **words})


def lead_of(room: ClassOfPupils) -> User:
    appointment = factories.AppointmentFactory(school=room.school, role="safeguarding_lead")
    User.objects.filter(pk=appointment.user_id).update(name="Ida Featherstone")
    return appointment.user


def test_a_pupil_page(client, room, lines):
    client.force_login(room.officer)
    client.get(path(room, "interventions:pupil", pupil_id=room.enrolments[0].pupil_id))
    read = event_of(lines(), "pupil_page_read")
    assert (read["user_id"], read["enrolment_id"]) == (room.officer.pk, room.enrolments[0].pk)
    assert "sensitive_note_read" not in {event["event"] for event in lines()}


@pytest.mark.parametrize("where", ["interventions:pupil", "interventions:intervention"])
def test_a_sensitive_note_wherever_its_words_are(client, room, lines, where):
    enrolment = room.enrolments[0]
    note = factories.InterventionFactory(enrolment=enrolment, is_sensitive=True, note=WORDS)
    lead = lead_of(room)
    client.force_login(lead)
    words = {"pupil_id": enrolment.pupil_id} if "pupil" in where else {"intervention_id": note.pk}
    assert WORDS in client.get(path(room, where, **words)).text
    read = event_of(lines(), "sensitive_note_read")
    assert (read["user_id"], read["enrolment_id"]) == (lead.pk, enrolment.pk)


def test_who_may_not_read_a_sensitive_note_is_not_said_to_have(client, room, lines):
    enrolment = room.enrolments[0]
    note = factories.InterventionFactory(enrolment=enrolment, is_sensitive=True, note=WORDS)
    client.force_login(room.officer)
    client.get(path(room, "interventions:pupil", pupil_id=enrolment.pupil_id))
    client.get(path(room, "interventions:intervention", intervention_id=note.pk))
    assert "sensitive_note_read" not in {event["event"] for event in lines()}


@pytest.mark.parametrize("name", ["absence:pupils_csv", "absence:pupils_xlsx"])
def test_an_export(client, room, lines, name):
    client.force_login(room.officer)
    response = client.get(path(room, name), {"as_at": "2025-09-12"})
    assert response.status_code == 200
    took = event_of(lines(), "pupils_exported")
    assert (took["user_id"], took["school_id"]) == (room.officer.pk, room.school.pk)
    assert (took["pupils"], took["as_at"]) == (1, "2025-09-12")


def test_a_pack_that_was_asked_for_and_its_file(client, room, lines):
    panel = factories.PanelFactory(school=room.school)
    factories.PanelCaseFactory(panel=panel, enrolment=room.enrolments[0])
    client.force_login(room.officer)
    asked = {"who": "panel", "as_at": "2025-09-12"}
    assert client.post(path(room, "interventions:pack_new", panel_id=panel.pk), asked).url
    wanted = event_of(lines(), "pack_asked_for")
    assert (wanted["user_id"], wanted["pupils"]) == (room.officer.pk, 1)

    kept, digest = keep_pdf(b"%PDF-1.7", folder="jobs")
    job = factories.JobFactory(
        school=room.school,
        kind="interventions.tasks.build_pack",
        action="hold_panel",
        state="done",
        file=kept,
        digest=digest,
        filename="pack.pdf",
    )
    assert client.get(path(room, "registers:job_file", job_id=job.pk)).status_code == 200
    read = event_of(lines(), "job_file_read")
    assert (read["user_id"], read["task"]) == (room.officer.pk, "interventions.tasks.build_pack")


def test_the_list_for_a_fire(client, room, lines):
    client.force_login(room.officer)
    client.get(path(room, "registers:evacuation_page"))
    assert event_of(lines(), "evacuation_list_made")["user_id"] == room.officer.pk
    client.post(path(room, "registers:evacuation"))
    assert event_of(lines(), "evacuation_list_printed")["user_id"] == room.officer.pk


def test_a_register_on_paper_and_a_late_slip(client, room, lines):
    enrolment, half_day = room.enrolments[0], room.sessions[2]
    key = MarkKey(enrolment.pk, half_day.date, half_day.half)
    amend_mark(change=MarkChange(key, "L", 1, 3, reason="Came in"), by=room.officer)
    client.force_login(room.officer)
    here = {"date": half_day.date, "half": "am"}
    client.get(path(room, "registers:register_paper", group_id=room.group.pk, **here))
    printed = event_of(lines(), "registers_printed")
    assert (printed["user_id"], printed["registers"], printed["pupils"]) == (room.officer.pk, 1, 1)
    client.get(path(room, "registers:late_slip", enrolment_id=enrolment.pk, **here))
    slip = event_of(lines(), "late_slip_printed")
    assert (slip["user_id"], slip["enrolment_id"]) == (room.officer.pk, enrolment.pk)
