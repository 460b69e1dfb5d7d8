"""A roll call on two tablets, one of which loses its wifi, in Chromium."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from registers.models import RollCall, RollCallTick
from registers.office.roll_call import actions
from tests.browser.axe import axe_finds_nothing
from tests.browser.rooms import sign_in

PICTURES = os.environ.get("ROLL_CALL_PICTURES")
TABLET = {"width": 820, "height": 1180}


def look(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def child(page: Page, number: int):
    return page.locator("[data-expected]").nth(number)


@pytest.fixture
def tablets(browser: Browser, room):
    """A teacher's and an officer's, both on the roll call that the teacher has started."""
    contexts = [browser.new_context(viewport=TABLET, locale="en-GB") for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page, person in zip(pages, (room.teacher, room.officer), strict=True):
        sign_in(page, room, person)
        page.goto(f"{room.url}/schools/{room.school.urn}/today/")  # as on every morning
        page.evaluate("navigator.serviceWorker.ready")
    first, second = pages
    address = f"{room.url}/schools/{room.school.urn}/roll-call/"
    first.goto(address)
    look(first, "start")
    axe_finds_nothing(first)
    first.get_by_label("This is a practice").check()
    first.get_by_role("button", name="Start the roll call").click()
    expect(first.get_by_text("All saved")).to_be_visible()
    second.goto(address)
    expect(second.get_by_text("All saved")).to_be_visible()
    yield pages
    for context in contexts:
        context.close()


def test_two_tablets_tick_one_list_and_one_of_them_without_a_wifi(tablets, room):
    first, second = tablets
    look(first, "tablet")
    axe_finds_nothing(first)
    child(first, 0).get_by_role("checkbox").check()
    expect(child(second, 0).get_by_role("checkbox")).to_be_checked(timeout=6_000)
    expect(child(second, 0)).to_contain_text(str(room.teacher))
    second.context.set_offline(True)
    child(second, 1).get_by_role("checkbox").check()
    expect(second.get_by_text("1 tick waits on this device: no connection.")).to_be_visible()
    second.reload()  # from what the tablet kept
    expect(child(second, 1).get_by_role("checkbox")).to_be_checked()
    child(first, 2).get_by_role("checkbox").check()
    second.get_by_role("link", name="Still to be found").click()
    look(second, "missing-offline")
    second.context.set_offline(False)
    expect(child(first, 1).get_by_role("checkbox")).to_be_checked(timeout=15_000)
    expect(child(second, 3)).to_be_visible()
    expect(child(second, 2)).to_be_hidden(timeout=6_000)
    first.get_by_role("button", name="All here").click()
    expect(first.get_by_text("Everybody who should be on the site has been found.")).to_be_visible()
    expect(first.get_by_text("All saved")).to_be_visible()
    assert actions.missing(RollCall.objects.get()) == 0
    assert RollCallTick.objects.count() == 4
    first.get_by_role("button", name="End the roll call").click()
    expect(first.get_by_text("The roll call has ended.")).to_be_visible()
    look(first, "ended")
    axe_finds_nothing(first)


def test_it_is_used_with_the_keyboard_alone(page: Page, room):
    sign_in(page, room, room.teacher)
    page.goto(f"{room.url}/schools/{room.school.urn}/roll-call/")
    page.get_by_role("button", name="Start the roll call").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("All saved")).to_be_visible()
    child(page, 0).get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_text("2 of 4 to be found")).to_be_visible()
    expect(page.get_by_text("All saved")).to_be_visible()
    assert actions.missing(RollCall.objects.get()) == 2


def test_the_list_on_paper_is_a_page_that_prints(page: Page, room):
    sign_in(page, room, room.officer)
    page.goto(f"{room.url}/schools/{room.school.urn}/on-site/list/")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    expect(page.get_by_role("heading", name="Evacuation list")).to_be_visible()
    look(page, "list")
    axe_finds_nothing(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    if PICTURES:
        page.pdf(path=str(Path(PICTURES) / "list.pdf"), prefer_css_page_size=True)
