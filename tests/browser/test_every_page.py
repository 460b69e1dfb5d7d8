"""Every page, for whoever may open it, at three widths: nothing for axe, no sideways scroll."""

from datetime import timedelta
from pathlib import Path

import axe_playwright_python
import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from interventions.letters.actions import letters
from tests import factories
from tests.browser.axe import WIDTHS
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.factories.everything import addresses, make_everything, member, path_of

AXE = next(Path(axe_playwright_python.__path__[0]).glob("axe.min.js"))
# What is wrong on the page, a line for each: the rule and the first part that breaks it.
LOOK = """async () => {
    const rules = {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]};
    const found = await axe.run(
        {runOnly: rules, resultTypes: ["violations"], preload: false});
    const wide = document.documentElement.scrollWidth - innerWidth;
    return found.violations.map(wrong => `${wrong.id}: ${wrong.nodes[0].html.slice(0, 160)}`)
        .concat(wide > 0 ? [`scrolls sideways by ${wide} px`] : []);
}"""
ALL_ROLES = ("administrator", "slt", "attendance_officer", "safeguarding_lead")


@pytest.fixture
def school(racing_db, live_server):
    """A class four weeks into a year, with letters, and names of which pages must take care."""
    today = timezone.localdate()
    room = make_class(4, first=today - timedelta(days=today.weekday() + 28), days=40)
    first, second = (enrolment.pupil for enrolment in room.enrolments[:2])
    first.forename, first.surname = "Wilhelmina-Anastasia", "Fotheringham" * 5
    second.forename, second.surname = "ليلى", "الحداد"
    for pupil in (first, second):
        pupil.save()
    codes = "/\\/\\OOII" + "/\\L\\/U" + "/\\/\\/\\" * 4
    for number, marks in enumerate((codes, "OO" + codes, "/\\" * 18, "/." * 18)):
        marks_of(room, marks, pupil=number)
    words = make_everything(room)
    for enrolment in room.enrolments[:2]:
        factories.RelationshipFactory(pupil=enrolment.pupil)
    letters.propose(school=room.school, as_at=today, dated=today, send=False)
    return words | {"url": live_server.url, "date": today - timedelta(days=today.weekday() + 7)}


def sign_in(context: BrowserContext, school, person) -> None:
    """With the cookie of somebody who has signed in."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": school["url"]}])


def is_page(context: BrowserContext, url: str) -> bool:
    """Whether a page comes, rather than a file, a way on or a refusal.

    503 is the health page's: there is no worker in a test.
    """
    answer = context.request.get(url, max_redirects=0)
    assert answer.status != 500, url
    return answer.status in {200, 503} and answer.headers["content-type"].startswith("text/html")


def wrong_on(page: Page, url: str) -> list[str]:
    """What is wrong on this page at the three widths."""
    found = []
    page.goto(url)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"at {width}: {wrong}" for wrong in page.evaluate(LOOK)]
    return found


@pytest.mark.parametrize(
    ("roles", "least"),
    [(ALL_ROLES, 50), (("teacher",), 8), ((), 4)],
    ids=["all", "teacher", "none"],
)
def test_nothing_is_wrong_on_any_page(page: Page, school, roles, least):
    if roles:
        sign_in(page.context, school, member(school, *roles))
    looked_at, wrong = set(), []
    for name, entry in addresses():
        url = school["url"] + path_of(name, entry, school)
        if url in looked_at or not is_page(page.context, url):
            continue
        looked_at.add(url)
        wrong += [f"{name} {said}" for said in wrong_on(page, url)]
    assert not wrong, "\n".join(wrong)
    assert len(looked_at) >= least, "pages that were there before are gone"
