"""A register for everybody: large enough, never covered, said aloud, at rest, without keys."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from registers.models import Mark
from tests.browser.axe import WIDTHS, axe_finds_nothing
from tests.browser.register.test_register_together import clash
from tests.browser.register.test_register_together import office as office
from tests.browser.rooms import (
    all_saved,
    codes,
    drop_the_wifi,
    end_meanwhile,
    fill_class,
    legend,
    mark_offline,
    open_register,
    press,
    sign_in,
    status,
)
from tests.browser.touching import touch_page

LONG = [
    ("Oluwaseun Bartholomew", "Adebayo-Fitzgerald-Featherstonehaugh"),
    ("Maximiliana Konstantina", "Wolstenholme Papadimitropoulou"),
]
BOXES = """() => [...document.querySelectorAll(".pupil-row, .segs, .register-foot .btn")]
    .filter((one) => one.checkVisibility())
    .map((one) => one.getBoundingClientRect())
    .map(({x, y, width, height}) => [x, y, width, height].map(Math.round).join(" "))"""
TARGETS = """() => [...document.querySelectorAll(
        ".seg, .seg summary, .extra input, .register-page :is(button, a, select)"
    )].filter((one) => one.checkVisibility({visibilityProperty: true}) && one.type !== "hidden")
    .map((one) => [one, one.getBoundingClientRect()])
    .map(([one, {width, height}]) => ({
        what: one.tagName + " " + one.className + " " + one.textContent.trim().slice(0, 20),
        width: Math.round(width), height: Math.round(height)
    }))"""
COVERED = """() => {
    const {top, bottom} = document.activeElement.closest(".pupil-row").getBoundingClientRect();
    const head = document.querySelector(".register-head").getBoundingClientRect().bottom;
    const foot = document.querySelector(".register-foot").getBoundingClientRect().top;
    return top < head - 1 || bottom > foot + 1;
}"""


@pytest.fixture
def thirty(room):
    """A class of thirty, two of them with names as long as names are."""
    fill_class(room, 30)
    for at, (forename, surname) in zip((3, 17), LONG, strict=True):
        pupil = room.enrolments[at].pupil
        pupil.forename, pupil.surname = forename, surname
        pupil.save()
    return room


# ---------- Large enough, in view ----------


@pytest.mark.parametrize("size", WIDTHS)
def test_every_target_is_large_enough(page: Page, office: Page, room, size):
    clash(page, office, room)
    page.locator("#p2 summary").click()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    least = 44 if size[0] < 1200 else 40  # a mouse, and thirty pupils on a screen of 800
    small = [one for one in page.evaluate(TARGETS) if min(one["width"], one["height"]) < least]
    assert small == []


@pytest.mark.parametrize("size", WIDTHS)
def test_day_session_and_time_stay_in_view(page: Page, thirty, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, thirty)
    open_register(page, thirty)
    press(page, "")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    heading = page.get_by_role("heading", level=1)
    for part in (heading, page.locator("[data-clock]"), page.locator(".foot-counts"), status(page)):
        expect(part).to_be_in_viewport(ratio=1)
    expect(heading).to_contain_text(re.compile("day (morning|afternoon)"))
    expect(page.locator("[data-clock]")).to_contain_text(re.compile(r"\d+ min left"))
    last = page.locator("#p30").bounding_box()
    foot = page.locator(".register-foot").bounding_box()
    assert last["y"] + last["height"] <= foot["y"]
    if size[0] == 390:
        assert foot["height"] <= 90  # two lines


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("key", ["ArrowDown", "Tab", "plain Tab"])
def test_the_row_with_the_focus_is_never_covered(page: Page, thirty, size, key):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, thirty)
    open_register(page, thirty)
    press(page, "")
    if key == "plain Tab":
        page.evaluate("localStorage.setItem('rollbook.register.keys', 'off')")
    seen = set()
    for back in ("", "Shift+"):
        for _ in range(90 if key == "plain Tab" else 29):
            if not page.evaluate("document.activeElement.matches('.pupil-row *')"):
                break
            row = page.evaluate("document.activeElement.closest('.pupil-row').id")
            seen.add(row)
            assert not page.evaluate(COVERED), f"{row} at {size}"
            up = "ArrowUp" if back else "ArrowDown"
            page.keyboard.press(up if key == "ArrowDown" else f"{back}Tab")
        if key != "ArrowDown" and not back:
            page.locator("#p30 input").last.focus()
    assert len(seen) >= 29


# ---------- Nothing moves ----------


@pytest.mark.parametrize("size", WIDTHS)
def test_nothing_moves_when_marks_are_made_wait_or_come_from_others(
    page: Page, office: Page, thirty, size
):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, thirty)
    open_register(page, thirty)
    press(page, "")
    before = [one for one in page.evaluate(BOXES) if one]
    rows = len(thirty.enrolments) * 2

    def is_at_rest():
        return page.evaluate(BOXES)[:rows] == before[:rows]

    press(page, "n ArrowDown l ArrowDown i ArrowDown Space")
    all_saved(page)
    assert is_at_rest()
    page.context.route("**/marks/", lambda route: route.abort())
    press(page, "ArrowDown n")
    expect(status(page)).to_contain_text("1 mark waiting")
    expect(page.locator(".note-said:not(:empty)")).to_have_count(1)
    assert is_at_rest()
    page.context.unroute("**/marks/")
    office.goto(thirty.path)
    press(office, "9 o ArrowUp l ArrowUp")
    expect(legend(page, 9)).to_have_text(re.compile("marked O$"), timeout=8_000)
    expect(page.locator("#p9 .note-said")).to_contain_text(thirty.officer.name)
    assert is_at_rest()


# ---------- Said aloud ----------


def test_each_row_says_who_what_and_how_far(page: Page, office: Page, room):
    fill_class(room, 7)
    sign_in(page, room, room.officer)
    page.goto(room.path)
    press(page, "ArrowDown Space l 1 2 ArrowDown i")
    all_saved(page)
    page.context.route("**/marks/", lambda route: route.abort())
    press(page, "ArrowDown n")
    expect(status(page)).to_contain_text("waiting")
    for number, state in (
        (1, "not marked"),
        (2, "marked /"),
        (3, "marked L, 12 minutes late"),
        (4, "marked I"),
        (5, "marked N, waits on this device"),
    ):
        name = page.locator(f"#p{number} .who bdi").first.inner_text()
        tree = page.locator(f"#p{number}").aria_snapshot()
        assert f'group "{number}, {name}: {state}"' in tree, tree
        assert tree.count(" [checked]") == (0 if number in (1, 4) else 1)
        assert 'radio "Reason for absence not yet established"' in tree
    more = page.locator("#p4 summary").get_attribute("aria-label")
    assert more.endswith(", now I, Illness")
    assert status(page).get_attribute("role") == "status"
    said = page.locator("#register-said")
    assert said.get_attribute("role") == "status"
    assert said.inner_text() == f"{page.locator('#p5 .who bdi').first.inner_text()}: N"


def test_two_marks_are_said(page: Page, office: Page, room):
    row = clash(page, office, room)
    assert re.search('group "1, .*: marked N, has two marks"', row.aria_snapshot())
    expect(page.locator("#register-said")).to_contain_text("has two marks")
    axe_finds_nothing(page)


def test_what_is_with_the_office_is_said(page: Page, room):
    sign_in(page, room)
    open_register(page, room)
    page.context.route("**/marks/", lambda route: route.abort())
    press(page, "n")
    expect(status(page)).to_contain_text("1 mark waiting")
    end_meanwhile(page)
    page.context.unroute("**/marks/")
    expect(legend(page, 1)).to_have_text(re.compile("marked N, with the office$"), timeout=9_000)
    expect(page.get_by_text("This register has ended.")).to_be_visible()
    axe_finds_nothing(page)


def test_axe_finds_nothing_offline_on_any_page(page: Page, room):
    mark_offline(page, room, "n ArrowDown l ArrowDown", waiting="2 marks")
    axe_finds_nothing(page)
    page.goto(f"{room.url}/schools/{room.school.urn}/pupils/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    axe_finds_nothing(page)
    drop_the_wifi(page.context, False)
    page.context.route("**/marks/", lambda route: route.abort())
    page.goto(f"{room.url}/schools/{room.school.urn}/today/")
    expect(page.locator("[data-outbox]")).to_contain_text("2 marks wait on this device")
    axe_finds_nothing(page)


def test_axe_finds_nothing_in_a_refusal_nor_in_the_keys(office: Page, room):
    press(office, "x ArrowDown n")
    expect(office.locator("#p1")).to_contain_text("compulsory school age")
    expect(legend(office, 1)).to_have_text(re.compile("marked X, not saved$"))
    axe_finds_nothing(office)
    office.locator("#p2 input:checked").focus()
    press(office, "?")
    expect(office.get_by_role("dialog", name="Keys")).to_be_visible()
    axe_finds_nothing(office)


# ---------- Taken back ----------


@pytest.mark.parametrize("how", ["button", "keys"])
def test_one_press_for_many_can_be_taken_back_for_two_seconds(page: Page, room, how):
    sign_in(page, room)
    open_register(page, room)
    press(page, "n a")
    expect(legend(page, 4)).to_have_text(re.compile("marked /$"))
    if how == "button":
        page.get_by_role("button", name="Undo").click()
    else:
        page.keyboard.press("Control+z")
    expect(legend(page, 4)).to_have_text(re.compile("not marked$"))
    page.wait_for_timeout(2_200)
    all_saved(page)
    assert codes(room) == ["N"]


def test_afterwards_it_says_that_saved_marks_stay(page: Page, room):
    sign_in(page, room)
    open_register(page, room)
    press(page, "a")
    all_saved(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#register-said")).to_contain_text("4 marks: saved already")
    expect(legend(page, 1)).to_have_text(re.compile("marked /$"))
    assert codes(room) == ["/"] * 4


def test_backspace_clears_what_has_not_left_and_says_why_else(page: Page, room):
    sign_in(page, room)
    open_register(page, room)
    press(page, "n")
    all_saved(page)
    press(page, "Backspace")
    said = page.locator("#register-said")
    expect(said).to_contain_text("saved already. A mark in a register is never taken away")
    expect(legend(page, 1)).to_have_text(re.compile("marked N$"))
    page.context.route("**/marks/", lambda route: route.abort())
    press(page, "ArrowDown n")
    expect(status(page)).to_contain_text("1 mark waiting")
    press(page, "Backspace")
    expect(legend(page, 2)).to_have_text(re.compile("not marked$"))
    expect(said).to_contain_text("not marked.")
    press(page, "n Control+z")
    expect(legend(page, 2)).to_have_text(re.compile("not marked$"))
    press(page, "Control+Shift+z")
    expect(legend(page, 2)).to_have_text(re.compile("marked N"))
    page.context.unroute("**/marks/")
    all_saved(page)
    assert codes(room) == ["N", "N"]


# ---------- Without the single keys ----------


def test_with_the_keys_off_tab_arrows_and_space_do_it_all(page: Page, room):
    sign_in(page, room)
    open_register(page, room)
    press(page, "?")
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    page.locator("#p1 input[type=radio]").first.focus()
    for key in ["Space", "ArrowDown", "ArrowRight", "Space", "ArrowDown", "ArrowLeft", "Space"]:
        page.keyboard.press(key)  # of / N L, the last is left of the first
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#p4 input:focus")).to_have_count(1)
    page.keyboard.press("Space")
    all_saved(page)
    assert Mark.objects.count() == 4
    assert codes(room) == ["/", "N", "L", "/"]


# ---------- Other people's settings ----------


@pytest.mark.parametrize("how", [{"reduced_motion": "reduce"}, {"forced_colors": "active"}])
def test_a_choice_is_seen_with_other_peoples_settings(page: Page, room, how):
    page.emulate_media(**how)
    sign_in(page, room)
    open_register(page, room)
    press(page, "n ArrowDown")
    all_saved(page)
    marked = page.locator("#p1 .seg:has(input:checked) .session-cell")
    other = page.locator("#p1 .seg:has(input[value='/']) .session-cell")
    look = "it => getComputedStyle(it).borderTopColor + getComputedStyle(it).fontWeight"
    assert marked.evaluate(look) != other.evaluate(look)
    moving = page.evaluate("document.getAnimations().length")
    assert moving == 0


@pytest.mark.skipif("PICTURES" not in os.environ, reason="PICTURES says where to")
def test_pictures(browser, thirty):
    folder = Path(os.environ["PICTURES"])
    for name, size, how in (
        ("wide", (1280, 800), {}),
        ("tablet", (820, 1180), {}),
        ("phone", (390, 844), {}),
        ("zoomed", (640, 400), {}),
        ("forced", (820, 1180), {"forced_colors": "active"}),
        ("four-times", (320, 256), {}),
    ):
        page = touch_page(browser, size)
        page.emulate_media(**how)
        sign_in(page, thirty)
        page.goto(thirty.path)
        if name == "wide":
            press(page, "n ArrowDown l ArrowDown Space i Space")
            all_saved(page)
        page.context.route("**/marks/", lambda route: route.abort())
        expect(page.locator("input:focus")).to_have_count(1)
        page.locator("#p6 label").nth(1).click()
        expect(status(page)).to_contain_text("waiting")
        page.screenshot(path=folder / f"{name}-top.png")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"{name}-end.png")
        page.context.close()
