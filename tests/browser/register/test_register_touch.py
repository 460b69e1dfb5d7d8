"""A register under a finger, at the sizes of a phone and a tablet held upright."""

import re

import pytest
from playwright.sync_api import Page, expect

from registers.models import Amendment, SaveReceipt
from tests.browser.rooms import all_saved, codes, fill_class, sign_in
from tests.browser.touching import PHONE, TABLET, Finger, touch_page

WIDE = (1280, 800)
NAME = "#p{} .who b"


@pytest.fixture(params=[PHONE, TABLET], ids=["phone", "tablet"])
def touched(request, browser, room) -> Page:
    fill_class(room, 30)
    page = touch_page(browser, request.param)
    sign_in(page, room)
    page.goto(room.path)
    expect(page.locator("input:focus")).to_have_count(1)
    yield page
    page.context.close()


def says(page: Page, number: int, state: str) -> None:
    expect(page.locator(f"#p{number} legend")).to_have_text(re.compile(f": {state}"))


def test_taps_go_round_and_only_where_they_settle_is_a_mark(touched: Page, room):
    finger = Finger(touched)
    for state in ("marked /", "marked N", "marked L, 10 minutes late"):
        finger.tap(NAME.format(1))
        says(touched, 1, state)
    all_saved_by(touched, 1)
    assert codes(room) == ["L"]
    assert SaveReceipt.objects.count() == 1
    assert not Amendment.objects.exists()


def all_saved_by(page: Page, marks: int) -> None:
    """Once as many pupils have a mark that stands; a tap settles in a moment."""
    page.wait_for_timeout(1_000)
    all_saved(page)
    expect(page.locator(".foot-counts")).to_contain_text(f"{marks} of 30 marked")


def test_a_swipe_does_the_same_and_back(touched: Page, room):
    finger = Finger(touched)
    finger.move(NAME.format(2), 120, 6)
    says(touched, 2, "marked /$")
    finger.move(NAME.format(2), 120, 6)
    says(touched, 2, "marked N$")
    finger.move(NAME.format(2), -25 - 48, 0, start_x=130)
    says(touched, 2, "marked /$")
    finger.move(NAME.format(3), -120, 6, start_x=180)
    says(touched, 3, "marked L, 10 minutes late$")
    all_saved_by(touched, 2)
    assert codes(room) == ["/", "L"]
    assert not Amendment.objects.exists()


def test_a_swipe_that_ends_on_the_choices_chooses_none_of_them(touched: Page, room):
    finger = Finger(touched)
    width = touched.viewport_size["width"]
    finger.move(NAME.format(1), width - 100, 0)
    says(touched, 1, "marked /$")
    finger.move("#p2 .segs label:nth-of-type(3)", -100, 0)
    says(touched, 2, "marked L")


def test_a_scroll_that_begins_on_a_name_marks_nobody(touched: Page, room):
    finger = Finger(touched)
    for number, down in ((9, -300), (14, -40), (16, -30)):
        before = touched.evaluate("scrollY")
        finger.move(NAME.format(number), 4, down)
        touched.wait_for_timeout(200)
        if down < -100:
            assert touched.evaluate("scrollY") > before
    assert touched.locator(".segs input:checked").count() == 0
    touched.wait_for_timeout(1_000)
    assert codes(room) == []


def test_two_quick_taps_on_two_names_mark_both(touched: Page, room):
    finger = Finger(touched)
    finger.tap(NAME.format(1))
    finger.tap(NAME.format(2))
    finger.tap_both(NAME.format(4), NAME.format(5))
    for number in (1, 2, 4, 5):
        says(touched, number, "marked /$")
    all_saved_by(touched, 4)
    assert codes(room) == ["/"] * 4


def test_quick_taps_do_not_zoom_and_a_slow_one_counts_and_selects_nothing(touched: Page, room):
    finger = Finger(touched)
    finger.tap(NAME.format(1))
    finger.tap(NAME.format(1))
    touched.wait_for_timeout(400)
    assert touched.evaluate("visualViewport.scale") == 1
    says(touched, 1, "marked N$")
    finger.hold(NAME.format(2), 900)
    says(touched, 2, "marked /$")
    assert touched.evaluate("getSelection().toString()") == ""
    assert touched.locator("#p2 .who").evaluate("it => getComputedStyle(it).userSelect") == "none"


def test_a_swipe_from_the_edge_is_the_browsers(touched: Page, room):
    finger = Finger(touched)
    width = touched.viewport_size["width"]
    finger.move(NAME.format(1), 150, 0, start_x=6)
    finger.move(NAME.format(2), -150, 0, start_x=width - 6)
    assert touched.locator(".segs input:checked").count() == 0


def test_the_choices_themselves_are_tapped(touched: Page, room):
    finger = Finger(touched)
    finger.tap("#p1 .segs label:nth-of-type(2)")
    says(touched, 1, "marked N$")
    finger.tap("#p2 summary")
    expect(touched.locator("#p2 select")).to_be_visible()
    says(touched, 2, "not marked$")
    all_saved_by(touched, 1)
    assert codes(room) == ["N"]
