"""From nothing to a first register, with a pupil list, a workbook of contacts and a grid of marks.

The jobs are done as their presses are sent; how a page moves forward while a worker is at it is
seen on the real stack (`test_story.py`). MOVING_IN_PICTURES=folder keeps a picture of each page.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from registers import tasks
from registers.exchange.pages import actions as pages_actions
from registers.models import Enrolment, Mark, Relationship, School, User
from registers.web.jobs import actions as jobs_actions
from tests import factories
from tests.browser.axe import axe_finds_nothing
from tests.browser.moving_in import files

PICTURES = os.environ.get("MOVING_IN_PICTURES")
NOW = datetime(2029, 10, 9, 7, 50, tzinfo=UTC)  # 08:50: the morning register is open


@pytest.fixture
def school(racing_db, live_server, monkeypatch) -> Iterator[School]:
    """Only its row and its administrator are there; a worker does a job at once."""
    doing = {pages_actions.CHECK: tasks.check_import, pages_actions.BRING_IN: tasks.bring_in}
    monkeypatch.setattr(jobs_actions, "_send", lambda job: doing[job.kind](str(job.pk)))
    with time_machine.travel(NOW):
        school = School.objects.create(urn="999018", name="Nether Ellerwick School")
        factories.AppointmentFactory(
            school=school, role="administrator", position="", user__name="Jo Ferreira"
        )
        school.url = live_server.url
        yield school


@pytest.fixture
def administrator(browser: Browser, school) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="en-GB", base_url=school.url
    )
    client = Client()
    client.force_login(User.objects.get())
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": school.url}])
    page = context.new_page()
    page.clock.install(time=NOW)
    page.set_default_timeout(30_000)
    yield page
    context.close()


def look(page: Page, name: str) -> None:
    if not PICTURES:
        return
    for width, height in ((1280, 800), (820, 1180), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})


def address(school: School, path: str) -> str:
    return f"/schools/{school.urn}/{path}"


def plan_the_calendar(page: Page, school: School) -> None:
    page.goto(address(school, "set-up/calendar/new/"))
    rows = page.locator(".rows-terms .setup-row")
    for number, (first, last) in enumerate(files.HALF_TERMS):
        rows.nth(number).get_by_label("First day").fill(str(first))
        rows.nth(number).get_by_label("Last day").fill(str(last))
    page.get_by_role("button", name="Check").first.click()
    page.get_by_role("button", name="Save 2029/30").click()


def choose(page: Page, school: School, *paths: Path) -> None:
    page.goto(address(school, "set-up/imports/new/"))
    page.locator("input[type=file]").set_input_files(paths)
    page.get_by_role("button", name="Look at these files").click()


def heading(page: Page):
    return page.get_by_role("heading", level=1)


@pytest.mark.slow
def test_from_nothing_to_a_first_register(administrator: Page, school, tmp_path):
    page = administrator
    plan_the_calendar(page, school)
    paths = [write(tmp_path) for write in (files.write_pupils, files.write_contacts)]
    page.goto(address(school, "set-up/imports/new/"))
    look(page, "1-choose")
    axe_finds_nothing(page)
    choose(page, school, *paths, files.write_grid(tmp_path))

    # --- whatever is asked is answered as it is suggested
    for number in range(4):
        look(page, f"2-asks-{number}")
        axe_finds_nothing(page)
        if heading(page).inner_text() != "What the files are":
            break
        page.get_by_role("button", name="Go on").click()

    # --- what the files would change
    expect(heading(page)).to_have_text("What the files would change")
    expect(page.get_by_text("Every row is good")).to_be_visible()
    page.get_by_text("is read as pupils").click()
    expect(page.get_by_role("row").filter(has_text="Haddad").first).to_be_visible()
    look(page, "3-check")
    axe_finds_nothing(page)
    assert not Enrolment.objects.exists()

    # --- they are in
    page.get_by_role("button", name="Bring the files in").click()
    expect(heading(page)).to_have_text("The files are in")
    look(page, "4-in")
    axe_finds_nothing(page)
    assert Enrolment.objects.count() == len(files.pupils())
    assert Mark.objects.count() == files.marks_in_all()
    assert Relationship.objects.filter(has_responsibility=True).count() == len(files.pupils())

    # --- the first register
    page.goto(address(school, "today/"))
    look(page, "5-today")
    page.get_by_role("link", name="8K").first.click()
    page.get_by_role("button", name="Other").click()
    look(page, "6-register")
    today = Mark.objects.filter(date=files.TODAY)
    expect(page.locator("[data-status]")).to_have_text("All saved")
    assert today.count() == len(files.NAMES["8K"])
