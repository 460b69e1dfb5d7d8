"""The parts of the pupil page that depend on a state: contacts, plans, sessions, the log, bands."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from absence.rules.bands import DEFAULT_BANDS
from absence.rules.pupil_marks import PupilMark
from interventions.models import Intervention
from interventions.pupil import wording
from interventions.pupil.contacts import ContactShown
from interventions.pupil.marks import ListedSession, MarkAddresses, listed_sessions
from interventions.pupil.movements import BETTER, WORSE, band_moves, calls_home
from interventions.pupil.page import DatedFact, LoggedAction
from interventions.pupil.plans import PlanShown, PlanTime
from registers.models import Enrolment, Person, PlannedAbsence, Relationship
from registers.models.school.staff import User

MONDAY, TUESDAY = date(2025, 9, 1), date(2025, 9, 2)


def contact(**fields) -> ContactShown:
    person = {
        name: fields.pop(name) for name in ("telephone", "address", "language") if name in fields
    }
    return ContactShown(Relationship(person=Person(name="Ms Chen", **person), **fields))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"may_be_written_to": True}, []),
        ({}, ["Gets no letters"]),
        ({"may_be_written_to": True, "has_responsibility": True}, ["Has responsibility"]),
        ({"may_be_written_to": True, "lives_with": True}, ["Lives with the pupil"]),
        ({"may_be_written_to": True, "language": "pl"}, ["Speaks Polish"]),
        ({"may_be_written_to": True, "language": "en-GB"}, []),
        ({"may_be_written_to": True, "language": "Syloti"}, ["Speaks Syloti"]),
    ],
)
def test_the_tags_of_a_contact(fields, words):
    assert [tag for tag, _ in contact(**fields).tags] == words


@pytest.mark.parametrize(
    ("fields", "remarks"),
    [
        ({}, []),
        ({"ground": "lives with her"}, ["without parental responsibility: lives with her"]),
        ({"court_order": "No contact"}, ["Court order.</strong> No contact"]),
    ],
)
def test_what_is_to_be_known_before_writing_to_a_contact(fields, remarks):
    said = list(contact(**fields).remarks)
    assert len(said) == len(remarks)
    assert all(words in html for words, html in zip(remarks, said, strict=True))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "No address"),
        ({"address": "1 Mill Lane\n Ellerwick "}, "1 Mill Lane, Ellerwick"),
        ({"address": "1 Mill Lane", "address_confidential": True}, "give it to nobody"),
    ],
)
def test_where_a_contact_lives(fields, words):
    assert words in contact(**fields).address


def test_each_number_is_dialled_by_itself():
    numbers = contact(telephone="01632 960417; +44 (0)7700 900123,").telephones
    assert numbers == [("01632960417", "01632 960417"), ("+4407700900123", "+44 (0)7700 900123")]


@pytest.mark.parametrize(
    ("first", "last", "time", "words"),
    [
        (1, 1, PlanTime.OVER, "Monday 1 September 2025"),
        (1, 2, PlanTime.NOW, "1 Sep 2025 to 2 Sep 2025"),
        (3, 4, PlanTime.TO_COME, "3 Sep 2025 to 4 Sep 2025"),
    ],
)
def test_when_a_plan_is(first, last, time, words):
    plan = PlannedAbsence(from_on=date(2025, 9, first), until_on=date(2025, 9, last))
    shown = PlanShown(plan, TUESDAY, "/plan/")
    assert (shown.tag, shown.words) == (time.value, words)


@pytest.mark.parametrize(("url", "words"), [("/plan/", ", Leeds. A funeral"), ("", ", Leeds")])
def test_the_note_of_a_plan_is_for_those_who_may_plan(url, words):
    plan = PlannedAbsence(from_on=MONDAY, until_on=MONDAY, place="Leeds", note="A funeral")
    assert PlanShown(plan, TUESDAY, url).words == f"Monday 1 September 2025{words}"


@pytest.mark.parametrize(
    ("mark", "meaning"),
    [
        (PupilMark(MONDAY, 0, "I"), "Illness"),
        (PupilMark(MONDAY, 0, "L", minutes_late=1), ", 1 minute late"),
        (PupilMark(MONDAY, 1, "/", amended=True), ". Amended later"),
    ],
)
def test_what_a_listed_session_says(mark, meaning):
    assert meaning in ListedSession(mark, "").meaning


def test_a_session_that_was_simply_attended_is_not_listed():
    marks = [PupilMark(MONDAY, 0, "/"), PupilMark(MONDAY, 1, "\\", amended=True)]
    marks += [PupilMark(TUESDAY, 0, "L"), PupilMark(TUESDAY, 1, "I")]
    nowhere = MarkAddresses("", [Enrolment(pk=1, starts_on=MONDAY)])
    names = [one.name for one in listed_sessions(marks, nowhere)]
    assert names == [
        "Tuesday 2 September 2025, afternoon",
        "Tuesday 2 September 2025, morning",
        "Monday 1 September 2025, afternoon",
    ]


def test_a_mark_is_at_the_spell_that_had_begun():
    spells = [Enrolment(pk=7, starts_on=TUESDAY), Enrolment(pk=5, starts_on=MONDAY)]
    spells += [Enrolment(pk=7, starts_on=TUESDAY)]
    addresses = MarkAddresses("/marks/0/2000-01-01/am/", spells)
    assert addresses.of(MONDAY, 1) == "/marks/5/2025-09-01/pm/"
    assert addresses.of(TUESDAY, 0) == "/marks/7/2025-09-02/am/"
    assert addresses.of(date(2025, 8, 1), 0) == "/marks/7/2025-08-01/am/"


def fact(kind: str, value: str = "", words: str = "") -> DatedFact:
    return DatedFact("", MONDAY, None, kind, value, words, 1, 20)


def test_bands_get_worse_and_better():
    bands = [band.name for band in DEFAULT_BANDS]
    moves = band_moves([fact(bands[2]), fact(bands[5]), fact(bands[0]), fact("")], DEFAULT_BANDS)
    assert [move.direction for move in moves] == [BETTER, WORSE, WORSE, ""]
    assert band_moves([], DEFAULT_BANDS) == []


def test_a_call_says_what_came_of_it_and_the_note():
    reached, unknown = calls_home([fact("call", "reached", "Ill"), fact("pigeon", "lost")])
    assert reached.outcome.endswith(". Ill")
    assert (unknown.channel, unknown.outcome) == ("pigeon", "lost")


def logged(*, is_readable: bool = True, **fields) -> LoggedAction:
    who = {"made_by": User(name="Tom Lee"), "done_on": MONDAY, "kind": "conversation"}
    return LoggedAction(Intervention(**(who | fields)), is_readable, [])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Written down by <bdi>Tom Lee</bdi>"),
        ({"made_by": None}, "Written down by <bdi>Rollbook</bdi>"),
        (
            {"changed_at": datetime(2025, 9, 3, 9, tzinfo=UTC), "changed_by": User(name="Ana")},
            "Written down by <bdi>Tom Lee</bdi>; changed by <bdi>Ana</bdi> on 3 Sep 2025",
        ),
    ],
)
def test_who_wrote_an_action_down(fields, words):
    assert wording.written_by(logged(**fields).intervention) == words


def test_a_step_of_a_sensitive_note_keeps_its_words():
    step = {"next_step": "Ring the GP", "next_step_on": TUESDAY}
    assert wording.step_words(logged(**step)) == "Ring the GP"
    assert wording.step_after(logged(**step)).endswith(", 1 Sep")
    hidden = logged(**step, is_readable=False)
    assert (wording.step_words(hidden), wording.step_after(hidden)) == ("Of a sensitive note", "")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ""),
        ({"with_whom": "Ms <Chen>"}, "with <bdi>Ms &lt;Chen&gt;</bdi>"),
        ({"is_sensitive": True}, "Sensitive</span>"),
    ],
)
def test_the_heading_of_an_action(fields, words):
    assert words in wording.action_heading(logged(**fields))


@dataclass
class Enrolled:
    group: str | None = None
    year_group: str | None = None


@pytest.mark.parametrize(
    ("enrolled", "words"),
    [
        (Enrolled(), "No group yet"),
        (Enrolled("8K"), "8K"),
        (Enrolled(None, "8"), "Year 8"),
        (Enrolled("8K", "8"), "8K, Year 8"),
    ],
)
def test_the_group_and_the_year(enrolled, words):
    assert wording.group_and_year(enrolled) == words
