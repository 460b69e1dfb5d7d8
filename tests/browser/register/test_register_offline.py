"""The wifi drops, the tab closes, the tablet changes hands: nothing is lost."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session as SignInSession
from playwright.sync_api import Page, expect

from registers.models import Amendment, HeldMark, Mark, SaveReceipt
from tests.browser.rooms import (
    KEPT,
    all_saved,
    codes,
    drop_the_wifi,
    end_meanwhile,
    legend,
    mark_offline,
    open_kept,
    open_register,
    press,
    sign_in,
    status,
)

WAITING = """() => new Promise((done) => {
    indexedDB.open("rollbook").onsuccess = ({target}) => {
        target.result.transaction("marks").objectStore("marks").getAll().onsuccess =
            (found) => done(found.target.result);
    };
})"""


def test_marks_made_offline_survive_a_closed_tab_and_arrive_once(page: Page, room):
    sign_in(page, room)
    open_kept(page, room)
    press(page, "n")
    all_saved(page)
    drop_the_wifi(page.context)
    press(page, "ArrowDown Space l ArrowDown i")
    expect(status(page)).to_have_text("Offline: 3 marks waiting on this device")
    expect(page.locator("#p2 .note-said")).to_have_text("Waits on this device")
    page.close()
    page = page.context.new_page()
    page.goto(room.path)  # from the device: there is no connection
    expect(status(page)).to_have_text("Offline: 3 marks waiting on this device")
    expect(legend(page, 1)).to_have_text(re.compile("marked N$"))  # saved before
    expect(legend(page, 4)).to_have_text(re.compile("marked I, waits on this device$"))
    assert codes(room) == ["N"]
    drop_the_wifi(page.context, False)
    all_saved(page)
    assert codes(room) == ["N", "/", "L", "I"]
    assert set(Mark.objects.values_list("version", flat=True)) == {1}
    assert SaveReceipt.objects.count() == 4
    assert not Amendment.objects.exists()


def test_what_waits_goes_up_from_any_page(page: Page, room):
    mark_offline(page, room, "n")
    page.goto(f"{room.url}/schools/{room.school.urn}/pupils/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    page.get_by_role("link", name=f"{room.group}").first.click()
    expect(status(page)).to_contain_text("1 mark waiting")
    drop_the_wifi(page.context, False)
    page.goto(f"{room.url}/schools/{room.school.urn}/today/")
    page.wait_for_function(f"({WAITING})().then((kept) => kept.length === 0)")
    assert codes(room) == ["N"]


def test_several_changes_of_one_mark_go_up_in_order(page: Page, room):
    mark_offline(page, room, "n i ArrowDown n", waiting="2 marks")
    drop_the_wifi(page.context, False)
    all_saved(page)
    assert codes(room) == ["I", "N"]
    assert Amendment.objects.get().code_before == "N"


def test_a_lost_answer_changes_nothing_twice(page: Page, room):
    sign_in(page, room)
    open_register(page, room)
    lost = []

    def lose_the_first(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)  # it arrives, and its answer does not come back
            route.abort()
        else:
            route.continue_()

    page.context.route("**/marks/", lose_the_first)
    press(page, "n")
    all_saved(page)
    assert lost == [200]
    assert list(Mark.objects.values_list("code_id", "version")) == [("N", 1)]


def test_who_has_been_signed_out_signs_in_and_nothing_is_lost(page: Page, room):
    room.teacher.set_password("a-slate-and-a-bell")
    room.teacher.save()
    sign_in(page, room)
    open_register(page, room)
    SignInSession.objects.all().delete()
    press(page, "n ArrowDown l")
    expect(status(page)).to_contain_text("Signed out: 2 marks waiting")
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Name").fill(room.teacher.username)
    page.get_by_label("Password").fill("a-slate-and-a-bell")
    page.get_by_role("button", name="Sign in").click()
    all_saved(page)
    assert codes(room) == ["N", "L"]


def test_on_a_shared_tablet_anothers_marks_are_held_and_not_sent(page: Page, room):
    mark_offline(page, room, "n")
    page.context.route("**/marks/", lambda route: route.abort())
    drop_the_wifi(page.context, False)
    sign_in(page, room, room.officer)
    page.goto(f"{room.url}/schools/{room.school.urn}/today/")
    page.context.unroute("**/marks/")
    expect(page.get_by_text("1 mark of somebody else waits on this device")).to_be_visible()
    page.goto(room.path)
    expect(legend(page, 1)).to_have_text(re.compile("not marked$"))
    press(page, "ArrowDown n")
    all_saved(page)
    assert codes(room) == ["N"]
    assert Mark.objects.get().made_by == room.officer
    sign_in(page, room)
    page.goto(room.path)
    expect(legend(page, 1)).to_have_text(re.compile("marked N$"))
    all_saved(page)
    assert set(Mark.objects.values_list("made_by__username", flat=True)) == {
        room.teacher.username,
        room.officer.username,
    }


def test_what_was_kept_goes_with_the_sign_out(page: Page, room):
    sign_in(page, room)
    open_kept(page, room)
    press(page, "n")
    all_saved(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate(KEPT) == []
    drop_the_wifi(page.context)
    page.goto(room.path)
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert room.enrolments[0].pupil.surname not in page.content()


def test_a_sign_out_with_marks_waiting_asks_first_and_keeps_them(page: Page, room):
    sign_in(page, room)
    open_kept(page, room)
    page.context.route("**/marks/", lambda route: route.abort())
    press(page, "n")
    expect(status(page)).to_contain_text("1 mark waiting")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "have not been sent" in asked[0]
    page.context.unroute("**/marks/")
    sign_in(page, room)
    page.goto(room.path)
    all_saved(page)
    assert codes(room) == ["N"]


def test_a_page_from_this_morning_is_dead_by_the_evening(page: Page, room):
    sign_in(page, room)
    open_kept(page, room)
    page.evaluate(
        """async (path) => {
            const cache = await caches.open("rollbook-pages");
            const old = new Headers({"x-rollbook-kept-at": String(Date.now() - 86_400_000)});
            await cache.put(path, new Response("<p>Yesterday's names</p>", {headers: old}));
        }""",
        room.path,
    )
    drop_the_wifi(page.context)
    page.goto(room.path)
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert room.path not in page.evaluate(KEPT)


def test_a_register_that_has_ended_meanwhile_goes_to_the_office(page: Page, room):
    mark_offline(page, room, "n")
    end_meanwhile(page)
    drop_the_wifi(page.context, False)
    expect(page.locator("#p1 .note-said")).to_have_text("With the office")
    expect(page.get_by_text("This register has ended.")).to_be_visible()
    expect(page.locator("#p2 fieldset")).to_have_attribute("inert", "")
    assert not Mark.objects.exists()
    held = HeldMark.objects.get()
    assert (held.code_id, held.made_by) == ("N", room.teacher)
    assert held.made_at < held.arrived_at - timedelta(seconds=10)


def test_no_name_of_a_child_waits_on_the_device(page: Page, room):
    mark_offline(page, room, "n")
    kept = page.evaluate(WAITING)
    assert len(kept) == 1
    words = json.dumps(kept)
    for enrolment in room.enrolments:
        assert enrolment.pupil.surname not in words


@pytest.mark.parametrize("status_code", [500, 503, 200])
def test_a_server_in_trouble_loses_nothing(page: Page, room, status_code):
    """Nor does a gate of the wifi that answers with a page of its own."""
    sign_in(page, room)
    open_register(page, room)
    page.context.route(
        "**/marks/", lambda route: route.fulfill(status=status_code, body="<h1>Wifi</h1>")
    )
    press(page, "n")
    expect(status(page)).to_have_text("The server does not answer: 1 mark waiting on this device")
    page.context.unroute("**/marks/")
    all_saved(page)
    assert codes(room) == ["N"]


def test_who_closes_the_lid_at_once_has_sent_it_all_the_same(page: Page, room):
    """One press for many is held back for a moment, so that it can be undone."""
    sign_in(page, room)
    open_register(page, room)
    press(page, "a")
    page.close()
    other = page.context.new_page()
    other.goto(f"{room.url}/schools/{room.school.urn}/today/")
    other.wait_for_function(f"({WAITING})().then((kept) => kept.length === 0)")
    for _ in range(50):  # what the closed page sent may still be on its way
        if codes(room):
            break
        other.wait_for_timeout(100)
    assert codes(room) == ["/", "/", "/", "/"]
    assert SaveReceipt.objects.count() == 1
