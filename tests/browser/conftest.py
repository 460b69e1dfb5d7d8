"""Pages in real Chromium, against a server with a real database."""

import os
from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from registers.models import Register
from tests.factories.classes import make_class

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop of its own


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def room(racing_db, live_server):
    """A class of four whose register opened ten minutes ago, whatever the time is."""
    today = timezone.localdate()
    room = make_class(4, first=today - timedelta(days=7), days=2)
    Register.objects.all().delete()
    for session in room.sessions[:2]:
        session.date = today
        session.save()
    now = timezone.localtime()
    opened = max(now - timedelta(minutes=10), now.replace(hour=0, minute=0, second=0))
    room.school.morning_at = opened.time().replace(microsecond=0)
    later = opened + timedelta(hours=2)  # the afternoon's register is not open beside it
    is_today = later.date() == today
    room.school.afternoon_at = later.time().replace(microsecond=0) if is_today else time(23, 59)
    room.school.save()
    room.url, room.today = live_server.url, today
    room.path = f"{room.url}/schools/{room.school.urn}/registers/{room.group.pk}/{today}/am/"
    return room
