"""What people do in a register with browsers of their own; the class is the fixture `room`."""

from django.test import Client
from playwright.sync_api import Page, expect

from registers.models import Mark
from tests import factories


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
