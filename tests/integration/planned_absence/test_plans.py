"""Planned absences: made, changed and withdrawn, and what a register is told of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registers.marks.changes import MarkChange, MarkKey
from registers.marks.plans_in_force import planned_marks
from registers.models import Mark, Paper, PlannedAbsence
from registers.planned_absence import actions
from registers.policies import Refused
from registers.rules.planned_absence import AFTERNOONS, Plan
from tests import factories
from tests.factories.classes import amend_mark, make_class
from tests.html_page import read_page

MARKUP = "<script>alert(1)</script>"
pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
TODAY = date(2026, 11, 24)
SIXTY_LETTERS = "Maximiliana-Oluwaseun-Konstantinopolita-Fernandez-Villarreal"
LEAVE = Plan("leave", "M", TODAY, date(2026, 11, 25), agreed_with="Ms Meiling Chen")
TRIP = Plan("visit", "V", date(2026, 11, 26), date(2026, 11, 26), place="Whitby")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


def room_of(pupils: int = 3):
    return make_class(pupils, first=MONDAY, days=15)


def plan_for(room, plan=LEAVE, pupils=(0,), **kwargs):
    return actions.plan_absence(
        school=room.school,
        enrolments=[room.enrolments[n].pk for n in pupils],
        plan=plan,
        by=room.officer,
        today=TODAY,
        **kwargs,
    )


# --- the query that registers are filled from


def test_the_plan_in_force_is_found_for_each_pupil_in_one_statement(django_assert_num_queries):
    room = room_of()
    mine = plan_for(room).plans[0]
    plan_for(room, replace(LEAVE, until_on=TODAY, slots=AFTERNOONS), pupils=(1,))
    ours = [one.pk for one in room.enrolments]
    with django_assert_num_queries(1):
        found = planned_marks(ours, TODAY, 0)
    assert found == {ours[0]: mine}
    assert set(planned_marks(ours, TODAY, 1)) == set(ours[:2])
    assert set(planned_marks(ours, date(2026, 11, 25), 1)) == {ours[0]}
    assert planned_marks(ours, date(2026, 11, 26), 0) == {}


@pytest.mark.parametrize(
    ("enrolled", "on"), [(False, TODAY), (True, date(2026, 11, 28)), (True, date(2026, 11, 29))]
)
def test_nobody_or_a_weekend_asks_nothing(enrolled, on, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert planned_marks([1] if enrolled else [], on, 0) == {}


def test_of_two_plans_the_one_made_last_wins_and_what_was_withdrawn_is_out():
    room = room_of()
    early = datetime(2026, 11, 20, 9, tzinfo=UTC)
    later = plan_for(room, replace(LEAVE, code="I")).plans[0]
    earlier = plan_for(room, at=early).plans[0]
    key = later.enrolment_id
    assert planned_marks([key], TODAY, 0)[key] == later
    actions.withdraw_plan(planned=later, by=room.officer)
    assert planned_marks([key], TODAY, 0)[key] == earlier
    actions.withdraw_plan(planned=earlier, by=room.officer)
    assert planned_marks([key], TODAY, 0) == {}


# --- the actions


def test_a_plan_for_a_group_is_a_row_for_each_pupil_with_one_batch():
    room = room_of()
    done = plan_for(room, TRIP, pupils=(0, 1, 2))
    assert len({one.batch for one in done.plans}) == 1
    assert done.plans[0].batch is not None
    assert done.sessions == 2
    assert plan_for(room).plans[0].batch is None
    assert not Mark.objects.exists()


def test_marks_and_older_plans_are_told_and_left_alone():
    room = room_of()
    write_mark(room, code="/", on=TODAY, half=0)
    plan_for(room, replace(LEAVE, slots=0b100))
    done = plan_for(room)
    assert (done.already_marked, done.overlapping) == (1, 1)
    assert Mark.objects.get().code_id == "/"


def write_mark(room, *, code, on, half, pupil=0):
    key = MarkKey(room.enrolments[pupil].pk, on, half)
    amend_mark(change=MarkChange(key, code, 0, reason="As seen"), by=room.officer, today=TODAY)


@pytest.mark.parametrize(("pupils", "field"), [([], "pupils"), (["another school"], "pupils")])
def test_nobody_and_somebody_elses_pupil_are_refused(pupils, field):
    room = room_of()
    strangers = [factories.EnrolmentFactory().pk for _ in pupils]
    with pytest.raises(actions.WrongPlan) as wrong:
        actions.plan_absence(
            school=room.school, enrolments=strangers, plan=LEAVE, by=room.officer, today=TODAY
        )
    assert field in wrong.value.fields
    assert not PlannedAbsence.objects.exists()


def test_a_wrong_plan_is_refused_with_every_reason_and_every_pupil():
    room = room_of()
    child = room.enrolments[1].pupil
    child.born_on = date(2022, 3, 4)
    child.save()
    plan = Plan("part_time", "C2", TODAY, date(2026, 12, 4))
    with pytest.raises(actions.WrongPlan) as wrong:
        plan_for(room, plan, pupils=(0, 1))
    assert set(wrong.value.fields) == {"agreed_with", "agreed_on", "review_on"}
    assert set(wrong.value.pupils) == {room.enrolments[1].pk}
    assert not PlannedAbsence.objects.exists()


def test_days_on_which_the_school_does_not_meet_are_refused():
    room = room_of()
    room.year.sessions.filter(date=date(2026, 11, 26)).update(is_open=False, closed_because="Poll")
    with pytest.raises(actions.WrongPlan) as wrong:
        plan_for(room, TRIP)
    assert "holds none of these sessions" in wrong.value.fields["slots"]


def test_beyond_the_calendar_a_plan_waits_for_it():
    room = room_of()
    far = replace(TRIP, from_on=date(2027, 3, 1), until_on=date(2027, 3, 5))
    assert plan_for(room, far).sessions == 0


@pytest.mark.parametrize("role", ["teacher", "trust_leader"])
def test_who_may_not_plan_cannot_by_the_action_either(role):
    room = room_of()
    person = factories.AppointmentFactory(school=room.school, role=role).user
    planned = plan_for(room).plans[0]
    with pytest.raises(Refused):
        actions.plan_absence(
            school=room.school,
            enrolments=[room.enrolments[0].pk],
            plan=LEAVE,
            by=person,
            today=TODAY,
        )
    with pytest.raises(Refused):
        actions.withdraw_plan(planned=planned, by=person)
    with pytest.raises(Refused):
        actions.change_plan(planned=planned, plan=LEAVE, by=person, today=TODAY)


def test_a_change_takes_the_place_of_the_plan_and_keeps_it_to_be_seen():
    room = room_of()
    old = plan_for(room).plans[0]
    other = factories.AppointmentFactory(school=room.school, role="office").user
    new = actions.change_plan(
        planned=old, plan=replace(LEAVE, code="I"), by=other, today=TODAY
    ).plans[0]
    old.refresh_from_db()
    assert (old.withdrawn_by, old.withdrawn_at) == (other, new.made_at)
    assert (old.code_id, new.code_id) == ("M", "I")
    assert PlannedAbsence.objects.count() == 2


def test_what_was_replaced_cannot_be_changed_or_withdrawn_again():
    room = room_of()
    old = plan_for(room).plans[0]
    actions.change_plan(planned=old, plan=LEAVE, by=room.officer, today=TODAY)
    with pytest.raises(actions.WrongPlan, match="while you were looking"):
        actions.change_plan(planned=old, plan=LEAVE, by=room.officer, today=TODAY)
    with pytest.raises(actions.WrongPlan, match="while you were looking"):
        actions.withdraw_plan(planned=old, by=room.officer)


def test_a_trip_is_changed_for_one_or_for_all_and_withdrawn_likewise():
    room = room_of()
    first = plan_for(room, TRIP, pupils=(0, 1, 2)).plans[0]
    one = actions.change_plan(planned=first, plan=LEAVE, by=room.officer, today=TODAY)
    assert [plan.batch for plan in one.plans] == [None]
    second = PlannedAbsence.objects.get(enrolment=room.enrolments[1])
    later = replace(TRIP, until_on=date(2026, 11, 27))
    rest = actions.change_plan(
        planned=second, plan=later, whole_batch=True, by=room.officer, today=TODAY
    )
    assert {plan.enrolment_id for plan in rest.plans} == {
        room.enrolments[1].pk,
        room.enrolments[2].pk,
    }
    assert actions.withdraw_plan(planned=rest.plans[0], whole_batch=True, by=room.officer) == 2
    assert PlannedAbsence.objects.filter(withdrawn_at__isnull=True).count() == 1


# --- the pages


def url(name, room, **kwargs):
    return reverse(f"registers:{name}", kwargs={"urn": room.school.urn, **kwargs})


def typed(**changed):
    return {
        "kind": "leave",
        "code": "M",
        "from_on": "2026-11-24",
        "until_on": "2026-11-25",
        "slots": [str(number) for number in range(10)],
        "agreed_with": "Ms Meiling Chen",
        "note": "Operation on the knee",
        **changed,
    }


def test_one_pupil_gets_a_plan_and_sees_what_stands_already(client):
    room = room_of()
    write_mark(room, code="/", on=TODAY, half=0)
    client.force_login(room.officer)
    pupil = room.enrolments[0].pupil
    address = f"{url('planned_new', room)}?pupil={pupil.pk}"
    assert client.get(address).status_code == 200
    response = client.post(address, typed(), follow=True)
    plan = PlannedAbsence.objects.get()
    assert response.redirect_chain[0][0] == url("planned_edit", room, planned_id=plan.pk)
    assert plan.made_by == room.officer
    text = " ".join(response.text.split())
    assert "Planned for" in text
    assert "4 sessions" in text
    assert "1 session of these stands in the register already" in text
    assert "not as planned" in text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"until_on": ""}, "Give the last day"),
        ({"until_on": "nonsense"}, "Write the day as a date"),
        ({"until_on": "2026-11-23", "from_on": "2026-11-23"}, "These days are over"),
        ({"slots": []}, "Tick at least one session"),
        ({"code": ""}, "Choose a code"),
        ({"code": "V"}, "This code is for another kind of absence"),
        ({"code": "G"}, "This code is for another kind of absence"),
        ({"kind": "holiday"}, "Select a valid choice"),
        ({"agreed_with": ""}, "Name the person who asked for the leave"),
        ({"code": "C", "note": ""}, "Say what the exceptional circumstance is"),
        ({"note": "x" * 501}, "at most 500 characters"),
        ({"from_on": "2026-12-24", "until_on": "2026-12-24"}, ""),  # beyond this calendar
    ],
)
def test_what_is_wrong_is_shown_and_all_that_was_typed_is_kept(client, changed, words):
    room = room_of()
    client.force_login(room.officer)
    address = f"{url('planned_new', room)}?pupil={room.enrolments[0].pupil_id}"
    sent = typed(place="Kept though hidden", **changed)
    response = client.post(address, sent)
    if not words:
        assert response.status_code == 302
        return
    assert response.status_code == 200
    assert words in response.text
    assert "Error: " in response.text
    assert not PlannedAbsence.objects.exists()
    for field in ("place", "note", "agreed_with"):
        assert sent[field] in response.text


def test_another_kind_brings_its_fields_and_keeps_what_was_typed(client):
    room = room_of()
    client.force_login(room.officer)
    address = f"{url('planned_new', room)}?pupil={room.enrolments[0].pupil_id}"
    sent = typed(kind="part_time", choose="1", slots=["1", "3"], until_on="")
    response = client.post(address, sent)
    assert not PlannedAbsence.objects.exists()
    assert "Error: " not in response.text
    form = response.context["form"]
    assert [symbol for symbol, _ in form.fields["code"].choices] == ["C2", "X"]
    assert form["slots"].value() == ["1", "3"]
    assert form["note"].value() == "Operation on the knee"
    assert "Review on" in response.text


def test_a_group_or_a_part_of_it_is_planned_for(client):
    room = room_of(4)
    client.force_login(room.officer)
    address = f"{url('planned_new', room)}?group={room.group.pk}"
    page = client.get(address)
    assert page.text.count('name="pupils"') == 4
    ticked = [str(one.pk) for one in room.enrolments[:3]]
    sent = typed(kind="visit", code="V", place="Whitby", pupils=ticked)
    response = client.post(address, sent, follow=True)
    assert "Planned for 3 pupils" in response.text
    batch = PlannedAbsence.objects.values_list("batch", flat=True).distinct().get()
    assert response.redirect_chain[0][0] == f"{url('planned', room)}?batch={batch}"
    whole = client.get(url("planned", room))
    assert len(whole.context["lines"]) == 1
    assert whole.context["lines"][0].pupils == 3


def test_who_cannot_have_it_is_named_in_the_list_of_the_group(client):
    room = room_of(3)
    child = room.enrolments[1].pupil
    child.born_on = date(2022, 3, 4)
    child.save()
    client.force_login(room.officer)
    sent = typed(
        kind="part_time",
        code="C2",
        agreed_on="2026-11-20",
        review_on="2026-11-25",
        pupils=[str(one.pk) for one in room.enrolments],
    )
    response = client.post(f"{url('planned_new', room)}?group={room.group.pk}", sent)
    assert "This cannot be for one pupil" in response.text
    assert "is of compulsory school age from" in response.text
    assert not PlannedAbsence.objects.exists()


def test_no_pupil_ticked_is_asked_for(client):
    room = room_of(2)
    client.force_login(room.officer)
    response = client.post(f"{url('planned_new', room)}?group={room.group.pk}", typed())
    assert "Tick at least one pupil" in response.text
    assert not PlannedAbsence.objects.exists()


def test_who_has_left_and_an_empty_group_lead_back(client):
    room = room_of(1)
    gone = room.enrolments[0]
    gone.leaves_on = MONDAY
    gone.save()
    client.force_login(room.officer)
    text = client.get(f"{url('planned_new', room)}?pupil={gone.pupil_id}").text
    assert "has left the roll" in text
    text = client.get(f"{url('planned_new', room)}?group={room.group.pk}").text
    assert "Nobody is in" in text


@pytest.mark.parametrize("query", ["pupil=999999", "group=999999"])
def test_a_pupil_or_group_of_another_school_is_not_found(client, query):
    room = room_of(1)
    client.force_login(room.officer)
    assert client.get(f"{url('planned_new', room)}?{query}").status_code == 404


@pytest.mark.parametrize("query", ["", "?pupil=abc", "?q=Oka", "?q=%00", "?q=" + "x" * 300])
def test_the_choice_of_a_pupil_or_group(client, query):
    room = room_of(2)
    client.force_login(room.officer)
    response = client.get(url("planned_new", room) + query)
    assert response.status_code == 200
    assert room.group.name in response.text
    if query == "?q=Oka":
        assert response.text.count("?pupil=") == 2


def test_a_plan_is_changed_and_withdrawn_in_the_browser(client):
    room = room_of(2)
    client.force_login(room.officer)
    old = plan_for(room, TRIP, pupils=(0, 1)).plans[0]
    address = url("planned_edit", room, planned_id=old.pk)
    assert "For the 1 other of this plan as well" in client.get(address).text
    sent = typed(
        kind="visit",
        code="V",
        from_on="2026-11-26",
        until_on="2026-11-27",
        place="Scarborough",
        whole_batch="on",
    )
    assert client.post(address, sent).status_code == 302
    assert PlannedAbsence.objects.filter(place="Scarborough").count() == 2
    text = client.get(address).text
    assert "The plan that took its place" in text
    new = PlannedAbsence.objects.filter(place="Scarborough").first()
    response = client.post(
        url("planned_withdraw", room, planned_id=new.pk), {"whole_batch": "on"}, follow=True
    )
    assert "Withdrawn for 2 pupils" in response.text
    response = client.post(url("planned_withdraw", room, planned_id=new.pk), follow=True)
    assert "while you were looking" in response.text
    assert PlannedAbsence.objects.count() == 4


def test_a_wrong_change_keeps_what_was_typed_and_the_plan(client):
    room = room_of(1)
    client.force_login(room.officer)
    old = plan_for(room).plans[0]
    sent = typed(until_on="2026-11-20", note="A new reason")
    response = client.post(url("planned_edit", room, planned_id=old.pk), sent)
    assert "before the first" in response.text
    assert "A new reason" in response.text
    old.refresh_from_db()
    assert old.withdrawn_at is None


def test_the_list_has_each_plan_under_its_days(client):
    room = room_of(6)
    client.force_login(room.officer)
    day = timedelta(days=1)
    plan_for(room, pupils=(0,))
    plan_for(room, TRIP, pupils=(1,))
    gone = plan_for(room, pupils=(2,)).plans[0]
    actions.withdraw_plan(planned=gone, by=room.officer)
    over = plan_for(room, pupils=(3,)).plans[0]
    PlannedAbsence.objects.filter(pk=over.pk).update(from_on=MONDAY - day, until_on=MONDAY)
    wednesday = replace(LEAVE, slots=0b110000)
    plan_for(room, wednesday, pupils=(4,))
    reviewed = plan_for(room, pupils=(5,)).plans[0]
    PlannedAbsence.objects.filter(pk=reviewed.pk).update(review_on=TODAY)

    def shown(when):
        lines = client.get(url("planned", room), {"when": when}).context["lines"]
        return sorted(room.enrolments.index(line.plan.enrolment) for line in lines)

    assert shown("") == [0, 1, 4, 5]
    assert shown("today") == [0, 5]
    assert shown("coming") == [1]
    assert shown("past") == [3]
    assert shown("withdrawn") == [2]
    assert shown("reviews") == [5]
    text = read_page(client.get(url("planned", room))).text
    assert "2 pupils have an absence planned" in text
    assert "1 review is due" in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"when": "never"}, "The list has no “never”"),
        ({"kind": "holiday"}, "The list has no “holiday”"),
        ({"group": "0"}, "The list has no “0”"),
        ({"batch": "nonsense"}, ""),
        ({"page": "999"}, ""),
        ({"q": "nobody at all"}, "No plan is like that"),
    ],
)
def test_an_address_that_was_tampered_with_says_what_is_wrong(client, asked, said):
    room = room_of(1)
    plan_for(room)
    client.force_login(room.officer)
    response = client.get(url("planned", room), asked)
    assert response.status_code == 200
    assert said in response.text


def test_the_list_is_narrowed_by_name_kind_and_group(client):
    room = room_of(2)
    client.force_login(room.officer)
    plan_for(room)
    plan_for(room, TRIP, pupils=(1,))

    def count(**asked):
        return len(client.get(url("planned", room), asked).context["lines"])

    assert count(q=room.enrolments[1].pupil.surname) == 1
    assert count(kind="visit") == 1
    assert count(kind="dual") == 0
    assert count(group=room.group.pk) == 2


def test_a_school_without_plans_says_what_they_are_for(client):
    room = room_of(1)
    client.force_login(room.officer)
    assert "No absence was ever planned here" in client.get(url("planned", room)).text
    assert "Nothing to complete" in client.get(url("papers", room)).text


def test_names_of_any_length_and_script_are_kept_apart(client):
    room = room_of(2)
    for enrolment, surname in zip(room.enrolments, (SIXTY_LETTERS, "الحداد"), strict=True):
        enrolment.pupil.surname = surname
        enrolment.pupil.save()
    client.force_login(room.officer)
    plan_for(room)
    plan_for(room, pupils=(1,))
    listed = read_page(client.get(url("planned", room))).names_apart
    assert {f"{SIXTY_LETTERS}, Siyuan", "الحداد, Siyuan"} <= set(listed)
    group = client.get(f"{url('planned_new', room)}?group={room.group.pk}")
    assert "Siyuan الحداد" in read_page(group).names_apart


def test_a_name_with_markup_is_text(client):
    room = room_of(1)
    room.enrolments[0].pupil.surname = MARKUP
    room.enrolments[0].pupil.save()
    plan_for(room)
    client.force_login(room.officer)
    for address in (
        url("planned", room),
        f"{url('planned_new', room)}?group={room.group.pk}",
        url("planned_edit", room, planned_id=PlannedAbsence.objects.get().pk),
    ):
        assert MARKUP in read_page(client.get(address)).text


# --- a plan that begins today


@pytest.mark.parametrize(
    ("hour", "minute", "ended"),
    [(8, 0, []), (9, 14, []), (9, 15, [0]), (13, 44, [0]), (14, 0, [0, 1])],
)
def test_a_plan_that_begins_today_says_what_becomes_of_todays_registers(
    client, monkeypatch, hour, minute, ended
):
    room = room_of(2)
    now = datetime(2026, 11, 24, hour, minute, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    done = plan_for(room, pupils=(0, 1))
    assert done.ended_today == 2 * len(ended)
    client.force_login(room.officer)
    text = client.get(url("planned_edit", room, planned_id=done.plans[0].pk)).text
    for half, words in enumerate(("This morning’s", "This afternoon’s")):
        assert (f"{words} register has ended without a mark" in text) is (half in ended)
        assert (f"{words} register has no mark yet" in text) is (half not in ended)


def test_what_is_marked_and_what_is_not_held_today_is_not_told(client, monkeypatch):
    room = room_of(1)
    write_mark(room, code="I", on=TODAY, half=0)
    room.year.sessions.filter(date=TODAY, half=1).update(is_open=False, closed_because="Snow")
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 24, 18, tzinfo=UTC))
    done = plan_for(room)
    assert (done.already_marked, done.ended_today) == (1, 0)
    client.force_login(room.officer)
    text = client.get(url("planned_edit", room, planned_id=done.plans[0].pk)).text
    assert "has ended without a mark" not in text
    assert "has no mark yet" not in text


# --- papers


def test_papers_are_completed_and_put_back_by_name(client):
    room = room_of(2)
    papers = [
        factories.PaperFactory(enrolment=one, academic_year=room.year) for one in room.enrolments
    ]
    stranger = factories.PaperFactory()
    client.force_login(room.officer)
    assert "2 papers" in client.get(url("papers", room)).text
    ticked = {"paper": [papers[0].pk, stranger.pk, "nonsense"]}
    response = client.post(url("papers", room), ticked, follow=True)
    assert "1 paper noted as held" in response.text
    done = Paper.objects.get(completed_at__isnull=False)
    assert (done, done.completed_by) == (papers[0], room.officer)
    page = client.get(url("papers", room), {"state": "complete"})
    assert room.officer.name in page.text
    client.post(url("papers", room), {"paper": [papers[0].pk], "reopen": "1"})
    assert not Paper.objects.filter(completed_at__isnull=False).exists()
    response = client.post(url("papers", room), follow=True)
    assert "Tick the papers first" in response.text


# --- statements


def statements(client, address) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize(
    ("name", "most"),
    [("planned", 9), ("planned_new", 5), ("group", 5), ("edit", 11), ("papers", 6)],
)
def test_a_page_takes_as_many_statements_for_few_as_for_many(client, name, most):
    counts = []
    for pupils in (2, 45):
        room = room_of(pupils)
        for number in range(pupils):
            plan_for(room, pupils=(number,))
            factories.PaperFactory(enrolment=room.enrolments[number], academic_year=room.year)
        plan_for(room, TRIP, pupils=range(pupils))
        client.force_login(room.officer)
        address = {
            "planned": url("planned", room),
            "planned_new": f"{url('planned_new', room)}?q=Oka",
            "group": f"{url('planned_new', room)}?group={room.group.pk}",
            "edit": url("planned_edit", room, planned_id=PlannedAbsence.objects.last().pk),
            "papers": url("papers", room),
        }[name]
        counts.append(statements(client, address))
    assert counts[0] == counts[1] <= most


def test_a_trip_of_fifty_is_planned_in_as_many_statements_as_one_of_two():
    counts = []
    for pupils in (2, 50):
        room = room_of(pupils)
        with CaptureQueriesContext(connection) as found:
            plan_for(room, TRIP, pupils=range(pupils))
        counts.append(len(found))
    assert counts[0] == counts[1]
