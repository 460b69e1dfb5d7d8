"""The queue of letters by keys, by kind and many at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from interventions.letters.actions import drawing
from interventions.models import Letter, LetterCopy
from registers.setup.staff.actions.staff import set_password
from tests import factories
from tests.browser.office.test_first_pages import PASSWORD, address, sign_in
from tests.factories.classes import make_class
from tests.integration.letters.test_letters_flow import absent_pupil, draw, propose


@pytest.fixture
def school(racing_db, live_server):
    """A class of four with a letter each that is ready, and its officer's password."""
    room = make_class(4)
    for pupil in range(4):
        absent_pupil(room, pupil=pupil)
    propose(room)
    for copy in LetterCopy.objects.all():
        drawing.render_copy(copy.pk, draw=draw)
    set_password(room.officer, PASSWORD)
    room.url = live_server.url
    return room


def test_the_keys_work_as_the_page_opens(page: Page, school):
    sign_in(page, school)
    page.goto(address(school, "letters"))
    first = page.locator("#letter-heading").inner_text()
    page.keyboard.press("j")
    expect(page.locator("#letter-heading")).not_to_have_text(first)
    second = page.locator("#letter-heading").inner_text()
    page.keyboard.press("a")
    expect(page.get_by_text(re.compile("The letter about .* is approved."))).to_be_visible()
    expect(page.locator("#letter-heading")).not_to_have_text(second)
    assert Letter.objects.filter(state="approved").count() == 1


def test_keys_are_only_letters_in_a_field(page: Page, school):
    sign_in(page, school)
    page.goto(address(school, "letters"), wait_until="networkidle")
    page.wait_for_timeout(1_000)  # the PDF's viewer is there; it takes the focus for a moment
    page.get_by_text("Hold", exact=False).first.click()
    reason = page.locator(".popover textarea").first
    reason.press_sequentially("a jar")
    expect(reason).to_have_value("a jar")
    expect(reason).to_be_focused()
    assert not Letter.objects.filter(state="approved").exists()


def test_all_of_a_kind_are_ticked_and_approved(page: Page, school):
    sign_in(page, school)
    page.goto(address(school, "letters"))
    page.get_by_role("link", name="Decide on many at once").click()
    page.get_by_label("Tick all").check()
    expect(page.locator("tbody input:checked")).to_have_count(4)
    page.get_by_role("button", name="Approve those ticked").click()
    expect(page.get_by_text("4 letters are approved.")).to_be_visible()
    assert Letter.objects.filter(state="approved").count() == 4


def test_all_who_crossed_before_are_ticked_and_taken_off(page: Page, school):
    for enrolment in school.enrolments:
        factories.CrossedBeforeFactory(enrolment=enrolment, academic_year=school.year)
    sign_in(page, school)
    page.goto(address(school, "letters"))
    page.get_by_role("link", name="Crossed before Rollbook 4").click()
    page.get_by_label("Tick all 4").check()
    page.get_by_role("button", name="Take those ticked off the list").click()
    expect(page.get_by_text("4 taken off the list.")).to_be_visible()
