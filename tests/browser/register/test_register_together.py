"""Two people at one register: what the other marks appears; two marks for one pupil are settled."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from registers.marks.changes import MarkKey
from registers.models import Amendment, Mark
from registers.office.late_desk.actions import sign_in_late
from tests.browser.rooms import (
    all_saved,
    codes,
    fill_class,
    open_register,
    press,
    sign_in,
)


@pytest.fixture
def office(browser: Browser, room) -> Page:
    context = browser.new_context(viewport={"width": 820, "height": 1180})
    page = context.new_page()
    sign_in(page, room, room.officer)
    page.goto(room.path)
    yield page
    context.close()


def blind(page: Page) -> None:
    """The page hears nothing of the others, as in the seconds before it looks again."""
    page.context.route(
        "**/marks/",
        lambda route: route.abort() if route.request.method == "GET" else route.continue_(),
    )


def clash(page: Page, office: Page, room):
    """The office marks L, then the teacher, who has not heard of it, N."""
    sign_in(page, room)
    blind(page)
    open_register(page, room)
    press(office, "l ArrowDown")
    all_saved(office)
    press(page, "n")
    row = page.locator("#p1")
    expect(row).to_contain_text(f"{room.officer.name} marked L, 10 min")
    expect(row).to_contain_text("You chose N.")
    expect(row.locator("legend")).to_have_text(re.compile("has two marks$"))
    assert codes(room) == ["L"]
    return row


def test_of_two_marks_ours_is_used(page: Page, office: Page, room):
    row = clash(page, office, room)
    row.get_by_role("button", name="Use mine: N").click()
    expect(row.get_by_role("button", name="Use mine: N")).to_be_hidden()
    expect(row.locator("legend")).to_have_text(re.compile("marked N$"))
    page.context.unroute("**/marks/")
    all_saved(page)
    assert codes(room) == ["N"]
    assert (Amendment.objects.get().code_before, Amendment.objects.get().by) == ("L", room.teacher)
    expect(office.locator("#p1 legend")).to_have_text(re.compile("marked N$"), timeout=5_000)


def test_of_two_marks_theirs_is_kept(page: Page, office: Page, room):
    row = clash(page, office, room)
    press(page, "ArrowDown i")  # no other row is blocked
    row.get_by_role("button", name="Keep theirs: L").click()
    expect(row.locator("legend")).to_have_text(re.compile("marked L, 10 minutes late$"))
    page.context.unroute("**/marks/")
    all_saved(page)
    assert codes(room) == ["L", "I"]
    assert not Amendment.objects.exists()


def test_the_question_outlives_a_reload(page: Page, office: Page, room):
    clash(page, office, room)
    page.reload()
    row = page.locator("#p1")
    expect(row).to_contain_text("You chose N.")
    row.get_by_role("button", name="Keep theirs: L").click()
    page.reload()
    expect(page.locator("#p1 legend")).to_have_text(re.compile("marked L, 10 minutes late$"))
    expect(page.get_by_text("You chose N.")).to_be_hidden()


def test_what_another_marks_appears_within_five_seconds(page: Page, office: Page, room):
    sign_in(page, room)
    open_register(page, room)
    press(page, "Space")
    all_saved(page)
    press(office, "ArrowDown ArrowDown o")
    all_saved(office)
    began = time.monotonic()
    row = page.locator("#p3")
    expect(row.locator("legend")).to_have_text(re.compile("marked O$"), timeout=5_000)
    assert time.monotonic() - began < 5
    expect(row.locator(".note-said")).to_contain_text(room.officer.name)
    expect(page.locator(".foot-counts")).to_contain_text("2 of 4 marked")
    assert page.locator("#register-said").inner_text().endswith(f"O, by {room.officer.name}")


def test_an_arrival_at_the_late_desk_appears_too(page: Page, room):
    from django.utils import timezone

    sign_in(page, room)
    open_register(page, room)
    press(page, "n")
    all_saved(page)
    mark = Mark.objects.get()
    sign_in_late(
        school=room.school,
        key=MarkKey(mark.enrolment_id, room.today, 0),
        seen=mark.version,
        keep=False,
        reason="",
        by=room.officer,
        now=timezone.localtime(),
    )
    legend = page.locator("#p1 legend")
    expect(legend).to_have_text(re.compile(r"marked L, \d+ minutes late$"), timeout=5_000)


def test_everyone_else_leaves_alone_whom_another_marked_meanwhile(
    page: Page,
    office: Page,
    room,
):
    fill_class(room, 6)
    sign_in(page, room)
    blind(page)
    open_register(page, room)
    press(office, "l ArrowDown")
    all_saved(office)
    press(page, "ArrowDown n a")
    legend = page.locator("#p1 legend")
    expect(legend).to_have_text(re.compile("marked L"), timeout=6_000)
    page.context.unroute("**/marks/")
    all_saved(page)
    assert codes(room) == ["L", "N", "/", "/", "/", "/"]
    assert not Amendment.objects.exists()


def test_what_may_not_stand_is_refused_in_its_row(office: Page, room):
    press(office, "x ArrowDown n")
    row = office.locator("#p1")
    expect(row).to_contain_text("compulsory school age")
    expect(office.locator("[data-status]")).to_have_text("1 not saved")
    row.get_by_role("button", name="Leave it as it was").click()
    expect(row.locator("legend")).to_have_text(re.compile("not marked$"))
    all_saved(office)
    assert codes(room) == ["N"]
