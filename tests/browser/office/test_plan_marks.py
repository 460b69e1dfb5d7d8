"""A trip is called off after its first morning, in Chromium: withdrawn, its marks put right."""

from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from registers.models import Mark
from registers.planned_absence.actions import plan_absence
from registers.register.actions.bell import fill_plans
from registers.rules.planned_absence import Plan
from tests.browser.axe import axe_finds_nothing
from tests.browser.rooms import sign_in
from tests.factories.classes import make_class


def test_the_marks_of_a_withdrawn_trip_are_put_right(page: Page, racing_db, live_server):
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 7)
    room = make_class(4, first=monday, days=20)
    room.url = live_server.url
    trip = plan_absence(
        school=room.school,
        enrolments=[one.pk for one in room.enrolments],
        plan=Plan("visit", "V", monday, monday + timedelta(days=17), place="Whitby"),
        by=room.officer,
        today=monday,
    ).plans[0]
    assert fill_plans(now=timezone.make_aware(datetime.combine(monday, time(8, 50)))) == 4
    sign_in(page, room, room.officer)
    kwargs = {"urn": room.school.urn, "planned_id": trip.pk}
    page.goto(room.url + reverse("registers:planned_edit", kwargs=kwargs))
    page.get_by_label("For the 3 other pupils as well").last.check()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Marks that the plan made")
    axe_finds_nothing(page)
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_label("New code").select_option("/")
    page.get_by_label("Why are these marks changing?").fill("The coach did not come")
    page.get_by_role("button", name="Change these marks").click()
    expect(page.get_by_text("3 marks changed to /")).to_be_visible()
    assert sorted(Mark.objects.values_list("code", flat=True)) == ["/", "/", "/", "V"]
