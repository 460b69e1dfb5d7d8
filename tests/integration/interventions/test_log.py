"""The log of actions: written, changed, finished; who may read what; the files; next steps."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from interventions.log import actions, next_steps
from interventions.log.actions import NextStep, WhatWasDone
from interventions.models import Intervention, InterventionDocument, InterventionKind
from interventions.rules.evidence_files import looked_at
from registers.policies import Refused
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.html_page import read_page
from tests.integration.interventions.test_pupil_page import text_of

pytestmark = pytest.mark.django_db
TODAY = date(2025, 9, 15)
PDF = b"%PDF-1.7\nplan\n%%EOF"
SECRET = "a word that nobody else may read"


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(datetime(2025, 9, 15, 9, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def room():
    found = make_class(1)
    marks_of(found, "O/" * 5 + "/\\" * 5)
    return found


def path(room, name: str, **words) -> str:
    return reverse(f"interventions:{name}", kwargs={"urn": room.school.urn, **words})


def new(room) -> str:
    return path(room, "intervention_new", pupil_id=room.enrolments[0].pupil_id)


def typed(**more) -> dict:
    return {
        "kind": "conversation", "done_on": "2025-09-08", "with_whom": "Ms Chen",
        "note": "Talked about the mornings.", "outcome": "", "new_kind": "",
        "next_step": "", "next_step_on": "", "next_step_owner": "", **more,
    }  # fmt: skip


def what(**more) -> WhatWasDone:
    usual = {"kind": "conversation", "done_on": date(2025, 9, 8), "note": "Talked."}
    return WhatWasDone(**{**usual, **more})


def errors(response) -> dict:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def colleague(room, role: str = "safeguarding_lead"):
    return factories.AppointmentFactory(school=room.school, role=role).user


# --- write one down


def test_an_action_is_written_down_with_its_next_step_and_its_documents(client, room):
    client.force_login(room.officer)
    step = {
        "next_step": "Ring the GP",
        "next_step_on": "2025-09-19",
        "next_step_owner": room.officer.pk,
    }
    files = [SimpleUploadedFile("Plan.pdf", PDF), SimpleUploadedFile("Notes.txt", b"Said so.")]
    response = client.post(new(room), typed(**step, documents=files), follow=True)
    assert "It is in the log." in text_of(response)
    note = Intervention.objects.get()
    assert (note.made_by, note.done_on, note.kind) == (
        room.officer,
        date(2025, 9, 8),
        "conversation",
    )
    assert (note.next_step, note.next_step_on) == ("Ring the GP", date(2025, 9, 19))
    assert [document.name for document in note.documents.all()] == ["Plan.pdf", "Notes.txt"]
    said = text_of(response)
    assert "Documented conversation with Ms Chen" in said
    assert "Plan.pdf" in said
    assert "In 4 days" in said


def test_attendance_before_and_since_stands_beside_it(client, room):
    actions.log_intervention(enrolment=room.enrolments[0], what=what(), by=room.officer)
    client.force_login(room.officer)
    url = path(room, "pupil", pupil_id=room.enrolments[0].pupil_id)
    said = text_of(client.get(url))
    # the five days of the first week have five O; the Monday itself is in neither side
    assert "4 days before 4 of 8 4 days since 0 of 8" in said


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"kind": ""}, {"kind": ["Choose what kind of action this was"]}),
        ({"kind": "bribe"}, {"kind": ["Choose a kind from the list"]}),
        ({"kind": "own"}, {"new_kind": ["Name the new kind, or choose one from the list"]}),
        ({"done_on": ""}, {"done_on": ["Give the day on which it was done"]}),
        ({"done_on": "8 Sept"}, {"done_on": ["Write the day as a date, such as 24/11/2026"]}),
        (
            {"done_on": "2025-09-16"},
            {"done_on": ["Give a day up to today: what is still to come is a next step"]},
        ),
        (
            {"done_on": "0205-09-08"},
            {"done_on": ["Give a day after 2024-07-28: look at the year"]},
        ),
        ({"note": "  ", "outcome": " "}, {"note": ["Say what was done"]}),
        (
            {"next_step": "Ring"},
            {
                "next_step_on": ["Give the day by which the next step is due"],
                "next_step_owner": ["Choose who does the next step"],
            },
        ),
        (
            {"next_step_on": "2025-09-19"},
            {
                "next_step": ["Say what the next step is, or leave all three empty"],
                "next_step_owner": ["Choose who does the next step"],
            },
        ),
        ({"next_step_owner": "99999"}, {"next_step_owner": ["Choose somebody from the list"]}),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_nothing_typed_is_lost(client, room, wrong, expected):
    client.force_login(room.officer)
    response = client.post(new(room), typed(**{"outcome": "She will ring.", **wrong}))
    assert errors(response) == expected
    assert ("She will ring." in response.content.decode()) is ("outcome" not in wrong)
    assert "Ms Chen" in response.content.decode()
    assert not Intervention.objects.exists()


def test_a_step_due_before_its_action_is_refused(client, room):
    client.force_login(room.officer)
    step = {"next_step": "Ring", "next_step_on": "2025-09-01", "next_step_owner": room.officer.pk}
    response = client.post(new(room), typed(**step))
    assert errors(response) == {"next_step_on": ["Give a day that is not before the action itself"]}


def test_files_of_another_kind_are_refused_and_the_others_asked_for_again(client, room):
    client.force_login(room.officer)
    files = [SimpleUploadedFile("Plan.pdf", b"MZ\x00"), SimpleUploadedFile("Notes.txt", b"ok")]
    response = client.post(new(room), typed(documents=files))
    (first, second) = errors(response)["documents"]
    assert first.startswith("Plan.pdf is not a PDF")
    assert second.startswith("Choose your documents again")
    assert not InterventionDocument.objects.exists()


def test_too_many_files_are_refused(client, room):
    client.force_login(room.officer)
    files = [SimpleUploadedFile(f"{n}.txt", b"ok") for n in range(11)]
    response = client.post(new(room), typed(documents=files))
    assert errors(response)["documents"][0] == "Choose 10 documents at most in one go."


def test_a_kind_of_the_school_s_own_is_added_in_place_and_chosen_from_then_on(client, room):
    client.force_login(room.officer)
    client.post(new(room), typed(kind="own", new_kind="  Breakfast   club "))
    kind = InterventionKind.objects.get()
    assert kind.name == "Breakfast club"
    client.post(new(room), typed(kind="own", new_kind="breakfast CLUB"))
    client.post(new(room), typed(kind=f"own-{kind.pk}"))
    assert InterventionKind.objects.count() == 1
    assert set(Intervention.objects.values_list("own_kind", flat=True)) == {kind.pk}
    assert "Breakfast club" in client.get(new(room)).content.decode()
    elsewhere = factories.InterventionKindFactory()
    response = client.post(new(room), typed(kind=f"own-{elsewhere.pk}"))
    assert errors(response) == {"kind": ["Choose a kind from the list"]}


def test_what_is_known_already_can_come_with_the_link(client, room):
    client.force_login(room.officer)
    page = read_page(client.get(new(room), {"kind": "home_visit", "next_step": "Ring"}))
    assert page.field("kind").value == "home_visit"
    assert page.field("next_step").value == "Ring"


@pytest.mark.parametrize("role", ["teacher", "administrator", "trust_leader"])
def test_who_may_not_write_in_the_log_cannot_through_the_action_either(room, role):
    person = colleague(room, role)
    with pytest.raises(Refused, match="does not include this"):
        actions.log_intervention(enrolment=room.enrolments[0], what=what(), by=person)


def test_the_owner_of_a_step_can_open_the_log(room):
    teacher = colleague(room, "teacher")
    step = NextStep("Ring", TODAY, teacher)
    with pytest.raises(Refused, match="can open the log"):
        actions.log_intervention(
            enrolment=room.enrolments[0], what=what(next_step=step), by=room.officer
        )
    assert teacher not in next_steps.owners_at(room.school)


# --- change one


def test_a_change_keeps_who_and_when(client, room):
    note = factories.InterventionFactory(enrolment=room.enrolments[0], made_by=room.officer)
    client.force_login(colleague(room, "slt"))
    url = path(room, "intervention", intervention_id=note.pk)
    assert "Talked about the mornings." in client.get(url).content.decode()
    response = client.post(url, typed(note="Talked for long.", seen=""), follow=True)
    assert "The change is saved" in text_of(response)
    note.refresh_from_db()
    assert note.note == "Talked for long."
    assert note.changed_at == datetime(2025, 9, 15, 9, 0, tzinfo=UTC)
    assert note.changed_by != room.officer
    assert note.made_by == room.officer


def test_whoever_comes_second_is_told_and_keeps_what_was_typed(client, room):
    note = factories.InterventionFactory(enrolment=room.enrolments[0], made_by=room.officer)
    other = colleague(room, "slt")
    actions.change_intervention(
        intervention_id=note.pk, what=what(note="Theirs."), by=other, seen=None
    )
    client.force_login(room.officer)
    url = path(room, "intervention", intervention_id=note.pk)
    response = client.post(url, typed(note="Mine.", seen=""))
    html = response.content.decode()
    assert f"{other} changed this on 15 September at 10:00" in html
    assert "Mine." in html
    note.refresh_from_db()
    assert note.note == "Theirs."
    seen = response.context["form"]["seen"].value()
    client.post(url, typed(note="Mine.", seen=seen))
    note.refresh_from_db()
    assert note.note == "Mine."


def test_a_document_can_be_taken_out_for_good_but_not_from_under_another_action(
    client, room, django_capture_on_commit_callbacks
):
    notes = [
        actions.log_intervention(
            enrolment=room.enrolments[0], what=what(), by=room.officer,
            documents=[looked_at("Plan.pdf", PDF)],
        )
        for _ in range(2)
    ]  # fmt: skip
    file = Path(settings.MEDIA_ROOT) / notes[0].documents.get().file.name
    client.force_login(room.officer)
    for note, still_there in zip(notes, (True, False), strict=True):
        url = path(room, "intervention", intervention_id=note.pk)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(url, typed(seen="", remove=[note.documents.get().pk]))
        assert not note.documents.exists()
        assert file.exists() is still_there


def test_a_step_that_is_done_stays_as_it_was(client, room):
    note = factories.InterventionFactory(
        enrolment=room.enrolments[0], next_step="Ring", next_step_on=TODAY,
        next_step_owner=room.officer, next_step_done_at=datetime(2025, 9, 12, tzinfo=UTC),
        next_step_done_by=room.officer,
    )  # fmt: skip
    client.force_login(room.officer)
    client.post(path(room, "intervention", intervention_id=note.pk), typed(seen=""))
    note.refresh_from_db()
    assert (note.next_step, note.changed_by) == ("Ring", room.officer)


# --- sensitive notes


def sensitive(room, by) -> Intervention:
    return actions.log_intervention(
        enrolment=room.enrolments[0], by=by,
        what=what(note=SECRET, outcome=SECRET, with_whom=SECRET, is_sensitive=True,
                    next_step=NextStep(SECRET, TODAY - timedelta(days=1), by)),
        documents=[looked_at(f"{SECRET}.txt", SECRET.encode())],
    )  # fmt: skip


@pytest.mark.parametrize("role", ["office", "attendance_officer", "slt"])
def test_others_see_that_there_is_a_sensitive_note_and_no_word_of_it(client, room, role):
    lead = colleague(room)
    note = sensitive(room, lead)
    document = note.documents.get()
    client.force_login(colleague(room, role))
    pages = [
        path(room, "pupil", pupil_id=room.enrolments[0].pupil_id),
        path(room, "intervention", intervention_id=note.pk),
        path(room, "next_steps"),
    ]
    for url in pages:
        response = client.get(url)
        assert response.status_code == 200
        assert SECRET not in response.content.decode()
        assert "sensitive note" in response.content.decode().lower()
    assert client.post(pages[1], typed(seen="")).status_code == 403
    done = path(room, "step_done", intervention_id=note.pk)
    assert client.get(done).status_code == 403
    assert client.get(path(room, "document", document_id=document.pk)).status_code == 403


def test_its_author_and_the_safeguarding_lead_read_it_and_that_is_logged(client, room, caplog):
    note = sensitive(room, room.officer)
    for person in (room.officer, colleague(room)):
        client.force_login(person)
        assert (
            SECRET
            in client.get(
                path(room, "pupil", pupil_id=room.enrolments[0].pupil_id)
            ).content.decode()
        )
        with caplog.at_level("INFO"):
            response = client.get(path(room, "intervention", intervention_id=note.pk))
        assert SECRET in response.content.decode()
        events = [r.msg for r in caplog.records if isinstance(r.msg, dict)]
        assert {"event": "sensitive_note_read", "user_id": person.pk}.items() <= events[-2].items()


def test_the_step_of_a_sensitive_note_is_for_somebody_who_can_read_it(room):
    step = NextStep("Ring", TODAY, colleague(room, "slt"))
    with pytest.raises(Refused, match="safeguarding lead can read"):
        actions.log_intervention(
            enrolment=room.enrolments[0], what=what(is_sensitive=True, next_step=step),
            by=room.officer,
        )  # fmt: skip


def test_what_follows_a_sensitive_note_is_sensitive_too(client, room):
    note = sensitive(room, room.officer)
    client.force_login(room.officer)
    url = path(room, "step_done", intervention_id=note.pk)
    client.post(url, typed(note="", done_on="2025-09-15", outcome="She is seen on Mondays."))
    after = Intervention.objects.exclude(pk=note.pk).get()
    assert (after.is_sensitive, after.outcome) == (True, "She is seen on Mondays.")


# --- documents


def test_a_document_is_given_as_it_was_added_to_those_who_may_see_the_log(client, room):
    note = actions.log_intervention(
        enrolment=room.enrolments[0], what=what(), by=room.officer,
        documents=[looked_at("Plän “x”.pdf", PDF)],
    )  # fmt: skip
    document = note.documents.get()
    url = path(room, "document", document_id=document.pk)
    client.force_login(room.officer)
    response = client.get(url)
    assert response.content == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment; filename")
    client.force_login(colleague(room, "administrator"))
    assert client.get(url).status_code == 403
    other = factories.AppointmentFactory()
    client.force_login(other.user)
    assert client.get(url).status_code == 404
    wrong_school = reverse(
        "interventions:document", kwargs={"urn": other.school.urn, "document_id": document.pk}
    )
    assert client.get(wrong_school).status_code == 404


def test_a_file_that_was_exchanged_behind_our_back_is_not_given(client, room):
    note = actions.log_intervention(
        enrolment=room.enrolments[0], what=what(), by=room.officer,
        documents=[looked_at("Plan.pdf", PDF)],
    )  # fmt: skip
    document = note.documents.get()
    (Path(settings.MEDIA_ROOT) / document.file.name).write_bytes(b"%PDF- another")
    client.force_login(room.officer)
    assert client.get(path(room, "document", document_id=document.pk)).status_code == 404


def test_a_word_document_comes_with_its_own_type(client, room):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("[Content_Types].xml", "x")
        parts.writestr("word/document.xml", "x")
    note = actions.log_intervention(
        enrolment=room.enrolments[0], what=what(), by=room.officer,
        documents=[looked_at("Plan.docx", file.getvalue())],
    )  # fmt: skip
    client.force_login(room.officer)
    response = client.get(path(room, "document", document_id=note.documents.get().pk))
    assert response["Content-Type"].endswith("wordprocessingml.document")


# --- next steps


def with_step(room, on: date, owner=None, **more) -> Intervention:
    return factories.InterventionFactory(
        enrolment=more.pop("enrolment", room.enrolments[0]), next_step=f"Due {on}",
        next_step_on=on, next_step_owner=owner or room.officer, made_by=room.officer, **more,
    )  # fmt: skip


def test_a_step_done_is_an_action_of_its_own_with_what_follows(client, room):
    before = with_step(room, date(2025, 9, 12), kind="plan")
    client.force_login(room.officer)
    url = path(room, "step_done", intervention_id=before.pk)
    assert read_page(client.get(url)).field("kind").value == "plan"
    response = client.post(url, typed(note="", kind="plan", done_on="2025-09-15"))
    assert errors(response) == {"outcome": ["Say what came of it"]}
    following = {
        "next_step": "Look again", "next_step_on": "2025-10-01", "next_step_owner": room.officer.pk,
    }  # fmt: skip
    response = client.post(
        f"{url}?from=next-steps",
        typed(note="", kind="plan", done_on="2025-09-15", outcome="It helps.", **following),
    )
    assert response.url == path(room, "next_steps")
    before.refresh_from_db()
    assert (before.next_step_done_by, before.next_step_done_at.date()) == (room.officer, TODAY)
    after = Intervention.objects.exclude(pk=before.pk).get()
    assert (after.note, after.outcome) == ("Due 2025-09-12", "It helps.")
    assert (after.next_step, after.next_step_on) == ("Look again", date(2025, 10, 1))
    assert client.get(url).status_code == 302


def test_two_who_finish_one_step_do_it_once(room):
    before = with_step(room, TODAY)
    done = what(done_on=TODAY, outcome="Done.")
    actions.finish_next_step(intervention_id=before.pk, what=done, by=room.officer)
    with pytest.raises(Refused, match="already marked"):
        actions.finish_next_step(intervention_id=before.pk, what=done, by=room.officer)
    assert Intervention.objects.count() == 2


def test_the_list_parts_overdue_this_week_and_later(client, room):
    other = colleague(room, "slt")
    for days, owner in ((-3, None), (0, other), (6, None), (7, other)):
        with_step(room, TODAY + timedelta(days=days), owner)
    with_step(
        room, TODAY, next_step_done_at=datetime(2025, 9, 12, tzinfo=UTC),
        next_step_done_by=other,
    )  # fmt: skip
    client.force_login(room.officer)
    response = client.get(path(room, "next_steps"))
    parts = {part.key: len(lines) for part, _, lines in response.context["parts"]}
    assert parts == {"overdue": 1, "this_week": 2, "later": 1}
    assert "1 of 4 next steps is overdue, 1 of them yours; 2 due this week." in text_of(response)
    for owner, expected in (("mine", 2), (other.pk, 2), ("99999", 4), ("x", 4)):
        response = client.get(path(room, "next_steps"), {"owner": owner})
        assert response.context["page"].paginator.count == expected


def test_an_empty_list_says_so(client, room):
    client.force_login(room.officer)
    assert "no next step is open" in text_of(client.get(path(room, "next_steps")))


def test_the_counts_of_schools_are_one_statement(room, django_assert_num_queries):
    other = make_class(1)
    for days in (-3, -1, 0, 6, 7):
        with_step(room, TODAY + timedelta(days=days))
    with_step(room, TODAY - timedelta(days=9), colleague(room))
    with django_assert_num_queries(1):
        found = next_steps.counts([room.school, other.school.pk], room.officer, TODAY)
    assert found == {room.school.pk: (3, 2, 2), other.school.pk: (0, 0, 0)}


@pytest.mark.parametrize("many", [1, 40])
def test_pages_of_the_log_take_as_many_statements_for_one_as_for_many(
    client, room, many, django_assert_max_num_queries
):
    for number in range(many):
        pupil = factories.EnrolmentFactory(pupil__school=room.school)
        note = with_step(room, TODAY + timedelta(days=number), enrolment=pupil)
        factories.InterventionDocumentFactory(intervention=note, added_by=room.officer)
    client.force_login(room.officer)
    with django_assert_max_num_queries(6):
        assert client.get(path(room, "next_steps")).status_code == 200
    with django_assert_max_num_queries(8):
        assert client.get(new(room)).status_code == 200
    with django_assert_max_num_queries(14):
        assert client.get(path(room, "intervention", intervention_id=note.pk)).status_code == 200
    with django_assert_max_num_queries(8):
        assert client.get(path(room, "step_done", intervention_id=note.pk)).status_code == 200
