"""Find anything, from any page, by keyboard and by finger."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import axe_finds_nothing
from tests.browser.rooms import sign_in

PICTURES = os.environ.get("FINDER_PICTURES", "")


def look(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


def to_the_field(page: Page) -> None:
    """The key works once the page's scripts are there."""
    expect(page.get_by_role("combobox", name="Find a pupil")).to_be_attached()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find a pupil")).to_be_focused()


@pytest.fixture
def school(room):
    names = [
        ("Żaneta", "Łukaszewicz"),
        ("Mohammed", "Khan"),
        ("Mohammed", "Khan"),
        ("Kit", "Adams"),
    ]
    for number, (enrolment, (forename, surname)) in enumerate(
        zip(room.enrolments, names, strict=True)
    ):
        pupil = enrolment.pupil
        pupil.forename, pupil.surname = forename, surname
        pupil.born_on = pupil.born_on.replace(day=number + 3)
        pupil.save()
    room.here = f"{room.url}/schools/{room.school.urn}"
    return room


def test_one_key_letters_and_enter_open_a_pupil(page: Page, school):
    sign_in(page, school, school.officer)
    page.goto(f"{school.here}/planned-absences/")
    expect(page.locator(".finder-key")).to_be_visible()
    page.locator("body").press("/")
    field = page.get_by_role("combobox", name="Find a pupil")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("lukasz")
    expect(page.get_by_role("gridcell", name="Żaneta Łukaszewicz").first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    look(page, "one")
    axe_finds_nothing(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Łukaszewicz")


def test_arrows_choose_and_a_second_key_does_the_usual_thing(page: Page, school):
    sign_in(page, school, school.officer)
    page.goto(f"{school.here}/planned-absences/")
    to_the_field(page)
    page.keyboard.type("khan")
    field = page.get_by_role("combobox", name="Find a pupil")
    rows = page.locator(".finder-row")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("born 4")
    expect(rows.nth(1)).to_contain_text("born 5")
    expect(rows.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    active = field.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_contain_text("Khan")
    look(page, "two")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".finder-cell.is-active")).to_contain_text("Sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Signing out")
    to_the_field(page)
    page.keyboard.type("lukas")
    expect(page.get_by_role("gridcell", name="Żaneta Łukaszewicz").first).to_be_visible()
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Late desk")
    expect(page.locator("#find")).to_have_value("Żaneta Łukaszewicz")
    expect(page.locator("#found .found > li")).to_have_count(1)


def test_the_slash_is_a_mark_in_a_register_and_a_letter_in_a_field(page: Page, school):
    sign_in(page, school, school.teacher)
    page.goto(school.path)
    first = page.locator(".pupil-row").first
    expect(first.locator("input[type=radio]").first).to_be_focused()
    page.keyboard.press("/")
    expect(first.locator("input[value='/']")).to_be_checked()
    field = page.get_by_role("combobox", name="Find a pupil")
    expect(field).not_to_be_focused()
    page.keyboard.press("f")
    page.keyboard.type("lukas z")
    page.keyboard.press("Enter")
    row = page.locator(".pupil-row").filter(has_text="Łukaszewicz")
    expect(row.locator("input[type=radio]").first).to_be_focused()
    expect(page.locator(".finder-key")).to_have_text("Ctrl K")
    to_the_field(page)
    look(page, "register")
    page.keyboard.type("a/b")
    expect(field).to_have_value("a/b")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")


def test_the_key_can_be_switched_off_and_the_page_works_without_scripts(page: Page, school):
    sign_in(page, school, school.officer)
    page.goto(f"{school.here}/find/?q=khan")
    expect(page.get_by_role("heading", name="Pupils")).to_be_visible()
    look(page, "page")
    axe_finds_nothing(page)
    page.get_by_label("The key / goes to the field").uncheck()
    page.goto(f"{school.here}/planned-absences/")
    page.locator("body").press("/")
    expect(page.get_by_role("combobox", name="Find a pupil")).not_to_be_focused()
    to_the_field(page)
    expect(page.get_by_role("combobox", name="Find a pupil")).to_be_focused()


def test_at_a_telephones_width_the_list_lies_below_the_field(page: Page, school):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, school, school.officer)
    page.goto(f"{school.here}/late-desk/")
    page.get_by_role("combobox", name="Find a pupil").fill("khan")
    expect(page.locator(".finder-row")).to_have_count(2)
    look(page, "phone")
    box = page.locator(".finder-found").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.get_by_role("link", name="Mohammed Khan").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Khan")


def test_enter_at_the_late_desk_chooses_nobody_among_several(page: Page, school):
    sign_in(page, school, school.officer)
    page.goto(f"{school.here}/late-desk/")
    page.locator("#find").fill("khan")
    expect(page.locator("#found .found > li")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 pupils are left")).to_be_visible()
    page.keyboard.type("2")
    expect(page.get_by_text("Late today")).to_be_visible()
    expect(page.locator(".late-list li")).to_have_count(0)
    page.locator("#find").fill("lukas")
    expect(page.locator("#found .found > li")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".late-list li")).to_have_count(1)
