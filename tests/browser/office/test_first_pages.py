"""The officer's morning with what there is: sign in, see who is absent, open a letter."""

import io
import re

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from interventions.letters.actions import drawing
from registers.setup.staff.actions.staff import set_password
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.integration.letters.test_letters_flow import absent_pupil, propose

PASSWORD = "a-slate-and-a-bell"


@pytest.fixture
def school(racing_db, live_server, settings, tmp_path):
    """A class of three with a letter that is ready, and its officer's password."""
    room = make_class(3)
    absent_pupil(room)
    marks_of(room, "V" * 20, pupil=1)
    (letter,) = propose(room)
    for copy in letter.copies.all():
        drawing.render_copy(copy.pk)
    set_password(room.officer, PASSWORD)
    room.url = live_server.url
    return room


def sign_in(page: Page, room) -> None:
    page.goto(room.url)
    page.get_by_label("Username").fill(room.officer.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def address(room, part: str) -> str:
    return f"{room.url}/schools/{room.school.urn}/{part}/"


def test_from_the_sign_in_to_the_text_of_a_letter(page: Page, school):
    sign_in(page, school)
    page.get_by_role("link", name=re.compile("^Letters")).first.click()
    link = page.locator("a[href$='.pdf']").first
    answer = page.request.get(school.url + link.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]
    text = pypdfium2.PdfDocument(io.BytesIO(answer.body()))[0].get_textpage().get_text_bounded()
    assert "has missed 2 days" in " ".join(text.split())


def test_the_list_says_how_many_sessions_each_pupil_missed(page: Page, school):
    sign_in(page, school)
    page.goto(address(school, "pupils"))
    absent = school.enrolments[0].pupil
    row = page.get_by_role("row").filter(has_text=absent.surname)
    expect(row).to_contain_text("4")
    page.goto(address(school, "pupils") + f"?q={absent.surname}")
    expect(page.get_by_role("row").filter(has_text=absent.surname)).to_have_count(1)
    other = school.enrolments[1].pupil
    expect(page.get_by_role("row").filter(has_text=other.surname)).to_have_count(0)


def test_a_wrong_password_says_so_and_keeps_the_name(page: Page, school):
    page.goto(school.url)
    page.get_by_label("Username").fill("somebody")
    page.get_by_label("Password").fill("not it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("Username")).to_have_value("somebody")


def test_the_way_in_works_by_keyboard_alone(page: Page, school):
    page.goto(school.url)
    page.get_by_label("Username").focus()
    page.keyboard.type(school.officer.username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Pupils").first).to_be_visible()
