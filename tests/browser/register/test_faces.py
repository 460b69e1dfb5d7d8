"""Thirty rows with faces, names and alerts: one screen, one request, and nothing in the way."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from registers.models import Enrolment, Membership, Pupil, Session
from tests import factories
from tests.browser.rooms import open_register, sign_in

PICTURES = os.environ.get("PICTURES")
NAMES = [
    ("Katherine", "Kit", "Adams"),
    ("Oluwaseun", "", "Adebayo-Fitzgerald"),
    ("سارة", "", "الحداد"),
    ("Wilhelmina", "Mina", "Featherstone"),
    ("Mohammed", "", "Al-Hashimi"),
    ("小雨", "", "王"),
]
ALERTS = {4: "Inhaler", 11: "EpiPen in the office", 17: "Hearing aids: in front"}  # as they are


def fill(room, with_photos: bool) -> None:
    """The class grows to thirty; two in three have a photo."""
    first = room.enrolments[0]
    for _ in range(26):
        enrolment = factories.EnrolmentFactory(pupil__school=room.school, starts_on=first.starts_on)
        factories.MembershipFactory(group=room.group, enrolment=enrolment)
    long_ago = room.today - timedelta(days=60)  # and so nobody is new
    Enrolment.objects.update(starts_on=long_ago)
    Membership.objects.update(from_on=long_ago)
    Session.objects.filter(date__lt=room.today).delete()
    Session.objects.bulk_create(
        Session(
            school=room.school,
            academic_year=room.year,
            date=room.today - timedelta(days=day),
            half=half,
        )
        for day in range(1, 6)
        for half in (0, 1)
    )
    for number, pupil in enumerate(Pupil.objects.order_by("pk")):
        if number < len(NAMES):
            pupil.forename, pupil.preferred_name, pupil.surname = NAMES[number]
        pupil.medical_alert = ALERTS.get(number, "")
        pupil.save()
        if with_photos and number % 3:
            factories.PhotoFactory(pupil=pupil)


def picture(page: Page, name: str) -> None:
    if PICTURES:
        for width, height in ((1280, 800), (820, 1180), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png")
        page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.parametrize("with_photos", [True, False])
def test_thirty_rows_are_on_one_screen_with_their_faces(page: Page, room, with_photos):
    fill(room, with_photos)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    problems: list[str] = []
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    sign_in(page, room)
    open_register(page, room)
    page.wait_for_load_state("networkidle")
    rows = page.locator(".pupil-row")
    assert rows.count() == 30
    foot = page.locator(".register-foot").bounding_box()["y"]
    last = [rows.nth(number).bounding_box() for number in (14, 29)]
    bottoms = [box["y"] + box["height"] for box in last]
    picture(page, f"register-{'faces' if with_photos else 'initials'}")
    assert max(bottoms) <= foot + 1, (bottoms, foot)
    assert sum(url.endswith(".jpg") for url in asked) == with_photos
    assert not problems
