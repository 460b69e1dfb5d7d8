"""A child who was entered twice: found, compared, merged and parted again in the browser."""

import pytest
from playwright.sync_api import Page, expect

from registers.models import Pupil
from registers.setup.staff.actions.staff import set_password
from tests import factories
from tests.browser.axe import axe_finds_nothing
from tests.browser.office.test_first_pages import PASSWORD, sign_in
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of


@pytest.fixture
def school(racing_db, live_server):
    """Ola twice, with two marks that differ."""
    room = make_class(3)
    for enrolment in room.enrolments[:2]:
        pupil = Pupil.objects.get(pk=enrolment.pupil_id)
        pupil.surname, pupil.forename = "Nowak", "Ola"
        pupil.save()
    marks_of(room, "/\\")
    marks_of(room, "I\\", pupil=1)
    factories.PriorAttendanceFactory(pupil_id=room.enrolments[0].pupil_id)
    set_password(room.officer, PASSWORD)
    room.url = live_server.url
    return room


def test_two_become_one_and_two_again(page: Page, school):
    sign_in(page, school)
    roll = f"{school.url}/schools/{school.school.urn}/roll/{school.enrolments[0].pupil_id}/"
    page.goto(roll)
    page.get_by_role("link", name="Merge with another pupil").click()
    page.get_by_role("link", name="Compare with Ola Nowak").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Are these one child?")
    axe_finds_nothing(page)
    page.get_by_role("button", name="Merge the two").click()
    expect(page.get_by_text("Say why the two are one child").first).to_be_visible()
    page.get_by_label("Why are they one child?").fill("Entered twice in September")
    page.get_by_label("I Illness").check()
    page.get_by_role("button", name="Merge the two").click()
    expect(page.get_by_role("button", name="Undo the merge")).to_be_visible()
    axe_finds_nothing(page)
    page.get_by_role("link", name="Attendance").first.click()
    expect(page.get_by_role("heading", name="At another school")).to_be_visible()
    page.goto(roll)
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_text("two pupils again")).to_be_visible()
