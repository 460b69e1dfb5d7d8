"""What people do in a register with browsers of their own; the class is the fixture `room`."""

from datetime import timedelta

from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, expect

from registers.models import Mark, Register
from tests import factories

KEPT = "async () => (await (await caches.open('rollbook-pages')).keys()).map((one) => one.url)"
FAILS = """() => fetch("/register-worker.js", {cache: "no-store", keepalive: true})
    .then(() => false, () => !navigator.onLine)"""


def sign_in(page: Page, room, person=None) -> None:
    """With the cookie of somebody who has signed in."""
    client = Client()
    client.force_login(person or room.teacher)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": room.url}])


def open_register(page: Page, room) -> None:
    page.goto(f"{room.url}/schools/{room.school.urn}/today/")
    page.get_by_role("link", name="Take the register").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(str(room.group))


def codes(room) -> list[str]:
    """The codes of the marks that stand, by the pupils' order in the register."""
    return list(
        Mark.objects.order_by("enrolment__pupil__surname").values_list("code_id", flat=True)
    )


def fill_class(room, pupils: int) -> None:
    for _ in range(pupils - len(room.enrolments)):
        enrolment = factories.EnrolmentFactory(
            pupil__school=room.school, starts_on=room.enrolments[0].starts_on
        )
        factories.MembershipFactory(group=room.group, enrolment=enrolment)
        room.enrolments.append(enrolment)


def all_saved(page: Page) -> None:
    expect(page.locator("[data-status]")).to_have_text("All saved", timeout=8_000)


def press(page: Page, keys: str) -> int:
    """Type these keys, names of keys between blanks; how many there were.

    The page puts the focus on the first pupil when its keys are ready.
    """
    expect(page.locator("input:focus")).to_have_count(1)
    for key in keys.split():
        page.keyboard.press(key)
    return len(keys.split())


def status(page: Page) -> Locator:
    """How the marks stand, in the register's foot."""
    return page.locator("[data-status]")


def legend(page: Page, number: int) -> Locator:
    """What a screen reader says of the pupil with this number."""
    return page.locator(f"#p{number} legend")


# ---------- without a connection


def open_kept(page: Page, room) -> None:
    """Open the register with the service worker in charge, so that it is kept."""
    open_register(page, room)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    expect(page.locator("input:focus")).to_have_count(1)
    page.wait_for_function(f"({KEPT})().then((kept) => kept.some((one) => one.endsWith('/am/')))")


def drop_the_wifi(context: BrowserContext, is_off: bool = True) -> None:
    """Off, or on again. The browser's network learns of it a moment later than the page: wait for a
    request to fail, or the next mark may slip through and only its answer be lost.
    """
    context.set_offline(is_off)
    if is_off:
        context.pages[-1].wait_for_function(FAILS)


def mark_offline(page: Page, room, keys: str, *, waiting: str = "1 mark") -> None:
    """Open the register, lose the connection, mark by these keys."""
    sign_in(page, room)
    open_kept(page, room)
    drop_the_wifi(page.context)
    press(page, keys)
    expect(status(page)).to_contain_text(f"{waiting} waiting")


def end_meanwhile(page: Page) -> None:
    """The register ends while a mark waits for longer than what counts as at once."""
    page.wait_for_timeout(10_500)
    register = Register.objects.get()
    register.ended_at = register.opened_at + timedelta(minutes=1)
    register.save()
