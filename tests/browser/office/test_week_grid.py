"""A group's week by keyboard: a code typed upon a cell changes its mark."""

from playwright.sync_api import Page, expect

from registers.models import Mark
from tests.browser.axe import axe_finds_nothing
from tests.browser.rooms import sign_in
from tests.factories.drawn_schools import marks_of


def test_a_code_typed_upon_a_cell_changes_its_mark(page: Page, room):
    marks_of(room, "/")
    enrolment = room.enrolments[0]
    sign_in(page, room, room.officer)
    page.goto(f"{room.url}/schools/{room.school.urn}/groups/{room.group.pk}/week/{room.today}/")
    morning = page.locator(f"a[href*='marks/{enrolment.pk}/{room.today}/am/']")
    morning.hover()
    assert morning.get_attribute("title") == morning.get_attribute("aria-label")
    morning.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"a[href*='marks/{enrolment.pk}/{room.today}/pm/']")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("i")
    editor = page.get_by_role("form", name="Change a mark")
    pupil = enrolment.pupil
    expect(editor).to_contain_text(f"{pupil.forename} {pupil.surname}")
    expect(editor).to_contain_text(f"{room.today:%a} {room.today.day} {room.today:%b}, morning")
    expect(editor.get_by_label("Code")).to_have_value("I")
    axe_finds_nothing(page)
    editor.get_by_label("Why is it changing?").fill("Mother rang")
    page.keyboard.press("Enter")
    expect(morning).to_have_text("I")
    mark = Mark.objects.get(enrolment=enrolment, date=room.today, half=0)
    assert (mark.code_id, mark.version) == ("I", 2)
