"""The sentences of the pupil page, by state."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from absence.rules.academic_year import SchoolSession, SchoolYear
from absence.rules.pupil_marks import PupilMark
from absence.rules.pupil_year import PupilYear
from interventions.pupil import wording
from registers.rules.admission import Spell
from registers.rules.tally import Tally
from tests.factories.classes import school_days

FIRST = date(2025, 9, 1)  # a Monday
DAYS = school_days(FIRST, 20)
SESSIONS = [SchoolSession(day, half) for day in DAYS for half in (0, 1)]
YEAR = SchoolYear(1, "2025/26", DAYS[0], DAYS[-1], SESSIONS)


@dataclass
class Enrolled:
    starts_on: date = FIRST
    leaves_on: date | None = None
    leaving_ground: str = ""


@dataclass
class Page:
    """As much of a pupil page as its sentences ask for."""

    figures: PupilYear | None = None
    enrolment: Enrolled = field(default_factory=Enrolled)
    today: date = DAYS[-1]
    is_this_year: bool = True
    has_left: bool = False
    year_before: SchoolYear | None = None

    @property
    def is_running(self) -> bool:
        return self.is_this_year and not self.has_left


def figures(codes: str) -> PupilYear:
    """Of a pupil with these codes in the first sessions of the year."""
    slots = [(session.date, session.half) for session in SESSIONS]
    marks = [PupilMark(*slot, code) for slot, code in zip(slots, codes, strict=False)]
    as_at = marks[-1].date if marks else FIRST
    return PupilYear(YEAR, as_at, [Spell(FIRST)], marks)


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (Page(), ""),
        (
            Page(enrolment=Enrolled(leaves_on=DAYS[3], leaving_ground="Moved"), has_left=True),
            "Left on Thursday 4 September 2025 (Moved).",
        ),
        (Page(today=date(2025, 8, 1)), "Joins on Monday 1 September 2025."),
    ],
)
def test_who_has_left_or_is_to_come(page, sentence):
    assert wording.roll_sentence(page) == sentence


@pytest.mark.parametrize(
    ("codes", "page", "sentence"),
    [
        ("", Page(), "No possible session in 2025/26 yet, so there is nothing to add up."),
        ("", Page(today=date(2025, 8, 1)), ""),
        (
            "/\\",
            Page(),
            "Here for <strong>all 2</strong> possible sessions of 2025/26 to Monday 1 September.",
        ),
        (
            "/" * 19 + "O",
            Page(),
            "Missed <strong>1 of 20</strong> sessions since Monday 1 September.",
        ),
        (
            "O/" + "/" * 8,
            Page(is_this_year=False),
            "Missed <strong>1 of 10</strong> sessions in 2025/26: "
            "<strong>persistently absent</strong> since Monday 1 September.",
        ),
        (
            "/\\OO",
            Page(),
            "Missed <strong>2 of 4</strong> sessions since Monday 1 September: "
            "<strong>severely absent</strong> since Tuesday 2 September.",
        ),
    ],
)
def test_how_much_was_missed_and_since_when(codes, page, sentence):
    assert wording.missed_sentence(page, figures(codes)) == sentence


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        ("/" * 10, "3 sessions to spare until Friday 26 September."),
        ("O" + "/" * 8, "The way out: miss at most 2 sessions more by Friday 26 September."),
        ("O" * 3 + "/" * 8, "One more missed session, and the year ends persistently absent."),
        (
            "O" * 5 + "/" * 8,
            "Even with every session attended from now on, the year ends over the line of a tenth.",
        ),
        (
            "O" * 10,
            "Even with every session attended from now on, the year ends over the line of a tenth;"
            " under a half it ends with at most 9 sessions more missed.",
        ),
    ],
)
def test_the_way_out(codes, sentence):
    assert wording.way_out_sentence(figures(codes)) == sentence


@pytest.mark.parametrize(
    ("tally", "note"),
    [
        (Tally(), "No possible session yet"),
        (Tally(unmarked=2), "No possible session yet. 2 sessions not marked"),
        (Tally(attended=9, authorised=1), "10.0% absence. 1 authorised, 0 not"),
    ],
)
def test_what_stands_below_the_sessions_missed(tally, note):
    assert wording.missed_note(tally) == note


@pytest.mark.parametrize(
    ("codes", "shown"),
    [
        ("", ("Persistently absent", "No", "nothing to add up yet")),
        (
            "/" * 10,
            ("Persistently absent", "No", "under a tenth missed: 10 × 0 is less than 10"),
        ),
        (
            "O" + "/" * 9,
            ("Persistently absent", "1 Sep", "a tenth or more missed since then without a break"),
        ),
        (
            "O" * 4,
            (
                "Severely absent",
                "1 Sep",
                "half or more missed since then without a break; a tenth or more since 1 Sep",
            ),
        ),
    ],
)
def test_the_line_and_since_when(codes, shown):
    line, *_ = wording.ledger(Page(), figures(codes))
    assert (line.term, line.figure, line.note) == shown


def test_the_figures_of_a_pupil_who_is_here():
    _, way_out, window = wording.ledger(Page(), figures("O" * 2 + "/" * 10))
    assert (way_out.term, way_out.figure, way_out.of) == ("The way out", "9", "in a row")
    assert way_out.note.endswith("; 1 session to spare by the end of the year")
    assert (window.figure, window.note) == (
        "2",
        "under 10, the national threshold to consider a notice",
    )
    _, spare, _ = wording.ledger(Page(), figures("/" * 10))
    assert (spare.term, spare.figure, spare.of) == ("To spare", "3", "of 30")
    *_, many = wording.ledger(Page(), figures("N" * 10))
    assert many.note == (
        '<strong class="pupil-bad">10 or more: at the national threshold to consider a notice'
        "</strong>; 10 of them still N"
    )


def test_one_who_has_left_has_no_way_out():
    assert len(list(wording.ledger(Page(has_left=True), figures("O")))) == 1


@pytest.mark.parametrize(
    ("codes", "notes"),
    [
        ("/" * 4, "36 sessions without a mark are in no figure."),
        ("/" * 40, ""),
        ("/" * 39 + "L", "1 session late."),
        ("/" * 39 + "N", "N counts as unauthorised while it stands."),
    ],
)
def test_what_else_is_to_be_known_of_the_sum(codes, notes):
    of_year = figures(codes)
    whole = PupilYear(YEAR, DAYS[-1], of_year.on_roll, of_year.all_marks)
    assert wording.working_notes(whole) == notes


def test_a_year_without_a_mark_says_what_was_due():
    assert wording.no_mark(figures("")) == (
        "No mark in 2025/26 yet. 2 sessions were due and have none."
    )
    assert wording.working_heading(figures("").tally) == "What is counted"
    assert wording.working_heading(figures("O/").tally) == "How 50.0% is worked out"
