"""Rollbook among a tablet's apps, and marks that the browser does not clear away."""

import json

from playwright.sync_api import Page, expect

from tests.browser.rooms import open_register, press, sign_in, status

PERSIST = """() => {
    window.askedFor = 0;
    navigator.storage.persist = async () => { window.askedFor += 1; return true; };
}"""


def test_the_browser_finds_nothing_wrong_with_the_manifest(page: Page, room):
    page.goto(f"{room.url}/sign-in/")
    browser = page.context.new_cdp_session(page)
    found = browser.send("Page.getAppManifest")
    assert not found["errors"]
    said = json.loads(found["data"])
    assert (said["name"], said["start_url"]) == ("Rollbook", "/")
    errors = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {one["errorId"] for one in errors} <= {"in-incognito"}  # as every test's context is


def test_its_pictures_have_the_size_that_it_says(page: Page, room):
    page.goto(f"{room.url}/sign-in/")
    sizes = page.evaluate(
        """async () => {
            const at = document.querySelector("link[rel=manifest]").href;
            const {icons} = await (await fetch(at)).json();
            const pictures = icons.map(async ({src, sizes}) => {
                const image = new Image();
                image.src = src;
                await image.decode();
                return [sizes, `${image.naturalWidth}x${image.naturalHeight}`];
            });
            return Promise.all(pictures);
        }"""
    )
    assert len(sizes) == 4
    assert all(said == found for said, found in sizes)


def test_once_marks_wait_the_browser_is_asked_to_keep_them(page: Page, room):
    sign_in(page, room)
    open_register(page, room)
    page.evaluate(PERSIST)
    page.context.route("**/marks/", lambda route: route.abort())
    press(page, "n")
    expect(status(page)).to_contain_text("1 mark waiting")
    page.wait_for_timeout(2_500)  # a second try
    assert page.evaluate("window.askedFor") == 1
