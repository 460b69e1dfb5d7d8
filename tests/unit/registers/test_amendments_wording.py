"""What the pages of a mark, of one code over several days and of a week say in each state."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from registers.amendments import wording
from registers.amendments.code_range import HalfDay, RangeSession, RangeState
from registers.rules.codes import CODES
from registers.rules.tally import Tally

DAY = date(2026, 11, 24)
SESSION = "Tuesday 24 November 2026, morning"


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def a_mark(minutes: int | None = None, by: str = "Ms Chen"):
    return SimpleNamespace(minutes_late=minutes, made_at=at(8, 52), made_by=by)


def a_page(**known):
    facts = {
        "date": DAY,
        "half": 0,
        "mark": None,
        "code": None,
        "held": True,
        "paper": None,
        "comment": "",
        "register": None,
        "other_code": None,
        "counts_as": "attended, late",
        "came_in_at": None,
        "source": "late desk",
        "arrival": "",
        "amendments": [],
    }
    return SimpleNamespace(**facts | known)


MARKED = {"mark": a_mark(), "code": CODES["L"]}


@pytest.mark.parametrize(
    ("known", "opened", "ended", "said"),
    [
        (MARKED, True, False, f"<strong>L, {CODES['L'].meaning}</strong>."),
        (
            MARKED | {"mark": a_mark(1)},
            True,
            True,
            f"<strong>L, {CODES['L'].meaning}</strong>, 1 minute after the register opened.",
        ),
        ({"held": False}, True, True, "<strong>no session</strong>; the school did not meet."),
        ({}, False, False, "<strong>still to come</strong>."),
        ({}, True, True, "<strong>not marked</strong>, and the register has ended."),
        ({}, True, False, "<strong>not marked yet</strong>; the register is open."),
    ],
)
def test_how_a_half_day_stands(known, opened, ended, said):
    page = a_page(**known)
    standing = wording.standing(page, has_opened=opened, has_ended=ended)
    assert standing == f"{SESSION}: {said}"


@pytest.mark.parametrize(
    ("known", "facts"),
    [
        ({}, []),
        (
            MARKED,
            [
                ("Counts as", "attended, late"),
                ("Made", "Tuesday 24 November 2026, 08:52, late desk"),
                ("By", "<bdi>Ms Chen</bdi>"),
            ],
        ),
        (
            MARKED
            | {"mark": a_mark(by=""), "came_in_at": at(8, 57), "arrival": "Made on a device"},
            [
                ("Counts as", "attended, late"),
                ("Came in", "08:57"),
                ("Made", "Tuesday 24 November 2026, 08:52, late desk"),
                ("From", "Made on a device"),
            ],
        ),
        ({"comment": "bus <3"}, [("Comment", "<bdi>bus &lt;3</bdi>")]),
        (
            {"paper": SimpleNamespace(completed_at=None, note=""), "code": CODES["K"]},
            [("Paper", f"On the office’s list: {CODES['K'].paper}")],
        ),
        (
            {"paper": SimpleNamespace(completed_at=at(9), note="tutor")},
            [("Paper", "Held: <bdi>tutor</bdi>")],
        ),
        (
            {"register": SimpleNamespace(taken_at=at(8, 50), taken_by="A", entered_by="B")},
            [("Register taken", "08:50 by <bdi>A</bdi>, entered by <bdi>B</bdi>")],
        ),
        (
            {"register": SimpleNamespace(taken_at=at(8, 50), taken_by="A", entered_by=None)},
            [("Register taken", "08:50 by <bdi>A</bdi>")],
        ),
        (
            {"other_code": CODES["\\"]},
            [("Afternoon", f'<a href="/other/">\\, {CODES[chr(92)].meaning}</a>')],
        ),
    ],
)
def test_what_is_known_of_a_half_day(known, facts):
    assert wording.facts(a_page(**known), may_change=True, other_url="/other/") == facts


def test_what_a_paper_says_is_for_the_office_alone():
    page = a_page(paper=SimpleNamespace(completed_at=at(9), note="tutor"))
    assert wording.facts(page, may_change=False, other_url="") == [("Paper", "Held")]


@pytest.mark.parametrize(
    ("held", "opened", "may_change", "said"),
    [
        (False, True, True, "There is no session here to mark."),
        (True, True, False, "Only the office can change a mark after the fact."),
        (True, False, True, 'is a <a href="/planned/">planned absence</a>.'),
        (True, False, False, "is for the office to enter as a planned absence."),
    ],
)
def test_why_a_mark_cannot_be_changed_here(held, opened, may_change, said):
    assert said in wording.why_no_form(
        a_page(held=held), has_opened=opened, may_change=may_change, planned_url="/planned/"
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "never changed"),
        (1, "1 change, none of them can be taken out"),
        (2, "2 changes, none of them can be taken out"),
    ],
)
def test_how_often_a_mark_was_changed(number, said):
    assert wording.changes(a_page(amendments=[None] * number)) == said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, None, ""),
        (None, 8, "8 minutes late"),
        (1, None, "1 minute late before"),
        (8, 9, "8 minutes late before, 9 now"),
    ],
)
def test_how_the_minutes_were_changed(before, after, said):
    change = SimpleNamespace(minutes_before=before, minutes_after=after)
    assert wording.minutes_changed(change) == said


@pytest.mark.parametrize(
    ("code_before", "position", "said"),
    [
        ("N", "Office", "Tuesday 24 November 2026, 10:05, <bdi>Ms Chen</bdi>, Office"),
        ("", "", "Entered late, Tuesday 24 November 2026, 10:05, <bdi>Ms Chen</bdi>"),
    ],
)
def test_who_amended_a_mark(code_before, position, said):
    change = SimpleNamespace(
        code_before=code_before, at=at(10, 5), by_name="Ms Chen", by_position=position
    )
    assert wording.amended_by(change) == said


def test_a_mark_of_before_a_merge():
    merged = SimpleNamespace(source="late desk", mark=a_mark())
    said = "Late desk, Tuesday 24 November 2026, 08:52"
    assert wording.merged_mark(merged) == f"{said}, <bdi>Ms Chen</bdi>"
    assert wording.merged_mark(SimpleNamespace(source="late desk", mark=a_mark(by=""))) == said
    change = SimpleNamespace(
        code_before="", code_after="I", reason="called", at=at(10, 5), by_name="Ms Chen"
    )
    assert wording.merged_change(change) == (
        "– → I: <bdi>called</bdi>, 24 Nov 2026, 10:05, <bdi>Ms Chen</bdi>"
    )


@pytest.mark.parametrize(
    ("decided_at", "waited", "what", "how"),
    [
        (
            None,
            True,
            "waits for the office",
            "Made on a device at 8:52 by <bdi>Ms Chen</bdi>, came in at 10:01. Late.",
        ),
        (
            at(11),
            False,
            "left out by <bdi>Office</bdi>",
            "Made on a device by <bdi>Ms Chen</bdi>, came in at 10:01. Late. "
            "Left out Tuesday 24 November 2026, 11:00.",
        ),
    ],
)
def test_a_mark_from_a_device(decided_at, waited, what, how):
    mark = SimpleNamespace(
        minutes_late=8, decided_at=decided_at, decided_by="Office", made_by="Ms Chen"
    )
    line = SimpleNamespace(
        held=mark, code=CODES["L"], waited=waited, made="8:52", arrived="10:01", why="Late"
    )
    assert wording.held_what(line) == f"{CODES['L'].meaning}, 8 minutes, {what}"
    assert wording.held_how(line) == how


def a_line(state: RangeState, before: str = "N", why: str = "") -> RangeSession:
    return RangeSession(HalfDay(DAY, 0), before, "I", 1, state, why)


CHANGES, SAME = a_line(RangeState.CHANGES), a_line(RangeState.SAME)
KEPT, REFUSED = a_line(RangeState.KEPT, "/"), a_line(RangeState.REFUSED, why="Not on the roll.")
NOTHING = "<strong>Nothing would change.</strong> "


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], f"{NOTHING}The school held no session between these days."),
        ([REFUSED, SAME], f"{NOTHING}1 session cannot have I."),
        ([SAME, KEPT], f"{NOTHING}Every absence there is I already."),
        ([KEPT], f"{NOTHING}The pupil was in for every session."),
        ([CHANGES], f"<strong>1 mark would change to I, {CODES['I'].meaning}.</strong> "),
        (
            [CHANGES, CHANGES, KEPT, SAME, REFUSED],
            f"<strong>2 marks would change to I, {CODES['I'].meaning}.</strong> 1 mark stays, "
            "since the pupil was in. 1 is I already. 1 session cannot have it.",
        ),
    ],
)
def test_what_one_code_over_several_days_would_do(lines, said):
    assert wording.range_opening(wording.RangePreview(lines, CODES["I"])) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (CHANGES, ""),
        (a_line(RangeState.CHANGES, before=""), "no mark yet"),
        (SAME, '<span class="muted">so already</span>'),
        (KEPT, '<span class="muted">stays: was in</span>'),
        (REFUSED, "Not on the roll."),
    ],
)
def test_what_happens_to_one_session(line, said):
    assert wording.what_happens(line) == said


def test_a_code_that_needs_a_paper_says_what_was_written_down():
    needs = f"<strong>K needs a paper:</strong> {CODES['K'].paper}."
    assert wording.range_paper(CODES["K"], "tutor") == (
        f"{needs} Kept with these marks: “<bdi>tutor</bdi>”."
    )
    assert wording.range_paper(CODES["K"], "").startswith(f"{needs} Write it down beside")


@pytest.mark.parametrize(
    ("totals", "has_pupils", "said"),
    [
        (Tally(attended=1), True, "<strong>1 of 1 session attended</strong>."),
        (
            Tally(attended=8, authorised=2, unmarked=3),
            True,
            "<strong>8 of 10 sessions attended</strong>, 3 not marked.",
        ),
        (Tally(), False, "nobody was in this group."),
        (Tally(), True, "no session is marked."),
        (Tally(unmarked=4), True, "no session is marked, 4 are due."),
    ],
)
def test_how_the_week_of_a_group_went(totals, has_pupils, said):
    assert wording.week_opening(totals, has_pupils=has_pupils) == said
