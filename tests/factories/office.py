"""A school day in the office: a class on Tuesday 9 September 2025, seen at a given time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

import time_machine
from django.urls import reverse

from registers.marks.actions.writing import write_marks
from registers.marks.changes import Author, MarkChange, MarkKey
from registers.models import Mark
from tests.factories.classes import ClassOfPupils, make_class

TUESDAY = date(2025, 9, 9)
LONDON = ZoneInfo("Europe/London")


def at(clock: str, on: date = TUESDAY) -> datetime:
    hour, minute = clock.split(":")
    return datetime(on.year, on.month, on.day, int(hour), int(minute), tzinfo=LONDON)


@contextmanager
def the_time(clock: str, on: date = TUESDAY) -> Iterator[None]:
    """Everything reads this time of day; it does not move on."""
    with time_machine.travel(at(clock, on), tick=False):
        yield


def office_class(pupils: int = 3, **known) -> ClassOfPupils:
    """A class that meets from Monday 1 September for three weeks."""
    return make_class(pupils, days=15, **known)


def put(room: ClassOfPupils, number: int, code: str, on: date = TUESDAY, half: int = 0, **known):
    """A mark for the pupil with this number, as the register's taker makes it, or `by`."""
    enrolment = room.enrolments[number]
    key = MarkKey(enrolment.pk, on, half)
    seen, by = known.pop("seen", 0), known.pop("by", room.teacher)
    written = write_marks(
        [MarkChange(key, code, seen, known.pop("minutes", None), reason=known.pop("reason", ""))],
        by=Author(by.pk, str(by), "Teacher"),
        source=known.pop("source", Mark.Source.REGISTER),
        made_at=known.pop("made_at", at("08:50", on)),
        check=lambda *_: None,
    )
    assert key in written.saved
    return key


def code_of(key: MarkKey) -> str | None:
    found = Mark.objects.filter(enrolment=key.enrolment_id, date=key.date, half=key.half).first()
    return found.code_id if found else None


def page(room: ClassOfPupils, name: str, **words) -> str:
    return reverse(f"registers:{name}", kwargs={"urn": room.school.urn, **words})
