"""A pupil who left last week and was marked since is off the roll, from the register's own row."""

import os
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from registers.marks.changes import MarkChange, MarkKey
from registers.models import AcademicYear, Enrolment, Mark, Session
from tests.browser.axe import axe_finds_nothing
from tests.browser.rooms import sign_in
from tests.factories.classes import school_days
from tests.factories.drawn_schools import write_all

PICTURES = os.environ.get("PICTURES")


def test_a_leaver_of_last_week_is_taken_off_in_one_path(page, room):
    pupil = room.enrolments[0]
    monday = room.today - timedelta(days=room.today.weekday() + 14)
    days = [day for day in school_days(monday, 10) if day < room.today]
    _marked(room, pupil, days)
    sign_in(page, room, room.officer)
    page.goto(f"{room.url}/schools/{room.school.urn}/roll/?q={pupil.pupil.upn}")
    _picture(page, "roll")
    page.get_by_role("link", name="Has left").click()
    expect(page.get_by_text("The register has the pupil here last on")).to_be_visible()
    page.get_by_label("Last day on the roll").fill(str(days[4]))
    page.get_by_label("Ground for taking the name off").select_option(
        "9(1)(a) Registered at another school"
    )
    page.get_by_role("button", name="Look what changes").click()
    expect(page.get_by_role("heading", name="Look before it is done")).to_be_visible()
    expect(page.get_by_text("marks stay in the history and count nowhere")).to_be_visible()
    axe_finds_nothing(page)
    _picture(page, "look")
    page.set_viewport_size({"width": 390, "height": 844})
    _picture(page, "look-phone")
    page.get_by_label("The school where the pupil is registered now").fill("Ellerwick Academy")
    page.get_by_role("button", name="Take the name off the roll").click()
    expect(page.get_by_text("is on the roll until")).to_be_visible()
    _picture(page, "done")
    assert Enrolment.objects.get(pk=pupil.pk).leaves_on == days[4]
    assert Mark.objects.off_roll().filter(enrolment=pupil).count() == 2 * (len(days) - 5)


def _marked(room, pupil, days):
    AcademicYear.objects.update(starts_on=days[0], ends_on=room.today + timedelta(days=60))
    Enrolment.objects.update(starts_on=days[0])
    pupil.memberships.update(from_on=days[0])
    year = AcademicYear.objects.get()
    held = set(Session.objects.values_list("date", "half"))
    Session.objects.bulk_create(
        Session(school=room.school, academic_year=year, date=on, half=half)
        for on in days
        for half in (0, 1)
        if (on, half) not in held
    )
    write_all(
        [
            MarkChange(MarkKey(pupil.pk, on, half), "/\\"[half] if on <= days[4] else "N", 0)
            for on in days
            for half in (0, 1)
        ]
    )


def _picture(page, name):
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"leaver-{name}.png", full_page=True)
