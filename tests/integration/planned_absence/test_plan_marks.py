"""A plan that was changed or withdrawn offers to put right the marks that it made."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from registers.marks.changes import MarkChange, MarkKey
from registers.models import Amendment, Mark
from registers.planned_absence import actions as plan_actions
from registers.planned_absence.plan_marks.actions import (
    MarksMovedError,
    amend_marks_left,
    digest_of,
    marks_left_by,
)
from registers.policies import Refused
from registers.register.actions.bell import fill_plans
from registers.rules.codes import Half
from registers.rules.planned_absence import MORNINGS, Plan
from tests import factories
from tests.factories.classes import amend_mark, make_class

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
BELL = datetime(2026, 11, 24, 8, 50, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TRIP = Plan("visit", "V", TODAY, date(2026, 11, 25), place="Whitby")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_, **__: TODAY)


@pytest.fixture
def trip():
    """Three pupils on a trip whose first morning has been filled in at the bell."""
    room = make_class(3, first=date(2026, 11, 23), days=15)
    done = plan_actions.plan_absence(
        school=room.school,
        enrolments=[one.pk for one in room.enrolments],
        plan=TRIP,
        by=room.officer,
        today=TODAY,
        at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )
    assert fill_plans(now=BELL) == 3
    return room, done.plans[0]


def withdraw(room, plan, **kwargs):
    plan_actions.withdraw_plan(planned=plan, by=room.officer, **kwargs)
    plan.refresh_from_db()


def amend(room, plan, **kwargs):
    left = marks_left_by(plan)
    given = {
        "school": room.school,
        "planned": plan,
        "enrolments": [one.pk for one in room.enrolments],
        "code": "/",
        "reason": "The coach did not come",
        "seen": digest_of(left),
        "by": room.officer,
        "now": timezone.localtime(NOON),
    }
    return amend_marks_left(**given | kwargs)


def make_ill(room):
    """A person has changed the first pupil's mark."""
    key = MarkKey(room.enrolments[0].pk, TODAY, Half.AM)
    amend_mark(change=MarkChange(key, "I", 1, reason="Ill"), by=room.officer, today=TODAY)


def codes() -> list[str]:
    return sorted(Mark.objects.values_list("code", flat=True))


def test_a_plan_in_force_leaves_nothing_to_put_right(trip):
    assert marks_left_by(trip[1]) == []


def test_a_trip_called_off_is_put_right_for_all_or_some_each_an_amendment(trip):
    room, plan = trip
    withdraw(room, plan, whole_batch=True)
    assert len(marks_left_by(plan)) == 3
    amend(room, plan, enrolments=[room.enrolments[0].pk])
    assert codes() == ["/", "V", "V"]
    amend(room, plan)
    assert codes() == ["/", "/", "/"]
    assert set(Amendment.objects.values_list("reason", flat=True)) == {"The coach did not come"}
    assert marks_left_by(plan) == []


def test_one_of_the_trip_who_stays_is_alone(trip):
    room, plan = trip
    withdraw(room, plan)
    assert [one.key.enrolment_id for one in marks_left_by(plan)] == [plan.enrolment_id]


def test_what_another_plan_asks_for_as_well_stays_and_another_code_is_named(trip):
    room, plan = trip
    changed = replace(TRIP, code="P", place="The athletics ground")
    plan_actions.change_plan(planned=plan, plan=changed, by=room.officer, today=TODAY)
    plan.refresh_from_db()
    assert [one.replaced_by for one in marks_left_by(plan)] == ["P"]
    second = plan_actions.plan_absence(
        school=room.school, enrolments=[plan.enrolment_id], plan=TRIP, by=room.officer, today=TODAY
    )
    assert marks_left_by(plan) == []
    withdraw(room, second.plans[0])
    assert len(marks_left_by(plan)) == 1


def test_a_plan_that_lost_its_mornings_leaves_the_morning(trip):
    room, plan = trip
    afternoons = replace(TRIP, slots=TRIP.slots & ~MORNINGS)
    plan_actions.change_plan(
        planned=plan, plan=afternoons, whole_batch=True, by=room.officer, today=TODAY
    )
    plan.refresh_from_db()
    assert [one.key.half for one in marks_left_by(plan)] == [Half.AM] * 3


def test_a_mark_that_a_person_made_or_changed_is_not_the_plans(trip):
    room, plan = trip
    make_ill(room)
    withdraw(room, plan, whole_batch=True)
    assert {one.key.enrolment_id for one in marks_left_by(plan)} == {
        one.pk for one in room.enrolments[1:]
    }


def test_what_was_shown_is_what_is_changed(trip):
    room, plan = trip
    withdraw(room, plan, whole_batch=True)
    seen = digest_of(marks_left_by(plan))
    make_ill(room)
    with pytest.raises(MarksMovedError):
        amend(room, plan, seen=seen)
    assert codes() == ["I", "V", "V"]


def test_nobody_ticked_and_nobody_else_may(trip):
    room, plan = trip
    withdraw(room, plan, whole_batch=True)
    with pytest.raises(Refused):
        amend(room, plan, enrolments=[])
    with pytest.raises(Refused):
        amend(room, plan, by=factories.AppointmentFactory().user)
    assert codes() == ["V", "V", "V"]


def url(name, room, plan):
    return reverse(f"registers:{name}", kwargs={"urn": room.school.urn, "planned_id": plan.pk})


def test_withdrawing_in_the_browser_leads_to_the_marks_and_back(client, trip, monkeypatch):
    room, plan = trip
    monkeypatch.setattr(timezone, "localtime", lambda *_, **__: NOON)
    client.force_login(room.officer)
    pressed = client.post(url("planned_withdraw", room, plan), {"whole_batch": "on"})
    assert pressed.url == url("planned_marks", room, plan)
    form = client.get(pressed.url).context["form"]
    assert len(form.fields["pupils"].choices) == 3
    sent = {"pupils": form.initial["pupils"], "seen": form.initial["seen"], "reason": "Called off"}
    refused = client.post(pressed.url, sent)
    assert refused.context["form"].errors["code"] == ["Choose a code"]
    done = client.post(pressed.url, sent | {"code": "/"}, follow=True)
    assert codes() == ["/", "/", "/"]
    assert "3 marks changed to /" in done.text
    assert client.get(pressed.url).url == url("planned_edit", room, plan)


@pytest.mark.parametrize("pupils", [2, 12])
def test_the_page_asks_as_much_for_many_as_for_few(client, pupils, django_assert_max_num_queries):
    room = make_class(pupils, first=date(2026, 11, 23), days=15)
    plan = plan_actions.plan_absence(
        school=room.school,
        enrolments=[one.pk for one in room.enrolments],
        plan=TRIP,
        by=room.officer,
        today=TODAY,
    ).plans[0]
    fill_plans(now=BELL)
    withdraw(room, plan, whole_batch=True)
    client.force_login(room.officer)
    with django_assert_max_num_queries(8):
        assert client.get(url("planned_marks", room, plan)).status_code == 200
