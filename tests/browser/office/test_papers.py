"""What a code needs, in Chromium: asked for in the register, completed on the office's list."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from registers.models import Mark, Paper
from tests import factories
from tests.browser.axe import WIDTHS, axe_finds_nothing
from tests.browser.rooms import all_saved, sign_in

PICTURES = os.environ.get("PAPERS_PICTURES")


def look(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def open_as_office(page: Page, room) -> None:
    room.year.ends_on = max(room.today, room.year.ends_on)  # it may be a Saturday
    room.year.save()
    sign_in(page, room, room.officer)
    kwargs = {"urn": room.school.urn, "group_id": room.group.pk, "date": room.today, "half": "am"}
    page.goto(room.url + reverse("registers:register", kwargs=kwargs))


def test_the_field_comes_with_the_code_and_goes_with_it(page: Page, room):
    open_as_office(page, room)
    row = page.locator(".pupil-row").first
    field = row.get_by_label("What the code needs")
    row.locator("summary").click()
    expect(field).to_be_hidden()
    row.locator("select").select_option("B")
    expect(field).to_be_visible()
    expect(row.locator(".extra-hint")).to_contain_text("the nature of the activity")
    expect(row.get_by_text("K the nature")).to_be_hidden()
    look(page, "register-asks-1280")
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "register-asks-390")
    page.set_viewport_size({"width": 1280, "height": 800})
    row.locator("select").select_option("I")
    expect(field).to_be_hidden()
    row.locator("select").select_option("B")
    field.fill("Swimming gala")
    field.press("Tab")
    all_saved(page)
    assert Mark.objects.get().code_id == "B"
    assert Paper.objects.get().note == "Swimming gala"


@pytest.mark.parametrize("said", ["", "Swimming gala"])
def test_without_javascript_the_field_is_in_the_open_row(browser: Browser, room, said):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="en-GB"
    )
    page = context.new_page()
    open_as_office(page, room)
    row = page.locator(".pupil-row").first
    row.locator("summary").click()
    field = row.get_by_label("What the code needs")
    expect(field).to_be_visible()
    row.locator("select").select_option("B")
    field.fill(said)
    look(page, f"register-plain-390-{bool(said)}")
    page.locator("[data-save]").click()
    assert Mark.objects.get().code_id == "B"
    assert Paper.objects.get().note == said
    row.locator("summary").click()
    look(page, f"register-saved-390-{bool(said)}")
    expect(row.get_by_text("Paper held: B")).to_be_visible(visible=bool(said))
    expect(field).to_be_visible(visible=not said)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_the_list_by_the_keys_alone(page: Page, room):
    papers = [
        factories.PaperFactory(enrolment=one, academic_year=room.year) for one in room.enrolments
    ]
    sign_in(page, room, room.officer)
    page.goto(f"{room.url}/schools/{room.school.urn}/planned-absences/papers/")
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        look(page, f"list-{width}")
    axe_finds_nothing(page)
    first = page.get_by_role("textbox").first
    first.focus()
    page.keyboard.type("Agreed with Ms Chen on 3 November")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 paper noted as held by the school.")).to_be_visible()
    assert Paper.objects.missing().count() == len(papers) - 1


def test_the_page_of_a_mark_asks_only_for_what_the_code_needs(page: Page, room):
    sign_in(page, room, room.officer)
    enrolment = room.enrolments[0]
    kwargs = {
        "urn": room.school.urn,
        "enrolment_id": enrolment.pk,
        "date": room.today,
        "half": "am",
    }
    page.goto(room.url + reverse("registers:mark", kwargs=kwargs))
    field, code = page.get_by_label("What the code needs"), page.get_by_label("Code", exact=True)
    expect(field).to_be_hidden()
    code.select_option("B")
    expect(field).to_be_visible()
    expect(field).to_have_accessible_description(
        "B: the nature of the activity, where it is and who supervises it. "
        "Left empty, it goes on the list of papers to complete."
    )
    field.fill("Swimming gala")
    code.select_option("I")
    expect(field).to_be_visible()  # nothing typed goes out of sight
    field.fill("")
    code.select_option("L")
    expect(field).to_be_hidden()
    look(page, "mark-asks")
