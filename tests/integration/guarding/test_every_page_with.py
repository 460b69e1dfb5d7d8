"""Every page of a school that has nothing yet, one pupil, odd names, or a calendar out of reach."""

import re
from collections.abc import Iterator
from datetime import date

import lxml.html
import pytest
import time_machine
from django.http import HttpResponse

from registers.models import Person, Pupil, User
from tests import factories
from tests.factories.classes import ClassOfPupils, make_class
from tests.factories.everything import addresses, make_everything, member, path_of
from tests.html_page import read_page
from tests.html_page import words_of as words_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TODAY = "2026-11-24T10:00:00+00:00"  # a Tuesday
ALL_ROLES = ("administrator", "slt", "safeguarding_lead", "attendance_officer", "office")
# A page, one that leads on, one that is only sent to; and files or codes that are not there yet.
FOUND = {200, 302, 405}
NOT_THERE_YET = {"copy_pdf", "job_file", "late_slip", "document", "deactivate", "recovery_codes"}
OTHERS = ("account_", "mfa_", "sign_", "accept_", "health")  # nothing on them is the school’s
LONG = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewis"
RIGHT_TO_LEFT = "الحداد"
MARKUP = "<script>alert(1)</script>"

# What a page says where nobody thought of none or of one.
NONSENSE = re.compile(
    r"\b1 (?:pupils|children|registers|sessions|letters|plans|groups|papers|steps|days|schools)\b"
    r"|\b1 (?:are|have) |\b0 of 0 registers|\b[02-9] is in\.|\{\{|\{%|\bnan\b|\binf\b"
    r"|\bNone\b(?![.:]| yet| this| from| in| possible)|(?<!written )\d{4}-\d\d-\d\d"
)


@pytest.fixture(autouse=True)
def _in_term() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=False):
        yield


def words_of(room: ClassOfPupils) -> dict:
    """What addresses can name of a class about which nothing has happened yet."""
    about = {"pupil_id": one.pupil_id, "enrolment_id": one.pk} if (one := first(room)) else {}
    return about | {
        "school": room.school,
        "group": room.group,
        "urn": room.school.urn,
        "group_id": room.group.pk,
        "year_id": room.year.pk,
        "date": room.sessions[0].date,
        "half": "am",
        "kind": "first_concern",
    }


def first(room: ClassOfPupils):
    return next(iter(room.enrolments), None)


def pages(client, words: dict, person: User) -> Iterator[tuple[str, HttpResponse]]:
    """The answer of every address that these words can fill, but those that the person may not."""
    client.force_login(person)
    for name, entry in addresses():
        needed = {*entry.pattern.converters, *entry.pattern.regex.groupindex}
        if needed <= set(words) and not name.startswith(OTHERS):
            response = client.get(path_of(name, entry, words))
            if response.status_code != 403:
                yield name, response


def shown(response: HttpResponse):
    """The main part of a page as a tree; None for a file or a page that leads on."""
    if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
        return None
    return lxml.html.document_fromstring(response.text).find(".//main")


def text_of(tree) -> str:
    """What can be read, in words; not what somebody may type or the sheet of examples."""
    skipped = ("script", "style", "textarea", "code", "svg", "noscript", "option")
    pieces = (
        str(piece)
        for piece in tree.xpath(".//text()")
        if piece.getparent().tag not in skipped or piece.is_tail
    )
    return " ".join(" ".join(pieces).split())


def nonsense(name: str, response: HttpResponse) -> Iterator[str]:
    """What is wrong: it does not answer, opens without a sentence, or says odd things."""
    if response.status_code not in FOUND and not any(part in name for part in NOT_THERE_YET):
        yield f"{name} answers {response.status_code}"
    if (tree := shown(response)) is None:
        return
    heading, lede = tree.find(".//h1"), tree.find_class("lede")
    if heading is None or not heading.text_content().strip():
        yield f"{name} has no heading"
    if lede and not lede[0].text_content().strip():
        yield f"{name} does not open with a sentence"
    text = text_of(tree)
    yield from (
        f"{name} says …{text[max(found.start() - 40, 0) : found.end() + 40]}…"
        for found in NONSENSE.finditer(text)
    )
    if len(text) < 60:
        yield f"{name} is empty"


@pytest.mark.parametrize("roles", [ALL_ROLES, ("teacher",), ("trust_leader",)])
def test_a_school_that_has_nothing(client, roles):
    school = factories.SchoolFactory()
    person = factories.UserFactory()
    for role in roles:
        factories.AppointmentFactory(school=school, role=role, user=person)
    answers = dict(pages(client, {"school": school, "urn": school.urn}, person))
    assert not "\n".join(wrong for name in answers for wrong in nonsense(name, answers[name]))
    assert answers.keys() >= {"registers:codes", "absence:pupils"}


@pytest.mark.parametrize("pupils", [0, 1])
@pytest.mark.parametrize(
    "first_day",
    [date(2026, 11, 16), date(2027, 9, 1), date(2023, 9, 4)],
    ids=["now", "wholly to come", "wholly past"],
)
def test_a_school_with_one_pupil_or_none_and_no_mark(client, first_day, pupils):
    words = words_of(make_class(pupils, first=first_day))
    answers = pages(client, words, member(words, *ALL_ROLES))
    assert not "\n".join(wrong for name, response in answers for wrong in nonsense(name, response))


def test_a_school_that_has_not_begun_says_when_it_does(client):
    words = words_of(make_class(1, first=date(2027, 9, 1)))
    answers = dict(pages(client, words, member(words, "administrator")))
    for name in ("absence:pupils", "absence:school"):
        page = read_page(answers[name])
        assert "its first session is on Wednesday 1 September 2027" in page.text
        assert "The school’s calendar" in page.links
    assert "to come" in read_page(answers["registers:calendar"]).text
    assert "from 1 September 2027" in read_page(answers["registers:pupil_edit"]).text


def test_a_year_that_is_over_is_not_called_this_year(client):
    words = words_of(make_class(1, first=date(2023, 9, 4)))
    answers = dict(pages(client, words, member(words, "administrator")))
    calendar = read_page(answers["registers:calendar"])
    assert "over" in [words_in(tag) for tag in calendar.all_of("span")]
    assert "is over" in answers["registers:set_up"].text


def call_everybody(name: str) -> None:
    """Pupils, contacts and colleagues of this name."""
    Pupil.objects.update(surname=name, forename="Ana")
    Person.objects.update(name=name)
    User.objects.update(name=name)


@pytest.mark.parametrize(
    "name", [LONG, RIGHT_TO_LEFT, MARKUP], ids=["long", "right to left", "markup"]
)
def test_odd_names_are_text_and_stand_apart(client, name):
    """A name from right to left in a sentence turns its neighbours about unless it is in a bdi."""
    words = make_everything(make_class(2, first=date(2026, 11, 16)))
    person = member(words, *ALL_ROLES)
    call_everybody(name)
    person.refresh_from_db()
    times, bare = 0, []
    for page, response in pages(client, words, person):
        bare += nonsense(page, response)
        if (tree := shown(response)) is None:
            continue
        assert MARKUP not in response.text, f"{page} lets markup through"
        named = [piece for piece in tree.xpath(".//text()") if name in piece]
        times += len(named)
        bare += [f"{page}: {piece.strip()[:80]}" for piece in named if not stands_apart(piece)]
    assert not "\n".join(bare)
    assert times > 100


def stands_apart(piece) -> bool:
    """In a bdi; or where none can be (a choice of a list, a field) or nobody sees it."""
    parent = piece.getparent() if not piece.is_tail else piece.getparent().getparent()
    return any(
        one.tag in {"bdi", "option", "title", "textarea", "script"}
        or "visually-hidden" in (one.get("class") or "")
        for one in [parent, *parent.iterancestors()]
    )
