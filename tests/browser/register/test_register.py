"""A teacher takes a register in Chromium: by mouse, by keys, without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from registers.models import Mark
from tests import factories
from tests.browser.axe import axe_finds_nothing
from tests.browser.rooms import (
    all_saved,
    codes,
    fill_class,
    open_register,
    press,
    sign_in,
)


def test_two_away_and_the_others_present(page: Page, room):
    sign_in(page, room)
    open_register(page, room)
    rows = page.locator(".pupil-row")
    rows.nth(0).get_by_role("radio", name="Reason for absence not yet established").check(
        force=True
    )
    rows.nth(1).get_by_role("radio", name="Late").check(force=True)
    expect(rows.nth(1).get_by_label("Minutes late")).to_have_value("10")
    expect(page.locator(".foot-counts")).to_contain_text("2 of 4 marked")
    all_saved(page)
    assert codes(room) == ["N", "L"]
    page.get_by_role("button", name="Other 2 present").click()
    expect(page.locator(".foot-counts")).to_contain_text("4 of 4 marked")
    all_saved(page)
    assert codes(room) == ["N", "L", "/", "/"]


def test_by_the_keys_alone(page: Page, room):
    sign_in(page, room)
    open_register(page, room)
    press(page, "n ArrowDown Space i a")
    expect(page.locator(".foot-counts")).to_contain_text("4 of 4 marked")
    all_saved(page)
    assert codes(room) == ["N", "/", "I", "/"]


def test_thirty_with_two_away_take_eight_keys_at_most(page: Page, room):
    fill_class(room, 30)
    sign_in(page, room)
    open_register(page, room)
    away = [page.locator(f"#p{number} .who bdi").inner_text() for number in (9, 21)]
    assert press(page, "9 n 2 1 n a") <= 8
    all_saved(page)
    absent = Mark.objects.filter(code="N").select_related("enrolment__pupil")
    assert sorted(f"{m.enrolment.pupil.forename} {m.enrolment.pupil.surname}" for m in absent) == (
        sorted(away)
    )
    assert Mark.objects.filter(code="/").count() == 28


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("Space Space", {1: "/", 2: "/"}),
        ("i ArrowDown ArrowDown n", {1: "I", 3: "N"}),
        ("n Tab i", {1: "N", 2: "I"}),
        ("ArrowDown Space Shift+Tab n", {1: "N", 2: "/"}),
        ("a Control+z", {}),
        ("a Control+z Control+Shift+z", {1: "/", 2: "/", 3: "/", 4: "/"}),
        ("a Shift+Tab", {1: "/", 2: "/", 3: "/", 4: "/"}),
        ("3 n", {3: "N"}),
        ("l 1 5 ArrowDown m", {1: "L", 2: "M"}),
        ("z q", {}),
    ],
)
def test_what_the_keys_do(page: Page, room, keys, found):
    sign_in(page, room)
    open_register(page, room)
    press(page, keys)
    for number in range(1, 5):
        legend = page.locator(f"#p{number} legend")
        code = found.get(number)
        says = f": marked {re.escape(code)}(,|$)" if code else ": not marked$"
        expect(legend).to_have_text(re.compile(says))
    if "1 5" in keys:
        expect(page.locator("#p1").get_by_label("Minutes late")).to_have_value("15")


def test_codes_of_two_letters_need_no_mode(page: Page, room):
    sign_in(page, room, room.officer)
    page.goto(f"{room.url}/schools/{room.school.urn}/registers/{room.group.pk}/{room.today}/am/")
    press(page, "c ArrowDown c 1 ArrowDown j 1 ArrowDown y 4")
    chosen = [page.locator(f"#p{number} select").input_value() for number in (1, 2, 3, 4)]
    assert chosen == ["C", "C1", "J1", "Y4"]


def test_the_keys_can_be_switched_off_and_shown(page: Page, room):
    sign_in(page, room)
    open_register(page, room)
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_label("Single keys are on").uncheck()
    press(page, "Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.locator("#p1 input[type=radio]").first.focus()
    press(page, "n i a")
    assert page.locator(".segs input:checked").count() == 0
    page.reload()
    press(page, "n")
    assert page.locator(".segs input:checked").count() == 0


def test_the_plain_form_does_the_same(browser: Browser, room):
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, room)
    open_register(page, room)
    row = page.locator(".pupil-row").first
    row.get_by_label("Another code").click()
    row.get_by_role("combobox").select_option("I")
    row.get_by_role("textbox", name="Comment").fill("Mother rang")
    page.get_by_role("button", name="Other 4 present").click()
    expect(page.get_by_text("4 marks saved.")).to_be_visible()
    assert codes(room) == ["I", "/", "/", "/"]
    expect(row).to_contain_text("Mother rang")
    page.context.close()


def test_axe_finds_nothing_at_any_width(page: Page, room):
    factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[0], from_on=room.today, until_on=room.today
    )
    sign_in(page, room)
    register = f"registers/{room.group.pk}/{room.today}"
    for person, paths in (
        (room.teacher, ["today", f"{register}/am", f"{register}/pm"]),
        (room.officer, ["today", "cover"]),
    ):
        sign_in(page, room, person)
        for path in paths:
            page.goto(f"{room.url}/schools/{room.school.urn}/{path}/")
            axe_finds_nothing(page)
