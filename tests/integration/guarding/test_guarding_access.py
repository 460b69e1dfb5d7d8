"""Nobody reaches further than their role, their school and their groups, whatever they send."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.urls import reverse

from interventions.models import Intervention, Panel, PanelCase
from registers.models import Cover, Mark, PlannedAbsence, Relationship, SignOut
from tests import factories
from tests.factories.classes import make_class
from tests.factories.office import at, office_class, page, put, the_time

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://elsewhere.example/"


@pytest.fixture(autouse=True)
def _on_the_second_day():
    with time_machine.travel(datetime(2025, 9, 2, 8, 0, tzinfo=UTC), tick=False):
        yield


def signed_in(client, room, *roles: str):
    """Somebody with these roles at the school of the class."""
    person = factories.UserFactory()
    for role in roles:
        held = factories.AppointmentFactory(school=room.school, user=person, role=role)
        if role == "teacher":
            held.groups.add(room.group)
    client.force_login(person)
    return person


def of_office(name: str, room, **words) -> str:
    return reverse(f"registers:{name}", kwargs={"urn": room.school.urn, **words})


def of_casework(name: str, room, **words) -> str:
    return reverse(f"interventions:{name}", kwargs={"urn": room.school.urn, **words})


# --- two roles


def other_class(room):
    """Another registration group of the same school, with one pupil."""
    group = factories.GroupFactory(school=room.school)
    enrolment = factories.EnrolmentFactory(pupil__school=room.school, starts_on=date(2025, 9, 1))
    factories.MembershipFactory(group=group, enrolment=enrolment)
    return group, enrolment


def test_a_role_of_the_trust_opens_no_register_of_other_groups_to_a_teacher(client):
    """Each role opens its own pages, as far as it goes; two together open no third."""
    room = make_class(2)
    group, enrolment = other_class(room)
    signed_in(client, room, "teacher", "trust_leader")
    day = room.sessions[0].date
    assert (
        client.get(of_office("register", room, group_id=group.pk, date=day, half="am")).status_code
        == 403
    )
    assert client.get(of_office("grid", room, group_id=group.pk, date=day)).status_code == 403
    mark = of_office("mark", room, enrolment_id=enrolment.pk, date=day, half="am")
    assert client.get(mark).status_code == 404
    own = of_office("mark", room, enrolment_id=room.enrolments[0].pk, date=day, half="am")
    assert client.get(own).status_code == 200
    pupil = of_casework("pupil", room, pupil_id=enrolment.pupil_id)
    assert client.get(pupil).status_code == 200  # as a leader of the trust


def test_an_office_role_beside_a_teachers_opens_every_register(client):
    room = make_class(2)
    group, _ = other_class(room)
    signed_in(client, room, "teacher", "office")
    day = room.sessions[0].date
    answer = client.get(of_office("register", room, group_id=group.pk, date=day, half="am"))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("days", "opens"), [(-1, False), (0, True), (1, False)], ids=["yesterday", "today", "tomorrow"]
)
def test_cover_opens_pupils_on_its_own_day_alone(client, days, opens):
    room = make_class(2)
    group, enrolment = other_class(room)
    person = signed_in(client, room, "teacher")
    factories.CoverFactory(group=group, user=person, date=date(2025, 9, 2 + days))
    pupil = of_casework("pupil", room, pupil_id=enrolment.pupil_id)
    assert client.get(pupil).status_code == (200 if opens else 404)
    names = client.get(reverse("absence:pupils", args=[room.school.urn])).content.decode()
    assert (enrolment.pupil.surname in names) is opens


def test_a_cover_that_was_taken_back_opens_nothing(client):
    room = make_class(2)
    group, enrolment = other_class(room)
    person = signed_in(client, room, "teacher")
    cover = factories.CoverFactory(group=group, user=person, date=date(2025, 9, 2))
    client.force_login(room.officer)
    client.post(of_office("cover_take_back", room, cover_id=cover.pk))
    client.force_login(person)
    pupil = of_casework("pupil", room, pupil_id=enrolment.pupil_id)
    assert client.get(pupil).status_code == 404


def test_a_teacher_amends_no_mark_not_even_of_the_own_group(client):
    room = make_class(2)
    client.force_login(room.teacher)
    words = {"enrolment_id": room.enrolments[0].pk, "date": room.sessions[0].date, "half": "am"}
    sent = {"code": "/", "seen": 0, "reason": "x"}
    for name in ("mark", "mark_cell"):
        assert client.post(of_office(name, room, **words), sent).status_code == 403
    assert not Mark.objects.exists()


# --- another school's rows in what is sent


def test_another_schools_group_or_person_gets_no_cover(client):
    room, other = make_class(2), make_class(2)
    client.force_login(room.officer)
    for group, user in ((other.group, room.teacher), (room.group, other.teacher)):
        sent = {"date": "2025-09-02", "group": group.pk, "user": user.pk}
        client.post(of_office("cover", room), sent)
    assert not Cover.objects.exists()


def test_another_schools_pupil_is_not_at_the_desk(client):
    room, other = office_class(2), office_class(2)
    sent = {"enrolment": other.enrolments[0].pk, "half": 0, "seen": 0, "left_at": "09:00"}
    with the_time("09:00"):
        client.force_login(room.officer)
        for name in ("late_desk_in", "late_desk_undo", "sign_outs"):
            answer = client.post(page(room, name), sent | {"reason": "Dentist"})
            assert answer.status_code == 404, name
        answer = client.get(page(room, "sign_outs") + f"?pupil={other.enrolments[0].pk}")
    assert answer.status_code == 404
    assert not Mark.objects.exists()
    assert not SignOut.objects.exists()


def test_another_schools_pupil_or_group_gets_no_plan(client):
    room, other = make_class(2), make_class(2)
    client.force_login(room.officer)
    address = of_office("planned_new", room)
    for query in (f"pupil={other.enrolments[0].pupil_id}", f"group={other.group.pk}"):
        assert client.get(f"{address}?{query}").status_code == 404
    sent = {
        "kind": "visit",
        "code": "V",
        "from_on": "2025-09-02",
        "until_on": "2025-09-02",
        "slots": ["2", "3"],
        "note": "Museum",
        "place": "Museum",
        "activity": "Visit",
    }
    strangers = {"pupils": [other.enrolments[0].pk]}
    client.post(f"{address}?group={room.group.pk}", sent | strangers)
    assert not PlannedAbsence.objects.exists()


def test_another_schools_person_becomes_no_contact(client):
    room, other = make_class(2), make_class(2)
    stranger = factories.PersonFactory(school=other.school)
    signed_in(client, room, "administrator")
    address = of_office("contact_new", room, pupil_id=room.enrolments[0].pupil_id)
    assert client.post(f"{address}?person={stranger.pk}", {"kind": "Mother"}).status_code == 404
    assert not Relationship.objects.filter(person=stranger).exists()


def test_another_schools_pupils_are_on_no_panel(client):
    room, other = make_class(2), make_class(2)
    client.force_login(room.officer)
    sent = {
        "on": "2025-09-26",
        "starts_at": "09:00",
        "minutes_each": "20",
        "place": "Room 4",
        "pupil": [other.enrolments[0].pupil_id, "²", "9" * 5000],
        "show": "everybody",
    }
    page = client.post(of_casework("panel_new", room), sent)
    assert page.status_code == 200
    assert other.enrolments[0].pupil.surname not in page.content.decode()
    assert not Panel.objects.exists()


def test_a_colleague_of_another_school_owns_no_next_step(client):
    room, other = make_class(2), make_class(2)
    client.force_login(room.officer)
    sent = {
        "kind": "conversation",
        "done_on": "2025-09-01",
        "note": "Rang",
        "next_step": "Ring",
        "next_step_on": "2025-09-08",
        "next_step_owner": other.officer.pk,
    }
    address = of_casework("intervention_new", room, pupil_id=room.enrolments[0].pupil_id)
    assert "Choose somebody from the list" in client.post(address, sent).content.decode()
    assert not Intervention.objects.exists()


def test_another_schools_spell_gets_no_certificate(client):
    room, other = make_class(2), make_class(2)
    client.force_login(room.officer)
    address = of_casework("certificate", room, pupil_id=room.enrolments[0].pupil_id)
    answer = client.get(f"{address}?enrolment={other.enrolments[0].pk}")
    assert answer.context["enrolment"] == room.enrolments[0]


@pytest.mark.parametrize(
    "elsewhere", [ELSEWHERE, "//elsewhere.example/", "javascript:alert(1)", "home"]
)
def test_nobody_is_led_to_another_site(client, elsewhere):
    room = office_class(2)
    put(room, 0, "N")
    words = {"enrolment_id": room.enrolments[0].pk, "date": at("09:00").date(), "half": "am"}
    sent = {"code": "I", "seen": 1, "reason": "Mother rang", "next": elsewhere}
    with the_time("10:00"):
        client.force_login(room.officer)
        answer = client.post(page(room, "mark", **words), sent)
    assert answer.status_code == 302
    assert answer.url.startswith("/schools/")


# --- notes and addresses that are not for everybody


@pytest.fixture
def noted():
    room = make_class(2)
    note = factories.InterventionFactory(
        enrolment=room.enrolments[0],
        is_sensitive=True,
        done_on=date(2025, 9, 1),
        note="Quagmire",
        outcome="Quagmire",
        with_whom="Quagmire",
        next_step="Quagmire",
        next_step_on=date(2025, 9, 8),
        next_step_owner=room.officer,
    )
    return room, note


@pytest.mark.parametrize("role", ["office", "attendance_officer", "slt"])
def test_no_page_has_a_word_of_a_sensitive_note(client, noted, role):
    room, note = noted
    case = factories.PanelCaseFactory(
        panel__school=room.school, panel__on=date(2025, 9, 1), enrolment=note.enrolment
    )
    Intervention.objects.filter(pk=note.pk).update(kind="panel", panel_case=case)
    PanelCase.objects.filter(pk=case.pk).update(
        decision="A plan", decided_at=at("09:00"), decided_by=room.officer
    )
    signed_in(client, room, role)
    pages = [
        of_casework("pupil", room, pupil_id=note.enrolment.pupil_id),
        of_casework("next_steps", room),
        of_casework("intervention", room, intervention_id=note.pk),
        of_casework("step_done", room, intervention_id=note.pk),
        of_casework("panel", room, panel_id=case.panel_id),
        of_casework("panel_case", room, panel_id=case.panel_id, case_id=case.pk),
        of_casework("panel_new", room) + "?show=watched",
        of_office("roll", room),
        reverse("home"),
    ]
    for address in pages:
        assert "Quagmire" not in client.get(address).content.decode(), address


def test_a_decision_put_right_keeps_its_note_sensitive(client, noted):
    room, note = noted
    case = factories.PanelCaseFactory(
        panel__school=room.school, panel__on=date(2025, 9, 1), enrolment=note.enrolment
    )
    Intervention.objects.filter(pk=note.pk).update(kind="panel", panel_case=case)
    signed_in(client, room, "safeguarding_lead")
    address = of_casework("panel_case", room, panel_id=case.panel_id, case_id=case.pk)
    assert client.post(address, {"decision": "Another plan"}).status_code == 302
    note.refresh_from_db()
    assert note.outcome == "Another plan"
    assert note.is_sensitive


@pytest.fixture
def hidden():
    """A pupil whose mother's address nobody may learn; they live with her and an aunt."""
    room = make_class(1)
    pupil = room.enrolments[0].pupil
    for name, kept in (("Ms Aunt", False), ("Ms Mother", True)):
        factories.RelationshipFactory(
            pupil=pupil,
            person__name=name,
            person__address="7 Hideaway Lane",
            person__postcode="HD1 1AA",
            lives_with=True,
            address_confidential=kept,
            priority=2 if kept else 1,
        )
    return room, Relationship.objects.get(address_confidential=True)


def test_a_certificate_has_no_address_where_anybody_at_home_keeps_it_confidential(hidden):
    from interventions.certificates.queries import certificate

    room, _ = hidden
    day = room.sessions[-1].date
    found = certificate(room.enrolments[0], first=room.sessions[0].date, last=day)
    assert found.pupil.address == "confidential, kept by the school"


def test_the_queue_and_the_print_run_show_no_confidential_address(client, hidden):
    room, tie = hidden
    run = factories.PrintRunFactory(school=room.school)
    copy = factories.LetterCopyFactory(
        letter__enrolment=room.enrolments[0],
        letter__academic_year=room.year,
        person=tie.person,
        recipient=tie.person.name,
        address="7 Hideaway Lane\nHD1 1AA",
        print_run=run,
    )
    client.force_login(room.officer)
    for address in (
        of_casework("letter", room, letter_id=copy.letter_id),
        of_casework("print_run", room, run_id=run.pk),
    ):
        text = client.get(address).content.decode()
        assert "Hideaway" not in text
        assert "onfidential" in text


def test_a_pupils_pages_and_the_evacuation_list_show_no_confidential_address(client, hidden):
    room, tie = hidden
    Relationship.objects.exclude(pk=tie.pk).delete()
    signed_in(client, room, "administrator", "slt", "attendance_officer")
    pupil = tie.pupil_id
    from registers.office.on_site.actions import evacuation_html
    from registers.office.on_site.queries import on_site_now

    with the_time("10:00", on=date(2025, 9, 1)):
        texts = [
            client.get(of_casework("pupil", room, pupil_id=pupil)).content.decode(),
            client.get(of_office("pupil_edit", room, pupil_id=pupil)).content.decode(),
            evacuation_html(room.school, on_site_now(room.school, at("10:00", date(2025, 9, 1)))),
        ]
    for text in texts:
        assert "Hideaway" not in text


def test_a_time_is_asked_of_no_other_school(client):
    """The number of another school's case, letter copy or document is nowhere good."""
    room, other = make_class(2), make_class(2)
    signed_in(client, room, "administrator", "slt", "attendance_officer")
    case = factories.PanelCaseFactory(panel__school=other.school, enrolment=other.enrolments[0])
    mine = factories.PanelFactory(school=room.school, starts_at=time(9))
    for name in ("case_move", "case_take_off", "case_put_back", "panel_case"):
        address = of_casework(name, room, panel_id=mine.pk, case_id=case.pk)
        assert client.post(address, {"decision": "x"}).status_code == 404, name
