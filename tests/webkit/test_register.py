"""The register in WebKit: marks go up, wait, outlive a window, and arrive once."""

import base64
import os
from pathlib import Path

import pytest

from registers.marks.changes import MarkChange, MarkKey
from registers.models import Amendment, Mark, SaveReceipt
from tests.browser.rooms import codes, fill_class
from tests.factories.classes import amend_mark
from tests.webkit.conftest import sign_in

STATUS = "[data-status]"
READY = "return document.activeElement.matches('.segs input')"
WAITING = """return new Promise((done) => {
    indexedDB.open("rollbook").onsuccess = ({target}) => {
        target.result.transaction("marks").objectStore("marks").getAll().onsuccess =
            (found) => done(found.target.result.length);
    };
})"""
KEPT = """return caches.open("rollbook-pages").then((cache) => cache.keys())
    .then((kept) => kept.map((one) => new URL(one.url).pathname))"""


def open_register(tablet, room) -> None:
    tablet.goto(room.path)
    tablet.until(READY)


def open_kept(tablet, room) -> None:
    """With the service worker in charge, so that the page is kept."""
    open_register(tablet, room)
    tablet.run("return navigator.serviceWorker.ready.then(() => true)")
    open_register(tablet, room)
    tablet.until(KEPT.replace("kept.map", "kept.length && kept.map"))


def all_saved(tablet) -> None:
    tablet.until(f"return ({WAITING.removeprefix('return ')}).then((many) => !many)")
    tablet.until_text(STATUS, "All saved")


def the_office_marks(room, at: int) -> None:
    key = MarkKey(room.enrolments[at].pk, room.today, 0)
    change = MarkChange(key=key, code="I", seen=0, reason="Mother rang")
    amend_mark(change=change, by=room.officer)


def test_what_the_register_leans_on_is_there(tablet, room):
    open_register(tablet, room)
    found = tablet.run(
        """return {
            locks: "locks" in navigator, channel: "BroadcastChannel" in self,
            timeout: "timeout" in AbortSignal, inert: "inert" in HTMLElement.prototype,
            has: CSS.supports("selector(:has(*))"), findLastIndex: "findLastIndex" in [],
            worker: "serviceWorker" in navigator, caches: "caches" in self,
        }"""
    )
    assert all(found.values()), found


def test_by_the_keys(tablet, room):
    open_register(tablet, room)
    tablet.press("n ArrowDown Space l 1 2 ArrowDown")
    tablet.until_text("#p3 legend", "marked L, 12 minutes late")
    all_saved(tablet)
    assert codes(room) == ["N", "/", "L"]
    tablet.press("a")
    tablet.until_text(STATUS, "All saved", patience=10)
    all_saved(tablet)
    assert codes(room) == ["N", "/", "L", "/"]


def test_by_its_buttons_and_undone(tablet, room):
    open_register(tablet, room)
    tablet.click("#p1 .seg:nth-of-type(2) input")
    tablet.until_text("#p1 legend", "marked N")
    all_saved(tablet)
    tablet.click("[data-rest]")
    tablet.until_text("#p4 legend", "marked /")
    tablet.click("[data-undo]")
    tablet.until_text("#p4 legend", "not marked")
    all_saved(tablet)
    assert codes(room) == ["N"]


def test_marks_wait_outlive_the_window_and_arrive_once(tablet, gate, room):
    open_kept(tablet, room)
    gate.shut()
    tablet.press("n ArrowDown Space l ArrowDown i")
    tablet.until_text(STATUS, "Offline: 4 marks waiting on this device")
    tablet.until_text("#p2 .note-said", "Waits on this device")
    old = tablet.ask("window")
    new = tablet.do("window/new", {"type": "window"})["handle"]
    tablet.do("window", {"handle": old})
    tablet.close_window()
    tablet.do("window", {"handle": new})
    open_register(tablet, room)  # from the device: nobody answers
    tablet.until_text(STATUS, "Offline: 4 marks waiting on this device")
    tablet.until_text("#p4 legend", "marked I, waits on this device")
    assert codes(room) == []
    gate.open()
    tablet.until_text(STATUS, "All saved", patience=20)
    all_saved(tablet)
    assert codes(room) == ["N", "/", "L", "I"]
    assert set(Mark.objects.values_list("version", flat=True)) == {1}
    assert SaveReceipt.objects.count() == 4
    assert not Amendment.objects.exists()


def test_another_page_says_that_there_is_no_connection(tablet, gate, room):
    open_kept(tablet, room)
    gate.shut()
    tablet.goto(f"{room.url}/schools/{room.school.urn}/pupils/")
    assert tablet.text("h1") == "No connection"
    assert str(room.group) in tablet.text("main ul a")


def test_what_the_office_marks_appears_within_five_seconds(tablet, room):
    open_register(tablet, room)
    tablet.press("n")
    all_saved(tablet)
    the_office_marks(room, 2)
    tablet.until_text("#p3 legend", "marked I", patience=5)
    tablet.until_text("#p3 .note-said", room.officer.name)


def test_two_marks_are_settled_in_the_row(tablet, gate, room):
    open_kept(tablet, room)
    gate.shut()
    tablet.press("n")
    tablet.until_text(STATUS, "1 mark waiting")
    the_office_marks(room, 0)
    gate.open()
    tablet.until_text("#p1 legend", "has two marks", patience=20)
    tablet.click("#p1 [data-answer=mine]")
    all_saved(tablet)
    assert codes(room) == ["N"]


def test_who_has_been_signed_out_is_told_and_nothing_is_lost(tablet, room):
    open_register(tablet, room)
    tablet.forget_cookies()
    tablet.press("n")
    tablet.until_text(STATUS, "Signed out: 1 mark waiting")
    sign_in(tablet, room, room.teacher)
    open_register(tablet, room)
    all_saved(tablet)
    assert codes(room) == ["N"]


def test_what_was_kept_goes_with_the_sign_out(tablet, room):
    open_kept(tablet, room)
    assert tablet.run(KEPT)
    tablet.click("form[data-sign-out] button")
    tablet.until("return document.querySelector('h1').textContent.includes('Sign in')")
    assert tablet.run(KEPT) == []


@pytest.mark.skipif("PICTURES" not in os.environ, reason="PICTURES says where to")
def test_pictures(tablet, room):
    fill_class(room, 30)
    open_register(tablet, room)
    tablet.press("n ArrowDown l ArrowDown Space Space")
    all_saved(tablet)
    for width, height in ((820, 1180), (390, 844), (1280, 800)):
        tablet.resize(width, height)
        picture = base64.b64decode(tablet.ask("screenshot"))
        (Path(os.environ["PICTURES"]) / f"webkit-{width}.png").write_bytes(picture)
