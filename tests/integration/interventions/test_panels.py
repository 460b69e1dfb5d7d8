"""Panels: called, put in order, invited, decided on; and what each page costs."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from functools import partial

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from interventions.log.actions import NextStep
from interventions.models import Intervention, Letter, Panel
from interventions.panels import running_order
from interventions.panels.actions import panels
from interventions.panels.actions.decisions import Decision, decide_case
from interventions.panels.actions.panels import Meeting
from registers.policies import Refused
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
TODAY = date(2025, 9, 15)
ON = date(2025, 9, 26)


@pytest.fixture(autouse=True)
def _monday_in_term() -> Iterator[None]:
    """The class meets from 1 to 12 September 2025."""
    with time_machine.travel("2025-09-15 10:00:00+00:00", tick=False):
        yield


@pytest.fixture
def room():
    room = make_class(4)
    for number in range(4):
        marks_of(room, "O" * (8 - 2 * number) + "V" * (12 + 2 * number), pupil=number)
    return room


def meeting(**more) -> Meeting:
    values = {
        "on": ON,
        "starts_at": time(9, 0),
        "minutes_each": 20,
        "place": "Room 4",
        "chair": None,
        "members": "Ms P. Raman, Deputy Headteacher",
    }
    return Meeting(**values | more)


def called(room, count: int = 3, **more) -> Panel:
    return panels.call_panel(
        school=room.school,
        meeting=meeting(**more),
        enrolments=[one.pk for one in room.enrolments[:count]],
        by=room.officer,
    )


def times(panel: Panel) -> list[tuple[int, time]]:
    cases = panel.cases.filter(withdrawn_at__isnull=True).order_by("at", "pk")
    return [(case.enrolment_id, case.at) for case in cases]


def url(name: str, panel: Panel, **words) -> str:
    return reverse(
        f"interventions:{name}", kwargs={"urn": panel.school.urn, "panel_id": panel.pk, **words}
    )


# --- the running order


def test_pupils_come_one_after_the_other(room):
    panel = called(room)
    assert times(panel) == [
        (room.enrolments[0].pk, time(9, 0)),
        (room.enrolments[1].pk, time(9, 20)),
        (room.enrolments[2].pk, time(9, 40)),
    ]


def test_a_running_order_stays_within_the_day():
    assert running_order.times(time(23, 0), 20, 3)[-1] == time(23, 40)
    assert running_order.times(time(23, 0), 20, 0) == []
    with pytest.raises(ValueError, match="do not fit into the day"):
        running_order.times(time(23, 0), 20, 4)


def test_two_pupils_change_their_places_and_the_ends_stay(room):
    panel = called(room)
    first, second, third = (case.pk for case in panel.cases.order_by("at"))
    move = partial(panels.move_case, by=room.officer, today=TODAY)
    move(case_id=third, up=True)
    assert [pk for pk, _ in times(panel)] == [
        room.enrolments[0].pk,
        room.enrolments[2].pk,
        room.enrolments[1].pk,
    ]
    move(case_id=first, up=True)
    move(case_id=second, up=False)
    assert [at for _, at in times(panel)] == [time(9, 0), time(9, 20), time(9, 40)]


def test_a_new_first_time_sets_all_times_anew_in_their_order(room):
    panel = called(room)
    panels.change_panel(
        panel_id=panel.pk,
        meeting=meeting(starts_at=time(14, 0), minutes_each=15),
        by=room.officer,
        today=TODAY,
    )
    assert [at for _, at in times(panel)] == [time(14, 0), time(14, 15), time(14, 30)]


def test_who_was_taken_off_is_kept_with_who_did_it_and_comes_back_at_the_end(room):
    panel = called(room)
    case = panel.cases.order_by("at").first()
    off = panels.take_off(case_id=case.pk, by=room.officer)
    assert (off.withdrawn_by, off.withdrawn_at) == (room.officer, timezone.now())
    assert [at for _, at in times(panel)] == [time(9, 20), time(9, 40)]  # nobody else is moved
    back = panels.put_back(case_id=case.pk, by=room.officer, today=TODAY)
    assert (back.withdrawn_by, back.at) == (None, time(10, 0))
    assert panel.cases.count() == 3


def test_a_panel_looks_at_pupils_of_its_own_school_once(room):
    panel = called(room, 1)
    other = make_class(1)
    added = panels.add_pupils(
        panel_id=panel.pk,
        enrolments=[room.enrolments[0].pk, room.enrolments[1].pk, other.enrolments[0].pk],
        by=room.officer,
        today=TODAY,
    )
    assert added == 1
    assert panel.cases.count() == 2


def test_a_panel_that_was_held_stays_as_it_was(room):
    panel = called(room, on=TODAY - timedelta(days=3))
    case = panel.cases.first()
    for change in (
        partial(panels.change_panel, panel_id=panel.pk, meeting=meeting()),
        partial(panels.add_pupils, panel_id=panel.pk, enrolments=[room.enrolments[3].pk]),
        partial(panels.move_case, case_id=case.pk, up=False),
        partial(panels.invite, panel_id=panel.pk),
    ):
        with pytest.raises(Refused, match="has been held"):
            change(by=room.officer, today=TODAY)


def test_a_teacher_or_a_colleague_elsewhere_calls_no_panel(room):
    for person in (room.teacher, make_class(1).officer):
        with pytest.raises(Refused):
            panels.call_panel(school=room.school, meeting=meeting(), enrolments=[], by=person)


# --- invitations


def test_each_family_is_invited_once_for_its_own_time(room):
    for one in room.enrolments[:3]:
        factories.RelationshipFactory(pupil=one.pupil)
    panel = called(room, chair=room.officer)
    invite = partial(panels.invite, panel_id=panel.pk, by=room.officer, today=TODAY)
    assert invite().written == 3
    letters = Letter.objects.filter(kind="panel_invitation").order_by("pk")
    assert [letter.details["at"] for letter in letters] == ["09:00", "09:20", "09:40"]
    assert letters[0].details["members"] == [
        f"{room.officer}, Attendance Officer",
        "Ms P. Raman, Deputy Headteacher",
    ]
    assert invite().written == 0
    assert Letter.objects.count() == 3


def test_a_changed_time_drops_the_unsent_letter_and_writes_another(room):
    factories.RelationshipFactory(pupil=room.enrolments[0].pupil)
    panel = called(room, 1)
    panels.invite(panel_id=panel.pk, by=room.officer, today=TODAY)
    panels.change_panel(
        panel_id=panel.pk, meeting=meeting(starts_at=time(10, 0)), by=room.officer, today=TODAY
    )
    assert panels.invite(panel_id=panel.pk, by=room.officer, today=TODAY).written == 1
    old, new = Letter.objects.order_by("pk")
    assert (old.state, new.details["at"]) == ("dropped", "10:00")
    assert "time or place" in old.reason
    assert panel.cases.get().letter == new


def test_taking_a_pupil_off_drops_the_unsent_invitation(room):
    factories.RelationshipFactory(pupil=room.enrolments[0].pupil)
    panel = called(room, 1)
    panels.invite(panel_id=panel.pk, by=room.officer, today=TODAY)
    panels.take_off(case_id=panel.cases.get().pk, by=room.officer)
    assert Letter.objects.get().state == "dropped"


# --- decisions


def test_a_decision_stands_in_the_log_with_its_next_step(room):
    panel = called(room, on=TODAY)
    case = panel.cases.order_by("at").first()
    step = NextStep("Review the plan", date(2025, 10, 10), room.officer)
    decide_case(
        case_id=case.pk,
        decision=Decision("A plan until Christmas.", "Ms Chen", step),
        by=room.officer,
        today=TODAY,
    )
    logged = Intervention.objects.get(panel_case=case)
    assert (logged.kind, logged.done_on, logged.outcome) == (
        "panel",
        TODAY,
        "A plan until Christmas.",
    )
    assert (logged.next_step, logged.next_step_owner) == ("Review the plan", room.officer)
    case.refresh_from_db()
    assert (case.decided_by, case.decision) == (room.officer, "A plan until Christmas.")


def test_a_decision_put_right_is_the_same_entry_of_the_log(room):
    panel = called(room, on=TODAY)
    case = panel.cases.order_by("at").first()
    for words in ("First", "Second"):
        decide_case(case_id=case.pk, decision=Decision(words), by=room.officer, today=TODAY)
    logged = Intervention.objects.get(panel_case=case)
    assert (logged.outcome, logged.changed_by) == ("Second", room.officer)


def test_a_decision_finishes_the_next_steps_that_were_ticked(room):
    panel = called(room, on=TODAY)
    case = panel.cases.order_by("at").first()
    step = factories.InterventionFactory(
        enrolment=case.enrolment, next_step="Invite to a panel", next_step_on=TODAY,
        next_step_owner=room.officer,
    )  # fmt: skip
    other = factories.InterventionFactory(
        enrolment=room.enrolments[3], next_step="Call", next_step_on=TODAY,
        next_step_owner=room.officer,
    )  # fmt: skip
    decide_case(
        case_id=case.pk,
        decision=Decision("A plan", finished=[step.pk, other.pk]),
        by=room.officer,
        today=TODAY,
    )
    step.refresh_from_db()
    other.refresh_from_db()
    assert step.next_step_done_by == room.officer
    assert other.next_step_done_at is None


def test_nothing_is_decided_before_the_day_or_about_who_was_taken_off(room):
    panel = called(room)
    case = panel.cases.first()
    with pytest.raises(Refused, match="26 September"):
        decide_case(case_id=case.pk, decision=Decision("x"), by=room.officer, today=TODAY)
    panels.take_off(case_id=case.pk, by=room.officer)
    with pytest.raises(Refused, match="taken off"):
        decide_case(case_id=case.pk, decision=Decision("x"), by=room.officer, today=ON)


def test_who_is_decided_on_cannot_be_taken_off(room):
    panel = called(room, on=TODAY)
    case = panel.cases.first()
    decide_case(case_id=case.pk, decision=Decision("x"), by=room.officer, today=TODAY)
    with pytest.raises(Refused, match="already"):
        panels.take_off(case_id=case.pk, by=room.officer)


# --- pages


FORM = {
    "on": "2025-09-26",
    "starts_at": "09:00",
    "minutes_each": "20",
    "place": "Room 4",
    "chair": "",
    "members": "",
}


def test_calling_a_panel_on_the_page(client, room):
    client.force_login(room.officer)
    address = reverse("interventions:panel_new", args=[room.school.urn])
    pupils = [room.enrolments[1].pupil_id, room.enrolments[0].pupil_id]
    answer = client.post(address, {**FORM, "pupil": pupils})
    panel = Panel.objects.get()
    assert answer.url == url("panel", panel)
    assert [pk for pk, _ in times(panel)] == [room.enrolments[1].pk, room.enrolments[0].pk]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"on": ""}, "Give the day of the panel"),
        ({"on": "soon"}, "Write the day as a date"),
        ({"on": "2062-09-26"}, "within a year of today"),
        ({"starts_at": "early"}, "Write the time as hours and minutes"),
        ({"minutes_each": "1"}, "5 minutes at least"),
        ({"minutes_each": "x"}, "Write the minutes as a number"),
        ({"place": " "}, "Say where the panel meets"),
        ({"place": "x" * 201}, "200 letters"),
        ({"chair": "99999"}, "Choose a colleague"),
        ({"starts_at": "23:50", "minutes_each": "60"}, "do not fit into the day"),
        ({"pupil": []}, "Tick at least one pupil"),
        ({"pupil": ["99999", "x"]}, "Tick at least one pupil"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, room, wrong, words):
    client.force_login(room.officer)
    address = reverse("interventions:panel_new", args=[room.school.urn])
    pupils = [one.pupil_id for one in room.enrolments[:2]]
    sent = {**FORM, "members": "Mr Osei, Head of Year", "pupil": pupils, **wrong}
    answer = client.post(address, sent)
    page = read_page(answer)
    assert words in page.text
    assert page.field("members").value == "Mr Osei, Head of Year"
    assert len(page.root.xpath("//input[@checked]")) == (0 if "pupil" in wrong else 2)
    assert not Panel.objects.exists()


def test_looking_for_a_pupil_keeps_what_was_typed_and_ticked(client, room):
    client.force_login(room.officer)
    address = reverse("interventions:panel_new", args=[room.school.urn])
    ticked, sought = room.enrolments[0].pupil, room.enrolments[3].pupil
    sent = {**FORM, "pupil": [ticked.pk], "q": sought.surname, "find": "1", "place": "Garden Room"}
    page = read_page(client.post(address, sent))
    assert page.field("place").value == "Garden Room"
    assert page.field("pupil").values == [str(ticked.pk)]
    assert sought.surname in page.text
    assert not page.all_of("div", class_="error-summary")
    part = read_page(client.post(address, sent, headers={"HX-Request": "true"}))
    assert not part.is_whole
    assert sought.surname in part.text


def test_pupils_come_ticked_from_other_pages(client, room):
    client.force_login(room.officer)
    address = reverse("interventions:panel_new", args=[room.school.urn])
    pupil = room.enrolments[2].pupil_id
    page = read_page(client.get(address, {"pupil": [pupil, "nonsense"]}))
    assert page.field("pupil").values == [str(pupil)]


def test_the_watch_list_shows_whose_next_step_is_a_panel(client, room):
    factories.InterventionFactory(
        enrolment=room.enrolments[3], next_step="Invite to the meeting", next_step_on=TODAY,
        next_step_owner=room.officer, next_step_is_panel=True,
    )  # fmt: skip
    factories.InterventionFactory(
        enrolment=room.enrolments[2], next_step="Panel, see the note", next_step_on=TODAY,
        next_step_owner=room.officer, next_step_is_panel=True, is_sensitive=True,
    )  # fmt: skip
    factories.InterventionFactory(
        enrolment=room.enrolments[1], next_step="Ask after the band’s panel show",
        next_step_on=TODAY, next_step_owner=room.officer,
    )  # fmt: skip
    client.force_login(room.officer)
    address = reverse("interventions:panel_new", args=[room.school.urn])
    page = client.get(address, {"show": "watched"}).content.decode()
    assert "Next step: Invite to the meeting, due 15 Sep" in page
    assert "see the note" not in page
    assert "panel show" not in page  # what is near a panel is ticked, not read out of the words


def test_a_school_without_a_calendar_calls_no_panel_and_is_told_why(client):
    officer = factories.AppointmentFactory()
    client.force_login(officer.user)
    page = client.get(reverse("interventions:panel_new", args=[officer.school.urn]))
    assert "no calendar yet" in page.content.decode()


def test_the_page_in_the_room_shows_who_is_next_and_takes_the_decision(client, room):
    panel = called(room, on=TODAY)
    first, second = panel.cases.order_by("at")[:2]
    client.force_login(room.officer)
    page = read_page(client.get(url("panel", panel)))
    assert "0 of 3 decided" in page.text
    assert "Missed 8 of 20 possible sessions, all unauthorised." in page.text
    sent = {
        "decision": "A plan",
        "next_step": "Review",
        "next_step_on": "2025-10-10",
        "next_step_owner": room.officer.pk,
    }
    assert page.all_of("form", action=url("panel_case", panel, case_id=first.pk))
    answer = client.post(url("panel_case", panel, case_id=first.pk), sent, follow=True)
    page = answer.content.decode()
    assert "1 of 3 decided" in page
    assert answer.context["shown"].case == second


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"decision": "  "}, "Say what the panel decided"),
        ({"next_step": "Review"}, "Give the day by which it is due"),
        ({"next_step_on": "2025-10-10"}, "Say what the next step is"),
        (
            {"next_step": "Review", "next_step_on": "2025-09-01", "next_step_owner": "officer"},
            "before the panel itself",
        ),
        ({"next_step": "Review", "next_step_on": "x", "next_step_owner": "1"}, "Write the day"),
        ({"finished": ["12345"]}, None),
    ],
)
def test_a_wrong_decision_keeps_its_words(client, room, wrong, words):
    panel = called(room, on=TODAY)
    case = panel.cases.order_by("at").first()
    client.force_login(room.officer)
    wrong = {k: room.officer.pk if v == "officer" else v for k, v in wrong.items()}
    sent = {"decision": "A plan until Christmas", "with_whom": "Mr Haddad", **wrong}
    answer = client.post(url("panel_case", panel, case_id=case.pk), sent)
    case.refresh_from_db()
    if words is None:
        assert answer.status_code == 302  # a tick that was never offered does nothing
        return
    page = answer.content.decode()
    assert words in page
    assert "Mr Haddad" in page
    assert case.decided_at is None


def test_a_decision_before_the_day_is_refused_in_words(client, room):
    panel = called(room)
    case = panel.cases.first()
    client.force_login(room.officer)
    answer = client.post(url("panel_case", panel, case_id=case.pk), {"decision": "x"})
    assert "26 September" in str(next(iter(get_messages(answer.wsgi_request))))
    assert not Intervention.objects.exists()


def test_sensitive_notes_have_no_words_in_the_room(client, room):
    panel = called(room, on=TODAY)
    factories.InterventionFactory(
        enrolment=room.enrolments[0], is_sensitive=True, note="Quagmire", outcome="Quagmire"
    )
    client.force_login(room.officer)
    page = client.get(url("panel", panel)).content.decode()
    assert "Quagmire" not in page
    assert "1 sensitive note is not shown here" in page


def test_every_button_of_the_order_works_and_another_schools_pupil_is_not_found(client, room):
    panel, other = called(room), called(make_class(2), 2)
    first = panel.cases.order_by("at").first()
    client.force_login(room.officer)
    for name, sent in (
        ("case_move", {"down": "1"}),
        ("case_take_off", {}),
        ("case_put_back", {}),
    ):
        answer = client.post(url(name, panel, case_id=first.pk), sent)
        assert answer.url == url("panel_change", panel)
        assert client.get(url(name, panel, case_id=first.pk)).status_code == 405
        foreign = other.cases.first().pk
        assert client.post(url(name, panel, case_id=foreign), sent).status_code == 404
        assert client.post(url(name, other, case_id=foreign), sent).status_code == 404
    assert client.get(url("panel", other)).status_code == 404
    assert client.get(url("panel_case", panel, case_id=foreign)).status_code == 404


def test_adding_pupils_on_the_page(client, room):
    panel = called(room, 1)
    client.force_login(room.officer)
    address = url("panel_add", panel)
    assert "Tick at least one pupil" in client.post(address, {}).content.decode()
    client.post(address, {"pupil": [room.enrolments[2].pupil_id]})
    assert len(times(panel)) == 2
    page = client.get(address).content.decode()
    assert f"pupil-{room.enrolments[2].pupil_id}" not in page


def test_the_list_has_what_comes_and_what_was(client, room):
    called(room)
    called(room, 2, on=TODAY - timedelta(days=20))
    client.force_login(room.officer)
    page = client.get(reverse("interventions:panels", args=[room.school.urn])).content.decode()
    assert "The next panel is on Friday 26 September" in page
    assert "Held" in page


# --- what a page costs


def big(room):
    """The same school with a panel of everybody, logs and letters."""
    for one in room.enrolments:
        factories.RelationshipFactory(pupil=one.pupil)
        for n in range(5):
            factories.InterventionFactory(enrolment=one, done_on=date(2025, 9, 2 + n))
    panel = called(room, len(room.enrolments), on=TODAY)
    panels.invite(panel_id=panel.pk, by=room.officer, today=TODAY)
    for _ in range(3):
        pack = factories.PackFactory(panel=panel, job__school=room.school, job__action="hold_panel")
        pack.cases.set(panel.cases.all())
    return panel


@pytest.mark.parametrize("pupils", [1, 12])
@pytest.mark.parametrize(
    ("name", "most"), [("panel", 14), ("panel_change", 10), ("panel_add", 15), ("pack_new", 6)]
)
def test_a_page_costs_the_same_for_one_pupil_and_for_twelve(
    client, django_assert_max_num_queries, pupils, name, most
):
    room = make_class(pupils)
    for number in range(pupils):
        marks_of(room, "O" * 8 + "V" * 12, pupil=number)
    panel = big(room)
    client.force_login(room.officer)
    client.get(url(name, panel))
    with django_assert_max_num_queries(most):
        assert client.get(url(name, panel)).status_code == 200


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_and_the_form_cost_the_same_for_one_panel_and_for_twelve(
    client, django_assert_max_num_queries, count
):
    room = make_class(count)
    for _ in range(count):
        called(room, 1)
    client.force_login(room.officer)
    for name, most in (("panels", 6), ("panel_new", 15)):
        with django_assert_max_num_queries(most):
            client.get(reverse(f"interventions:{name}", args=[room.school.urn]))


def test_a_pasted_list_is_ticked_and_a_line_that_means_nobody_is_told(client):
    room = make_class(3)
    for number in range(3):
        marks_of(room, "OO//", pupil=number)
    client.force_login(room.officer)
    page = reverse("interventions:panel_new", args=[room.school.urn])
    pupil = room.enrolments[1].pupil
    sent = {"find": "1", "q": "", "show": "everybody", "pasted": f"{pupil.upn}\nNobody Likethis"}
    answer = client.post(page, sent)
    assert "Line 2, “Nobody Likethis”: nobody is called that" in answer.content.decode()
    assert not answer.context["choice"].candidates.chosen
    answer = client.post(page, sent | {"pasted": pupil.upn})
    assert [one.pupil_id for one in answer.context["choice"].candidates.chosen] == [pupil.pk]
    assert pupil.upn not in str(answer.context["choice"].many["pasted"].value() or "")
    answer = client.post(page, sent | {"pasted": "", "years": ["9"]})
    assert len(answer.context["choice"].candidates.chosen) == 3
