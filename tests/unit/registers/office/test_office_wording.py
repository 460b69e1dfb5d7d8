"""What the office's pages say in each state: a register of the day, the late desk, the morning."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from registers.office.late_desk import wording as late_desk
from registers.office.late_desk.arrivals import Arrival, Choice
from registers.office.morning import wording as morning
from registers.office.on_site import wording as on_site
from registers.office.signing_out import wording as signing_out
from registers.office.today import wording as today
from registers.rules.clock import RegisterState
from registers.rules.codes import Half
from registers.rules.presence import Whereabouts

DAY = date(2026, 11, 24)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def register(state: RegisterState, **known):
    facts = {
        "state": state,
        "closed_because": "Snow",
        "window": SimpleNamespace(opens_at=at(8, 45), ends_at=at(9, 15)),
        "pupils": 28,
        "blanks": 3,
        "planned": 0,
        "marks": SimpleNamespace(marked=25, here=24, absent=1, late=0),
        "register": SimpleNamespace(taken_at=None),
        "covers": [],
    }
    return SimpleNamespace(**facts | known)


TAKEN = SimpleNamespace(taken_at=at(8, 50), entered_by=None, taken_by="Ms Chen")
ON_PAPER = SimpleNamespace(taken_at=at(8, 50), entered_by="Office", taken_by="Ms Chen")


@pytest.mark.parametrize(
    ("state", "known", "said"),
    [
        (RegisterState.CLOSED, {}, "Closed: Snow."),
        (RegisterState.NO_PUPILS, {}, "Nobody is in this group."),
        (RegisterState.NOT_YET, {}, "Opens at 8:45. 28 pupils."),
        (RegisterState.NOT_YET, {"planned": 2}, "Opens at 8:45. 28 pupils, 2 planned to be away."),
        (RegisterState.DUE, {}, "8:45 to 9:15. 25 of 28 marked."),
        (
            RegisterState.OPEN,
            {"planned": 1},
            "8:45 to 9:15. 25 of 28 marked, 1 planned to be away.",
        ),
        (RegisterState.OVERDUE, {}, "8:45 to 9:15. 25 of 28 marked."),
        (RegisterState.INCOMPLETE, {}, "3 of 28 not marked."),
        (RegisterState.INCOMPLETE, {"register": TAKEN}, "Taken at 8:50. 3 of 28 not marked."),
        (RegisterState.BLANKS, {}, "Ended at 9:15 with 3 of 28 not marked."),
        (
            RegisterState.NOT_TAKEN,
            {},
            "Ended at 9:15, and nobody took it. 3 of 28 not marked.",
        ),
        (RegisterState.TAKEN, {}, "24 of 28 here, 1 absent."),
        (
            RegisterState.TAKEN,
            {"register": TAKEN},
            "Taken at 8:50 by <bdi>Ms Chen</bdi>. 24 of 28 here, 1 absent.",
        ),
        (
            RegisterState.ENDED,
            {"register": ON_PAPER},
            "Taken on paper by <bdi>Ms Chen</bdi>. 24 of 28 here, 1 absent.",
        ),
    ],
)
def test_how_a_register_stands(state, known, said):
    assert today.how_it_stands(register(state, **known), viewer=None) == said


def test_every_state_of_a_register_has_a_sentence():
    assert today.SENTENCES.keys() == set(RegisterState)


def test_a_cover_is_said_to_whom_it_was_given_and_to_others():
    cover = SimpleNamespace(user="Mr Ode", given_by="Ms Roy", given_at=at(7, 30), date=DAY)
    covered = register(RegisterState.NO_PUPILS, covers=[cover])
    assert today.how_it_stands(covered, viewer="Ms Chen").endswith(" Cover: <bdi>Mr Ode</bdi>.")
    given = " Given to you by <bdi>Ms Roy</bdi> at 7:30."
    assert today.how_it_stands(covered, viewer="Mr Ode").endswith(given)


@pytest.mark.parametrize(
    ("blanks", "marked", "planned", "words", "label"),
    [
        (0, 28, 0, "<strong>All are marked.</strong>", "Look at the register"),
        (27, 1, 0, "<strong>1 is marked already.</strong>", "Go on with the register"),
        (26, 2, 0, "<strong>2 are marked already.</strong>", "Go on with the register"),
        (28, 0, 2, "<strong>2 planned to be away.</strong>", "Take the register"),
        (28, 0, 0, "", "Take the register"),
    ],
)
def test_the_register_to_take_now(blanks, marked, planned, words, label):
    one = register(
        RegisterState.OPEN, blanks=blanks, planned=planned, marks=SimpleNamespace(marked=marked)
    )
    assert (today.marked_so_far(one), today.take_label(one)) == (words, label)


def pupil(**known):
    facts = {"out": None, "arrival": Arrival(()), "plan": None, "mark": None}
    return SimpleNamespace(**facts | known)


PLAN = SimpleNamespace(note="dentist", code_id="M", get_kind_display=lambda: "Leave")
MARK = SimpleNamespace(code="N", minutes_late=None)
LATE = SimpleNamespace(code="L", minutes_late=12)
TWO = Arrival((Choice("L", 5), Choice("M", 5, keeps=True)))


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (
            {"out": SimpleNamespace(left_at=at(10, 5))},
            "Signed out at 10:05: write down the return.",
        ),
        ({"arrival": Arrival((), "late already"), "mark": LATE}, "Late already, 12 min."),
        ({"arrival": Arrival((), "present already")}, "Present already."),
        ({"plan": PLAN, "arrival": TWO}, "Leave planned: <bdi>dentist</bdi>. Keep M, or not?"),
        ({"mark": MARK, "arrival": TWO}, "N stands. Keep it, or not?"),
        ({"mark": MARK}, "Was N."),
        ({}, "No mark yet."),
    ],
)
def test_what_the_late_desk_says_of_a_pupil(known, said):
    assert late_desk.what_to_do(pupil(**known)) == said


def test_a_press_says_the_code_and_the_minutes_or_what_it_keeps():
    assert late_desk.press_label(Choice("L", 5)) == "L, 5 min"
    assert late_desk.press_label(Choice("M", 5, keeps=True)) == "Keep M"


def late_register(**known):
    facts = {
        "half": Half.PM,
        "taken": False,
        "ended": False,
        "marked": 0,
        "due": 28,
        "blanks": 1,
        "opens_at": at(13),
        "ends_at": at(13, 30),
    }
    return SimpleNamespace(**facts | known)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (
            {"taken": True, "marked": 27, "ended": True},
            "Afternoon: 27 of 28 marked, ended at 13:30 with <strong>1 blank</strong>",
        ),
        ({"taken": True, "marked": 27}, "Afternoon: 27 of 28 marked, open until 13:30"),
        ({"ended": True}, "Afternoon: <strong>not taken</strong>, due since 13:00"),
        (
            {"ended": True, "marked": 2},
            "Afternoon: <strong>not taken</strong>, due since 13:00; 2 of 28 planned",
        ),
        ({}, "Afternoon: not opened yet, due since 13:00"),
    ],
)
def test_how_far_a_register_is(known, said):
    assert morning.how_far(late_register(**known)) == said


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (None, '<span class="tag">Calendar ends</span>'),
        (-1, '<span class="tag tag-solid">Over by 1 day</span>'),
        (-3, '<span class="tag tag-solid">Over by 3 days</span>'),
        (0, '<span class="tag tag-bad">Today: 0 left</span>'),
        (1, '<span class="tag tag-warn">1 left</span>'),
        (4, '<span class="tag">4 left</span>'),
    ],
)
def test_the_school_days_left_for_a_reason(left, said):
    row = SimpleNamespace(left=left, is_over=(left or 0) < 0, overdue_by=-(left or 0))
    assert morning.days_left(row) == said


@pytest.mark.parametrize(
    ("calls", "unseen", "begun", "said"),
    [
        ([], 2, [0], "Registers first: 2 children of registers that nobody took have no mark."),
        ([], 0, [], "The list fills as registers come in."),
        ([], 0, [0], "Every absence of this day has a reason."),
    ],
)
def test_why_there_is_nobody_to_ring(calls, unseen, begun, said):
    page = SimpleNamespace(calls=calls, unseen=unseen, begun=begun)
    assert morning.no_calls(page).startswith(said)


@pytest.mark.parametrize(
    ("is_today", "outings", "still_out", "said"),
    [
        (False, ["one"], [], "Tuesday 24 November 2026: 1 pupil signed out."),
        (True, ["one"], ["one"], "<strong>1 pupil is out</strong> and not back yet."),
        (
            True,
            ["one", "two"],
            ["one", "two"],
            "<strong>2 pupils are out</strong> and not back yet.",
        ),
        (True, ["one"], [], "Everybody who left today is back."),
        (True, [], [], "Nobody has left today."),
    ],
)
def test_who_is_out(is_today, outings, still_out, said):
    assert signing_out.outings_lede(DAY, outings, still_out, is_today=is_today) == said


@pytest.mark.parametrize(
    ("where", "tag"),
    [
        (Whereabouts.HERE, ("On site", "good")),
        (Whereabouts.LOOK, ("Look for", "warn")),
        (Whereabouts.AWAY, ("Not on site", "")),
    ],
)
def test_where_a_pupil_is(where, tag):
    assert on_site.tag_of(SimpleNamespace(presence=SimpleNamespace(where=where))) == tag
