"""A snow day done and undone, and a trip of year 8 in one form, in Chromium."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from registers import tasks
from registers.marks.changes import MarkChange, MarkKey
from registers.marks.verify import broken_seals
from registers.models import Closure, Mark, PlannedAbsence
from tests import factories
from tests.browser.axe import axe_finds_nothing
from tests.browser.rooms import sign_in
from tests.factories.classes import amend_mark

PICTURES = os.environ.get("CLOSURES_PICTURES")


def look(page: Page, name: str) -> None:
    if PICTURES:
        for width, height in ((1280, 800), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})


def codes() -> list[str]:
    return sorted(Mark.objects.values_list("code_id", flat=True))


@pytest.fixture
def office(page: Page, room) -> Page:
    room.year.ends_on = max(room.today + timedelta(days=7), room.year.ends_on)
    room.year.save()
    sign_in(page, room, room.officer)
    return page


def test_a_snow_day_done_and_undone(office: Page, room):
    page = office
    told = MarkChange(MarkKey(room.enrolments[0].pk, room.today, 0), "I", 0, reason="Told")
    amend_mark(change=told, by=room.officer)
    page.goto(f"{room.url}/schools/{room.school.urn}/closures/")
    look(page, "none-yet")
    page.get_by_role("link", name="Close the school or some of it").click()
    look(page, "asked")
    page.get_by_label("Snow or ice").check()
    page.get_by_role("button", name="Look at what it does").click()
    expect(page.get_by_role("heading", name="Look before it is done")).to_be_visible()
    axe_finds_nothing(page)
    look(page, "looked-at")
    page.get_by_role("button", name="Close and write 4 marks").click()
    expect(page.get_by_text("Waits for a worker")).to_be_visible()
    closure = Closure.objects.get()
    tasks.write_closure(str(closure.job_id))
    expect(page.get_by_text("4 marks of Y4 written.")).to_be_visible()
    page.reload()
    axe_finds_nothing(page)
    look(page, "done")
    assert codes() == ["Y4"] * 4
    page.goto(room.path)
    expect(page.get_by_text("Closed: Snow or ice")).to_be_visible()
    look(page, "register-closed")
    page.goto(f"{room.url}/schools/{room.school.urn}/today/")
    expect(page.get_by_text("Morning: closed (Snow or ice)")).to_be_visible()
    look(page, "today-closed")
    page.goto(f"{room.url}/schools/{room.school.urn}/closures/")
    expect(page.get_by_role("row")).to_have_count(2)
    look(page, "one-line")
    page.get_by_role("row").nth(1).get_by_role("link").click()
    page.get_by_role("button", name="Undo this closure").click()
    expect(page.get_by_text("Undone: Snow or ice")).to_be_visible()
    closure.refresh_from_db()
    tasks.undo_closure(str(closure.job_id))
    expect(page.get_by_text("4 marks put back as before.")).to_be_visible()
    look(page, "undone")
    assert codes() == ["I"]
    assert list(broken_seals(room.school)) == []


def test_a_trip_of_year_8_in_one_form(office: Page, room):
    page = office
    for enrolment in room.enrolments:
        enrolment.years.update(year_group="8")
    monday = room.today + timedelta(days=7 - room.today.weekday())
    factories.SessionFactory(academic_year=room.year, date=monday)
    page.goto(f"{room.url}/schools/{room.school.urn}/planned-absences/new/")
    page.get_by_role("link", name="Year groups, several groups or a pasted list").click()
    page.get_by_label("Year 8", exact=True).check()
    page.get_by_label("All but these").fill("Nobody Likethis")
    page.get_by_label("First day").fill(str(monday))
    page.get_by_label("Last day").fill(str(monday))
    page.get_by_label("Code", exact=True).select_option("V")
    page.get_by_label("Place", exact=True).fill("Ellerwick Castle")
    axe_finds_nothing(page)
    page.get_by_role("button", name="Plan the absence").click()
    told = page.get_by_role("link", name="Line 1, “Nobody Likethis”: nobody is called that")
    expect(told).to_be_visible()
    expect(page.get_by_label("Year 8", exact=True)).to_be_checked()
    look(page, "trip-line-not-found")
    stays = room.enrolments[0].pupil
    page.get_by_label("All but these").fill(f"{stays.surname}, {stays.forename}")
    page.get_by_role("button", name="Plan the absence").click()
    expect(page.get_by_text("Planned for 3 pupils")).to_be_visible()
    look(page, "trip-planned")
    assert PlannedAbsence.objects.filter(code="V").count() == 3
    assert not PlannedAbsence.objects.filter(enrolment=room.enrolments[0]).exists()
