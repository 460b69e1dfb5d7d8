"""Whatever is sent to a page, it answers in words: no address and no form breaks on wrong input.

Every page is opened with values that nobody means in its query, and sent in each field of each of
its forms, one field at a time and the others as a person would fill them. The pages are found by
the addresses, so a new one is among them. Worth most on PostgreSQL, which takes neither NUL nor a
number that is too large for its column.
"""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import transaction
from lxml import html

from registers.web.parameters import day_of, number_of, words_of
from tests import factories
from tests.factories.everything import make_everything, path_of
from tests.meta.test_urls import GUARDED, ROLE_NAMES

pytestmark = pytest.mark.django_db

NO_NUMBER, ENDLESS, TOO_LARGE = "²", "9" * 5000, "2147483648"
WRONG = (
    *("", "-1", "\0", NO_NUMBER, TOO_LARGE, ENDLESS, "0001-01-01", "9999-12-31"),
    "ä" * 9000,
)
IN_ADDRESSES = (
    "as_at batch code copy date enrolment format from group kind moved next next_step night on "
    "owner page person place pupil q show since since_on sort state week when with year"
).split()
FILES = ((b"", "a.pdf"), (b"\0\xff", "a.csv"), (b"PK\3\4", "a.xlsx"), (b"%PDF-1.4", "x" * 300))
# Pages that show their form to whoever comes with a choice in the address.
WITH_A_CHOICE = {
    "registers:late_desk": "q=okafor",
    "registers:sign_outs": "pupil={enrolment_id}",
    "registers:planned_new": "pupil={pupil_id}&kind=leave",
    "registers:contact_new": "person={other_person_id}",
    "registers:group": "q=okafor",
    "registers:group_end": "place={membership_id}",
    "interventions:letter_new": "kind=meeting_invitation",
    "interventions:panel_new": "show=everybody",
}
WHILE_THE_REGISTER_IS_OPEN = datetime(2025, 9, 2, 8, 10, tzinfo=UTC)
OF_A_SCHOOL = [(name, entry) for name, entry in GUARDED if "urn" in entry.pattern.converters]


@pytest.fixture
def broken() -> Iterator[list[str]]:
    """The requests in which something went wrong unforeseen."""
    found: list[str] = []

    def note(request, **_):
        sent = request.POST if request.method == "POST" else request.GET
        problem = repr(sys.exc_info()[1])[:200]
        found.append(f"{problem}: {request.method} {request.path} {str(dict(sent))[:300]}")

    got_request_exception.connect(note)
    yield found
    got_request_exception.disconnect(note)


@pytest.fixture(scope="module")
def school(module_db):
    """A school that has one of everything that an address can name."""
    with time_machine.travel(WHILE_THE_REGISTER_IS_OPEN, tick=False):
        return make_everything()


@pytest.fixture
def named(school):
    """What addresses can name."""
    other = factories.PersonFactory(school=school["school"])
    place = school["group"].memberships.first()
    return school | {"other_person_id": other.pk, "membership_id": place.pk}


@pytest.fixture
def everybody(school):
    """One person with every role that opens pages of the whole school."""
    person = factories.UserFactory()
    for role in ROLE_NAMES:
        if role != "teacher":
            factories.AppointmentFactory(school=school["school"], role=role, user=person)
    return person


@pytest.fixture(autouse=True)
def _while_the_register_is_open():
    with time_machine.travel(WHILE_THE_REGISTER_IS_OPEN, tick=False):
        yield


def filled(form) -> dict[str, list[str]]:
    """What a person might send of a form."""
    sent: dict[str, list[str]] = {}
    for field in form.xpath(".//input[@name]|.//select[@name]|.//textarea[@name]|.//button[@name]"):
        name, kind = field.get("name"), field.get("type", field.tag)
        if kind == "file":
            continue
        if field.tag == "select":
            values = [one.get("value") for one in field.xpath(".//option") if one.get("value")][:1]
        elif kind in ("radio", "checkbox"):
            values = [] if name in sent and field.get("checked") is None else [field.get("value")]
        else:
            usual = {"date": "2025-09-08", "time": "09:00"}.get(kind, "Something")
            values = [field.get("value") or field.text or usual]
        sent.setdefault(name, []).extend(value or "on" for value in values)
    return sent


def some_of(number: int) -> list[str]:
    """Three values for a field, others for the next; all of them with EVERY_WRONG_VALUE set."""
    if os.environ.get("EVERY_WRONG_VALUE"):
        return list(WRONG)
    return [WRONG[(3 * number + step) % len(WRONG)] for step in (0, 1, 2)]


def wrong_versions(form) -> Iterator[dict]:
    usual = filled(form)
    yield usual
    yield {}
    alike = {"".join(c for c in name if not c.isdigit()): name for name in usual}
    for number, name in enumerate(alike.values()):  # of many rows one
        for wrong in some_of(number):
            yield usual | {name: [wrong]}
    for field in form.xpath(".//input[@type='file']"):
        for content, name in FILES:
            yield usual | {field.get("name"): SimpleUploadedFile(name, content)}


def undone(send, *args, **kwargs):
    """Send it, and take back whatever it did."""
    with transaction.atomic():
        answer = send(*args, **kwargs)
        transaction.set_rollback(True)
    return answer


@pytest.mark.slow
@pytest.mark.parametrize(("name", "entry"), OF_A_SCHOOL, ids=[name for name, _ in OF_A_SCHOOL])
def test_nothing_that_is_sent_breaks_a_page(client, named, everybody, broken, name, entry):
    client.force_login(everybody)
    client.raise_request_exception = False
    path = path_of(name, entry, named)
    if name in WITH_A_CHOICE:
        path += "?" + WITH_A_CHOICE[name].format(**named)
    page = undone(client.get, path)
    is_page = page.status_code == 200 and "html" in page["Content-Type"]
    forms = html.fromstring(page.content).xpath("//main//form") if is_page else []
    asked = {field for form in forms if form.get("method") == "get" for field in filled(form)}
    for wrong in WRONG[:-1]:
        undone(client.get, path.split("?")[0], dict.fromkeys({*IN_ADDRESSES, *asked}, wrong))
        undone(client.get, path.split("?")[0], {"q": wrong}, headers={"HX-Request": "true"})
    undone(client.post, path)
    seen = set()
    for form in forms:
        action, fields = form.get("action") or path, tuple(sorted(filled(form)))
        if form.get("method") == "post" and (action, fields) not in seen:
            seen.add((action, fields))
            for sent in wrong_versions(form):
                undone(client.post, action, sent)
    assert not broken


@pytest.mark.parametrize("text", ["²", "٣", "-1", "1.0", " 1", "", None, TOO_LARGE, ENDLESS])
def test_no_number_of_a_row(text):
    assert number_of(text) is None


def test_the_number_of_a_row():
    assert number_of("2147483647") == 2**31 - 1
    assert number_of("007") == 7


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "2026-02-30", "x", "", None])
def test_no_day_of_a_school(text):
    assert day_of(text) is None


def test_a_day_of_a_school():
    assert day_of("2026-11-24") == date(2026, 11, 24)


def test_words_are_cut_and_have_no_nul():
    assert words_of(" a\0bcd ", 3) == "abc"
    assert words_of(None, 3) == ""


def test_a_day_far_from_every_school_year_is_no_address(client, named, everybody):
    client.force_login(everybody)
    for day in ("0001-01-01", "9999-12-31"):
        for page in (f"groups/{named['group_id']}/week/{day}/", f"registers/1/{day}/am/"):
            assert client.get(f"/schools/{named['urn']}/{page}").status_code == 404


def test_nul_in_an_address_is_as_if_it_were_not_there(client, named, everybody):
    client.force_login(everybody)
    answer = client.get(f"/schools/{named['urn']}/roll/?q=%00Oka%00for&page=1")
    assert answer.context["form"].cleaned_data["q"] == "Okafor"
