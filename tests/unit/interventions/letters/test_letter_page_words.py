"""What the pages of letters say, by the state that they tell of."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from interventions.letters import wording
from interventions.letters.print_runs import PrintRunPage, PrintRunState, waiting_words
from interventions.letters.queue import Neighbours, next_ready
from interventions.models import Letter, LetterCopy, LetterTemplate, PrintRun
from interventions.rules.letter_states import CopyState, LetterState, decisions_on
from registers.models import AcademicYear, Job, Person
from registers.models.school.staff import User

AT = datetime(2026, 11, 9, 14, 40, tzinfo=ZoneInfo("Europe/London"))
FIGURES = {"missed": 8, "possible": 92}
RECENT = {"missed": 1, "possible": 40, "missed_before": 12, "possible_before": 64}


def letter(**more) -> Letter:
    usual = {
        "kind": "at_risk",
        "state": "ready",
        "figures": FIGURES,
        "as_at": date(2026, 11, 20),
        "academic_year": AcademicYear(name="2026/27"),
    }
    return Letter(**usual | more)


@pytest.mark.parametrize(
    ("waiting", "to_send", "words"),
    [
        (0, 0, ("No letter waits for you.", "")),
        (1, 0, ("1 letter waits for you.", "")),
        (2, 1, ("2 letters wait for you.", "1 is approved and to be sent.")),
        (0, 3, ("No letter waits for you.", "3 are approved and to be sent.")),
    ],
)
def test_the_queue_begins_with_what_waits(waiting, to_send, words):
    assert wording.opening(waiting, to_send) == words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Proposed by the night."),
        ({"proposed_by": User(name="J Osei")}, "Written by <bdi>J Osei</bdi>."),
    ],
)
def test_who_wrote_a_letter(values, words):
    assert wording.who_wrote(letter(**values)) == words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, ""),
        (
            {"approved_by": User(name="A"), "approved_at": AT, "decided_by": User(name="B")},
            "Approved by <bdi>A</bdi>, 9 Nov, 14:40.",
        ),
        (
            {"decided_by": User(name="B"), "decided_at": AT},
            "Last decided by <bdi>B</bdi>, 9 Nov, 14:40.",
        ),
    ],
)
def test_who_decided_on_a_letter(values, words):
    assert wording.who_decided(letter(**values)) == words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("proposed", "Look at it again."),
        ("ready", "Look at it again."),
        ("held", "Held."),
        ("dropped", "Dropped."),
        ("failed", "Could not be drawn or sent."),
    ],
)
def test_what_stands_before_the_reason(state, words):
    assert wording.reason_heading(letter(state=state)) == words


MISSED = "8 of 92 possible sessions missed up to Friday 20 November 2026"
FIRST = "The first of its kind in 2026/27."


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"figures": {}}, ""),
        ({"state": "held"}, f"{MISSED}. {FIRST}"),
        ({}, f"{MISSED}. {FIRST} {wording.APPROVING}"),
        (
            {"state": "sent", "figures": FIGURES | {"persistently_absent": True}},
            f"{MISSED}: persistently absent. {FIRST}",
        ),
        (
            {
                "state": "sent",
                "figures": FIGURES | {"persistently_absent": True, "severely_absent": True},
            },
            f"{MISSED}: severely absent. {FIRST}",
        ),
        ({"state": "sent", "ordinal": 2}, f"{MISSED}. Number 2 of its kind this year."),
        ({"state": "sent", "proposed_by": User(name="A")}, f"{MISSED}."),
        (
            {"state": "sent", "kind": "going_well", "figures": FIGURES | {"recent": RECENT}},
            "1 of 40 possible sessions missed in the last weeks, 12 of 64 before them. " + FIRST,
        ),
    ],
)
def test_why_there_is_a_letter(values, words):
    assert wording.why(letter(**values)) == words


@pytest.mark.parametrize(
    ("template", "words"),
    [(None, "with Rollbook’s."), (LetterTemplate(version=3), "with version 3 of your own.")],
)
def test_with_which_words_a_letter_was_drawn(template, words):
    assert words in wording.newer_words(letter(template=template))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "At risk. 8 of 92 to 20 Nov. "),
        ({"figures": {}, "reason": "Why."}, "At risk. Why."),
        (
            {"figures": {}, "details": {"on": "2026-12-10"}, "reason": "Why."},
            "At risk. For Thu 10 December. Why.",
        ),
    ],
)
def test_a_letter_in_the_list(values, words):
    assert wording.in_the_queue(letter(**values)) == words


# --- copies


def line(*, may_change=True, can_email=True, alone=False, confidential=False, **more):
    usual = {
        "channel": "post",
        "address": "2 Quay Street\nEllerwick\nEK4 2AB",
        "email": "m@example.org",
        "person": Person(email="m@example.org"),
        "state": "rendered",
    }
    copy = LetterCopy(**usual | more)
    return wording.CopyLine(copy, confidential, may_change, can_email, alone)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "By post to 2 Quay Street, Ellerwick, EK4 2AB."),
        ({"confidential": True}, "By post, to a confidential address."),
        ({"address": ""}, "By post."),
        ({"channel": "email"}, "By e-mail to m@example.org."),
    ],
)
def test_how_a_copy_goes(values, words):
    assert line(**values).way == words


@pytest.mark.parametrize(
    ("values", "channel"),
    [
        ({}, "email"),
        ({"can_email": False}, ""),
        ({"person": Person()}, ""),
        ({"channel": "email"}, "post"),
        ({"channel": "email", "address": ""}, ""),
        ({"may_change": False}, ""),
        ({"state": "sent"}, ""),
        ({"state": "left_out"}, ""),
    ],
)
def test_the_other_way_that_a_copy_could_go(values, channel):
    assert line(**values).other_channel == channel


@pytest.mark.parametrize("state", CopyState)
def test_a_copy_that_is_gone_is_not_left_out_and_who_gets_it_alone_neither(state):
    is_open = state not in wording.GONE
    assert line(state=state).can_be_left_out is is_open
    assert not line(state=state, alone=True).can_be_left_out


# --- decisions, and the order


@pytest.mark.parametrize(
    ("state", "can"),
    [
        (LetterState.PROPOSED, {"hold", "drop", "draw", "change"}),
        (LetterState.READY, {"approve", "hold", "drop", "draw", "change"}),
        (LetterState.APPROVED, {"hold", "draw", "change"}),
        (LetterState.SENT, {"answer"}),
        (LetterState.ANSWERED, set()),
        (LetterState.HELD, {"drop", "release", "change"}),
        (LetterState.DROPPED, set()),
        (LetterState.FAILED, {"drop", "release"}),
    ],
)
def test_what_can_be_done_with_a_letter(state, can):
    assert {name for name, is_possible in decisions_on(state).items() if is_possible} == can


@pytest.mark.parametrize(
    ("order", "pk", "before", "after"),
    [
        ([], 7, None, None),
        ([7], 7, None, None),
        ([5, 6, 7], 5, None, 6),
        ([5, 6, 7], 6, 5, 7),
        ([5, 6, 7], 7, 6, None),
        ([5, 6], 9, None, 6),
    ],
)
def test_the_neighbours_of_a_letter(order, pk, before, after):
    assert Neighbours.of(order, pk) == Neighbours(before, after)


@pytest.mark.parametrize(
    ("order", "pk", "following"),
    [
        ([], 1, None),
        ([(1, "ready")], 1, None),
        ([(1, "ready"), (2, "held"), (3, "ready")], 1, 3),
        ([(1, "ready"), (2, "ready"), (3, "held")], 2, 1),
    ],
)
def test_the_next_letter_that_is_ready(order, pk, following):
    assert next_ready(order, pk) == following


# --- print runs


def page(*, copies: int = 2, job: str | None = "done", sheets=None, **more) -> PrintRunPage:
    run = PrintRun(job=Job(state=job, said="No paper.") if job else None, **more)
    return PrintRunPage(run, [LetterCopy()] * copies, [], [], sheets)


@pytest.mark.parametrize(
    ("shown", "state", "words"),
    [
        (
            page(confirmed_at=AT, confirmed_by=User(name="A")),
            PrintRunState.POSTED,
            "<strong>In the post.</strong> 2 letters, confirmed by <bdi>A</bdi> on 9 November 2026 "
            "at 14:40.",
        ),
        (
            page(copies=0),
            PrintRunState.EMPTY,
            "<strong>Nothing is left in it.</strong> Its letters wait in the queue or for another "
            "print run.",
        ),
        (
            page(sheets=3),
            PrintRunState.DRAWN,
            "<strong>2 letters on 3 sheets.</strong> Print the PDF, fold, post, and then say so "
            "here.",
        ),
        (
            page(job="failed"),
            PrintRunState.FAILED,
            "<strong>The PDF could not be made.</strong> No paper.",
        ),
        (
            page(job="running", copies=1),
            PrintRunState.AT_WORK,
            "<strong>The PDF is being made</strong> of 1 letter.",
        ),
        (
            page(job=None),
            PrintRunState.AT_WORK,
            "<strong>The PDF is being made</strong> of 2 letters.",
        ),
    ],
)
def test_how_a_print_run_stands(shown, state, words):
    assert shown.state is state
    assert shown.lede == words


@pytest.mark.parametrize(
    ("post", "email", "words"),
    [
        (0, 0, "Nothing waits to go out."),
        (1, 0, "1 approved letter waits to be printed."),
        (2, 3, "2 approved letters wait to be printed and 3 to be e-mailed."),
    ],
)
def test_what_waits_to_go_out(post, email, words):
    assert "".join(waiting_words({"post": post, "email": email})) == words


@pytest.mark.parametrize(
    ("fields", "newer", "notes"),
    [
        ({}, "", []),
        ({"state": "held", "reason": "No address"}, "", ["<strong>Held.</strong> No address"]),
        ({"figures": {"missed": 4, "possible": 20}}, "", ["<strong>Why.</strong> 4 of 20"]),
        ({}, "The words have changed.", ["The words have changed."]),
    ],
)
def test_what_stands_above_a_letter(fields, newer, notes):
    shown = list(wording.notes_on(letter(**{"figures": {}} | fields), newer_words=newer))
    assert all(words in html for words, html in zip(notes, shown, strict=True))
