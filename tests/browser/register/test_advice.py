"""Advice in Chromium: under the row or above the page, with the answer, and it stops nothing."""

import os
from datetime import date
from pathlib import Path

from django.urls import reverse
from playwright.sync_api import Page, expect

from registers.models import Mark
from tests.browser.axe import WIDTHS, axe_finds_nothing
from tests.browser.rooms import all_saved, sign_in

PICTURES = os.environ.get("ADVICE_PICTURES")
STUDY = "S is study leave for a public examination"


def look(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def young(room) -> None:
    room.year.ends_on = max(room.today, room.year.ends_on)  # it may be a Saturday
    room.year.save()
    for one in room.enrolments:
        one.pupil.born_on = date(room.today.year - 12, 3, 4)
        one.pupil.save()


def test_a_register_says_it_under_the_row_and_takes_the_next_mark(page: Page, room):
    young(room)
    sign_in(page, room, room.officer)
    kwargs = {"urn": room.school.urn, "group_id": room.group.pk, "date": room.today, "half": "am"}
    page.goto(room.url + reverse("registers:register", kwargs=kwargs))
    row = page.locator(".pupil-row").first
    row.locator("summary").click()
    row.locator("select").select_option("S")
    expect(row.locator("[data-advice]")).to_contain_text(STUDY)
    all_saved(page)
    row.locator("summary").click()
    expect(row.locator("[data-advice]")).to_be_visible()
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        look(page, f"register-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe_finds_nothing(page)
    assert Mark.objects.get().code_id == "S"
    row.locator("input[value='N']").check(force=True)
    expect(row.locator("[data-advice]")).to_be_hidden()
    all_saved(page)


def test_a_changed_mark_says_it_above_the_page(page: Page, room):
    young(room)
    sign_in(page, room, room.officer)
    enrolment = room.enrolments[0]
    words = {"enrolment_id": enrolment.pk, "date": room.today, "half": "am"}
    page.goto(room.url + reverse("registers:mark", kwargs={"urn": room.school.urn, **words}))
    page.get_by_label("Code", exact=True).select_option("S")
    page.get_by_label("Why").first.fill("Said the parents")
    page.locator("form .btn-primary").first.click()
    expect(page.locator(".alert-warning")).to_contain_text(STUDY)
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        look(page, f"mark-{width}")
    axe_finds_nothing(page)
    assert Mark.objects.get().code_id == "S"
