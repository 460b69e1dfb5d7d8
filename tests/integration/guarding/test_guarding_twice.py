"""Two presses, two people, an old page: done once, and the second is told so in words."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from interventions.models import Intervention, PanelCase
from interventions.rules.evidence_files import looked_at
from registers.exchange.read import read_files
from registers.models import Amendment, Appointment, Cover, MarkComment, Membership, PlannedAbsence
from registers.models.school.staff import User
from registers.roll.actions import places
from registers.roll.actions.wrong_fields import WrongFields
from registers.setup.staff.actions import invitations
from tests import factories
from tests.factories.classes import make_class
from tests.factories.office import code_of, office_class, page, put, the_time
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
TODAY = date(2025, 9, 2)
PASSWORD = "a-slate-and-a-bell"


@pytest.fixture(autouse=True)
def _on_the_second_day():
    with time_machine.travel(datetime(2025, 9, 2, 8, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def room(client):
    room = make_class(3)
    client.force_login(room.officer)
    return room


def of_office(name: str, room, **words) -> str:
    return reverse(f"registers:{name}", kwargs={"urn": room.school.urn, **words})


def of_casework(name: str, room, **words) -> str:
    return reverse(f"interventions:{name}", kwargs={"urn": room.school.urn, **words})


def said(answer) -> str:
    return " ".join(str(one) for one in get_messages(answer.wsgi_request))


# --- the day


def test_the_same_cover_is_given_once(client, room):
    sent = {"date": TODAY, "group": room.group.pk, "user": room.officer.pk}
    assert client.post(of_office("cover", room), sent).status_code == 302
    again = client.post(of_office("cover", room), sent)
    assert "has that group for the day already" in again.content.decode()
    assert Cover.objects.count() == 1


def test_a_cover_is_taken_back_once(client, room):
    cover = factories.CoverFactory(group=room.group, date=TODAY)
    address = of_office("cover_take_back", room, cover_id=cover.pk)
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 404


def test_a_plan_is_withdrawn_once(client, room):
    plan = factories.PlannedAbsenceFactory(enrolment=room.enrolments[0])
    address = of_office("planned_withdraw", room, planned_id=plan.pk)
    client.post(address)
    first = PlannedAbsence.objects.get().withdrawn_at
    assert "withdrawn or replaced" in said(client.post(address))
    assert PlannedAbsence.objects.get().withdrawn_at == first


def test_an_amendment_from_an_old_page_shows_what_stands(client):
    room = office_class(1)
    put(room, 0, "N")
    key = put(room, 0, "I", seen=1, reason="Mother rang")
    words = {"enrolment_id": key.enrolment_id, "date": key.date, "half": "am"}
    sent = {"code": "G", "seen": 1, "reason": "Seen in town"}
    with the_time("10:00"):
        client.force_login(room.officer)
        text = client.post(page(room, "mark", **words), sent).content.decode()
    assert "changed this mark to I" in text
    assert "Seen in town" in text
    assert code_of(key) == "I"


def test_a_very_long_reason_at_the_late_desk_is_kept_as_far_as_it_fits(client):
    room = office_class(1)
    put(room, 0, "N")
    sent = {"enrolment": room.enrolments[0].pk, "half": 0, "seen": 1, "reason": "Bus \0" * 500}
    with the_time("09:31"):
        client.force_login(room.officer)
        assert client.post(page(room, "late_desk_in"), sent).status_code == 302
    assert len(Amendment.objects.get().reason) <= 500
    assert MarkComment.objects.get().text.startswith("Bus Bus")


# --- the roll


def test_a_pupil_is_in_a_group_once(client, room):
    other = factories.GroupFactory(school=room.school)
    sent = {"add": "1", "pupils": [room.enrolments[0].pk], "from_on": TODAY, "q": "okafor"}
    address = of_office("group", room, group_id=other.pk)
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 200
    assert Membership.objects.filter(group=other).count() == 1


def test_a_group_changes_after_the_last_mark_or_from_today(room):
    """A register that was taken keeps the pupils who were in it."""
    room = office_class(1)
    put(room, 0, "/", on=date(2025, 9, 3))
    other, enrolment = factories.GroupFactory(school=room.school), room.enrolments[0]

    def move(day: int) -> None:
        places.place_pupil(
            enrolment=enrolment,
            group=other,
            from_on=date(2025, 9, day),
            by=room.officer,
            today=date(2025, 9, 10),
        )

    with pytest.raises(WrongFields, match="marks up to") as wrong:
        move(3)
    assert set(wrong.value.fields) == {"from_on"}
    assert enrolment.memberships.get().group == room.group
    move(4)
    assert enrolment.memberships.get(group=room.group).until_on == date(2025, 9, 3)


# --- casework


def test_a_next_step_is_done_once(client, room):
    note = factories.InterventionFactory(
        enrolment=room.enrolments[0],
        done_on=date(2025, 9, 1),
        next_step="Ring the mother",
        next_step_on=TODAY,
        next_step_owner=room.officer,
    )
    address = of_casework("step_done", room, intervention_id=note.pk)
    sent = {"kind": "conversation", "done_on": TODAY, "outcome": "She will ring back"}
    assert client.post(address, sent).status_code == 302
    assert "no open next step" in said(client.post(address, sent))
    assert Intervention.objects.count() == 2


def before_the_panel(room) -> tuple[PanelCase, str]:
    case = factories.PanelCaseFactory(
        panel__school=room.school, panel__on=TODAY, enrolment=room.enrolments[0]
    )
    return case, of_casework("panel_case", room, panel_id=case.panel_id, case_id=case.pk)


def test_a_decision_is_not_replaced_by_somebody_who_has_not_seen_it(client, room):
    case, address = before_the_panel(room)
    assert client.post(address, {"decision": "A plan\r\nfor two", "seen": ""}).status_code == 302
    text = client.post(address, {"decision": "A notice", "seen": ""}).content.decode()
    assert "A plan" in text
    assert "after you had opened the page" in text
    assert "A notice" in text  # what was typed is still there
    case.refresh_from_db()
    assert case.decision.startswith("A plan")
    now_seen = {"decision": "A notice", "seen": case.decision}
    assert client.post(address, now_seen).status_code == 302
    case.refresh_from_db()
    assert case.decision == "A notice"


def test_the_form_that_comes_back_knows_the_decision_that_it_shows(client, room):
    _, address = before_the_panel(room)
    client.post(address, {"decision": "A plan", "seen": ""})
    answer = client.post(address, {"decision": "A notice", "seen": ""})
    assert read_page(answer).field("seen").value == "A plan"


def test_the_same_decision_sent_twice_is_one(client, room):
    _, address = before_the_panel(room)
    for _ in range(2):
        assert client.post(address, {"decision": "A plan", "seen": ""}).status_code == 302
    assert Intervention.objects.count() == 1


def test_a_pupil_whom_two_people_add_is_on_the_panel_once(client, room):
    case, _ = before_the_panel(room)
    address = of_casework("panel_add", room, panel_id=case.panel_id)
    sent = {"pupil": [room.enrolments[1].pupil_id], "show": "everybody"}
    client.post(address, sent)
    client.post(address, sent)
    assert PanelCase.objects.filter(panel=case.panel).count() == 2


# --- accounts


def invited(school) -> str:
    administrator = factories.AppointmentFactory(school=school, role="administrator")
    return invitations.invite(
        school=school,
        by=administrator.user,
        role="office",
        name="Jo Marsh",
        email="",
        position="Office",
        groups=(),
    ).secret


def accept(secret: str) -> User:
    return invitations.accept_with_new_account(
        secret=secret, username="j.marsh", name="Jo", email="", password=PASSWORD, school=None
    )


def test_an_invitation_is_good_once(client, room):
    secret = invited(room.school)
    accept(secret)
    client.logout()
    answer = client.get(reverse("accept_invitation", args=[secret]))
    assert answer.status_code == 410
    assert "has been used" in answer.content.decode()
    assert Appointment.objects.filter(user__username="j.marsh").count() == 1


def test_a_username_that_was_taken_in_the_same_moment_is_said_in_words(room, monkeypatch):
    def taken(*_, **__):
        raise IntegrityError

    monkeypatch.setattr(User.objects, "create_user", taken)
    with pytest.raises(ValidationError, match="taken"):
        accept(invited(room.school))


# --- files


def as_zip(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def test_a_zip_file_that_is_damaged_inside_is_refused_in_words(tmp_path):
    good = as_zip("marks.csv", b"upn,date,session,code\n" * 200)
    begins = good.index(b"marks.csv") + len("marks.csv")
    packed = tmp_path / "school.zip"
    packed.write_bytes(good[:begins] + b"\xff" * 8 + good[begins + 8 :])
    [problem] = read_files([packed]).problems
    assert "cannot be opened" in str(problem)


def test_a_document_that_needs_a_later_zip_is_no_word_file():
    kept = bytearray(as_zip("word/document.xml", b"x"))
    kept[kept.index(b"PK\x01\x02") + 6] = 99  # the version that is needed to open it
    with pytest.raises(ValueError, match="is not"):
        looked_at("letter.docx", bytes(kept))
