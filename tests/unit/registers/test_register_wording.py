"""What the page of a class register says in each state: the register, its counts, a row."""

import uuid
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from registers.register import wording
from registers.register.actions.answers import SaveAnswer
from registers.register.forms import SentRegister, SentRow
from registers.register.lines import PageMode, RegisterLine, SaveProblems
from registers.register.page import RegisterCounts
from registers.register.rows import DayCodes, MarkSeen, RegisterRow, RowNote
from registers.rules.allowed_codes import PupilFacts
from registers.rules.clock import RegisterState
from registers.rules.codes import CODES, Half
from registers.templatetags import register_rows

DAY = date(2026, 11, 24)  # a Tuesday
QUICK = (CODES["/"], CODES["N"], CODES["L"])
FIELDS = {"enrolment_id": 7, "pupil_id": 8, "name": "Kit Moss"}


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def mark(code: str, minutes: int | None = None, by: str = "Ms Chen") -> MarkSeen:
    return MarkSeen(code, 1, minutes, 1, 5, by, at(8, 50))


def a_row(**known) -> RegisterRow:
    facts = PupilFacts(None, date(2020, 9, 1), None)
    return RegisterRow(1, **{**FIELDS, "facts": facts, **known})


def a_line(row: RegisterRow | None = None, mode=PageMode.TAKE, **known) -> RegisterLine:
    row = row or a_row()
    shown = SentRow(row.enrolment_id, code=row.code, minutes_typed=row.stands.minutes)
    return RegisterLine(row, mode, QUICK, **{"shown": shown, **known})


def a_sheet(**known):
    facts = {
        "closed_because": "",
        "session": SimpleNamespace(date=DAY),
        "window": SimpleNamespace(opens_at=at(8, 45), ends_at=at(9, 15)),
        "register": SimpleNamespace(taken_at=at(8, 52)),
        "counted": RegisterCounts(pupils=28, here=28),
        "taken_by": "",
        "entered_by": "",
    }
    return SimpleNamespace(**facts | known)


BLANKS = RegisterCounts(pupils=28, here=20)
BY = {"taken_by": "Ms Chen"}
ON_PAPER = BY | {"entered_by": "Office"}
MUTED = '<span class="small muted">{}</span>'
ENDED = '<span class="tag">Ended</span> '


@pytest.mark.parametrize(
    ("known", "mode", "state", "said"),
    [
        (
            {"closed_because": "Snow"},
            PageMode.READ,
            RegisterState.CLOSED,
            '<span class="tag tag-quiet">Closed: Snow</span>',
        ),
        (
            {},
            PageMode.AHEAD,
            RegisterState.NOT_YET,
            '<span class="tag tag-quiet">Opens on Tuesday 24 November at 8:45</span>',
        ),
        ({}, PageMode.TAKE, RegisterState.DUE, ""),
        (
            BY | {"counted": BLANKS},
            PageMode.TAKE,
            RegisterState.INCOMPLETE,
            MUTED.format("Begun by <bdi>Ms Chen</bdi> at 8:52"),
        ),
        (
            ON_PAPER,
            PageMode.TAKE,
            RegisterState.TAKEN,
            MUTED.format("Taken by <bdi>Ms Chen</bdi>, on paper at 8:52"),
        ),
        ({}, PageMode.READ, RegisterState.ENDED, ENDED + MUTED.format("Ended at 9:15")),
        (
            BY,
            PageMode.READ,
            RegisterState.ENDED,
            ENDED + MUTED.format("Taken by <bdi>Ms Chen</bdi> at 8:52. Ended at 9:15"),
        ),
        (
            ON_PAPER,
            PageMode.READ,
            RegisterState.ENDED,
            ENDED
            + MUTED.format(
                "Taken on paper by <bdi>Ms Chen</bdi>, typed in by <bdi>Office</bdi>. Ended at 9:15"
            ),
        ),
        (
            {},
            PageMode.LATE,
            RegisterState.NOT_TAKEN,
            '<span class="tag tag-bad">Not taken</span> ' + MUTED.format("Ended at 9:15"),
        ),
    ],
)
def test_how_a_register_stands(known, mode, state, said):
    assert wording.standing(a_sheet(**known), mode, state, is_today=False) == said


def test_a_register_of_today_opens_at_a_time_alone():
    said = wording.standing(a_sheet(), PageMode.AHEAD, RegisterState.NOT_YET, is_today=True)
    assert "Opens at 8:45<" in said


def test_the_counts_hide_what_is_nought_and_name_every_number():
    said = wording.counts(RegisterCounts(pupils=5, here=2, away=1))
    assert '<span data-count="marked">3</span> of 5 marked.' in said
    assert '<span data-part="away">, <span data-count="away">1</span> elsewhere</span>' in said
    assert '<span data-part="not_due" hidden>' in said
    assert '<span data-part="blanks">' in said
    assert ', <span data-count="absent">0</span> absent<' in said  # always there


@pytest.mark.parametrize(
    ("saved", "two", "refused", "said"),
    [
        (0, 0, 1, "1 not saved"),
        (3, 0, 2, "3 marks saved, 2 not saved"),
        (1, 1, 0, "1 mark saved, 1 pupil has two marks"),
        (0, 2, 1, "2 pupils have two marks, 1 not saved"),
    ],
)
def test_what_stood_in_the_way_in_one_line(saved, two, refused, said):
    problems = SaveProblems(
        refused=dict.fromkeys(range(refused), "why"), conflicts=set(range(two)), saved=saved
    )
    assert wording.problems_heading(problems) == said


@pytest.mark.parametrize(
    ("code", "is_conflict", "said"),
    [
        ("I", True, "choose one of two marks"),
        ("I", False, "I was not saved"),
        ("", False, "choose a code"),
    ],
)
def test_what_is_to_put_right_in_a_row(code, is_conflict, said):
    line = a_line(shown=SentRow(7, code=code), refused="why", is_conflict=is_conflict)
    assert wording.to_put_right(line) == said


def test_what_was_chosen_and_not_saved_can_be_written_down():
    line = a_line(
        shown=SentRow(7, code="L", minutes_typed="8", comment="bus <3", paper=""), is_sent=True
    )
    said = wording.lost_marks([line], PageMode.TAKE)
    assert "<li><bdi>Kit Moss</bdi>: <b>L</b>, 8 min, “bus &lt;3”</li>" in said
    assert wording.lost_marks([line], PageMode.LATE) == "<p>Your choices are still below.</p>"
    assert wording.lost_marks([], PageMode.TAKE) == ""


@pytest.mark.parametrize(
    ("row", "legend", "beyond"),
    [
        (a_row(), "1, Kit Moss: not marked", ""),
        (a_row(mark=mark("/"), apart="7 May"), "1, Kit Moss, 7 May: marked /", ""),
        (a_row(mark=mark("I")), "1, Kit Moss: marked I", f", now I, {CODES['I'].meaning}"),
    ],
)
def test_a_row_says_what_its_choices_are_for(row, legend, beyond):
    line = a_line(row)
    assert wording.legend(line) == legend
    assert wording.beyond_label(line) == (
        f"Another code, minutes or a comment for Kit Moss{beyond}"
    )


@pytest.mark.parametrize(
    ("theirs", "mine", "said"),
    [
        (
            mark("/"),
            SentRow(7, code="N"),
            "<b><bdi>Ms Chen</bdi> marked /, at 8:50.</b> You chose N.",
        ),
        (
            mark("L", 8, by=""),
            SentRow(7, code="L", minutes_typed="9"),
            "<b><bdi>Somebody else</bdi> marked L, 8 min, at 8:50.</b> You chose L, 9 min.",
        ),
        (
            mark("/"),
            SentRow(7),
            "<b><bdi>Ms Chen</bdi> marked /, at 8:50.</b> You chose no code.",
        ),
    ],
)
def test_two_marks_of_one_pupil(theirs, mine, said):
    assert wording.two_marks(a_line(a_row(mark=theirs), shown=mine)) == said


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, ""),
        ({"is_sent": True}, "Not saved yet."),
        (
            {"is_sent": True, "refused": "No such code."},
            '<span class="visually-hidden">Error: </span>No such code.',
        ),
        ({"is_sent": True, "refused": "No such code.", "is_conflict": True}, ""),
    ],
)
def test_why_a_choice_is_not_saved(known, said):
    shown = f'<p class="invalid-feedback">{said}</p>' if said else ""
    assert register_rows.not_saved(a_line(**known)) == shown


@pytest.mark.parametrize(
    ("known", "mode", "half_gone", "said"),
    [
        ({}, PageMode.READ, False, ""),
        ({}, PageMode.TAKE, False, wording.SAID),
        ({}, PageMode.READ, True, '<span class="note"></span>'),
        ({}, PageMode.TAKE, True, f'<span class="note">{wording.UNMARKED}</span>{wording.SAID}'),
        ({"mark": mark("/")}, PageMode.READ, True, ""),
        (
            {"notes": [RowNote("Medical:", "asthma")], "alert": "asthma", "comment": "left early"},
            PageMode.READ,
            False,
            '<span class="note has-alert"><span class="tagword">Medical:</span> asthma; '
            "<q>left early</q></span>",
        ),
    ],
)
def test_what_stands_below_a_name(known, mode, half_gone, said):
    assert wording.note_below(a_line(a_row(**known), mode), half_gone=half_gone) == said


@pytest.mark.parametrize(
    ("am", "pm", "said"),
    [
        ("/", "\\", "present at all"),
        ("N", "\\", f"Tue morning N, {CODES['N'].meaning}"),
        ("/", "", "Tue afternoon not marked"),
    ],
)
def test_the_last_ten_sessions_in_a_sentence(am, pm, said):
    row = a_row(days=[DayCodes(DAY, am, pm, starts_week=False)])
    assert wording.last_ten_words(row) == f"Last ten sessions: {said}"


@pytest.mark.parametrize(
    ("known", "mode", "classes"),
    [
        ({}, PageMode.TAKE, "pupil-row is-unmarked"),
        ({}, PageMode.AHEAD, "pupil-row"),
        ({"row": a_row(mark=mark("/"))}, PageMode.TAKE, "pupil-row is-marked"),
        ({"row": a_row(mark=mark("I"))}, PageMode.TAKE, "pupil-row is-marked is-absent"),
        ({"row": a_row(mark=mark("X"))}, PageMode.TAKE, "pupil-row is-marked"),
        (
            {"refused": "why", "is_sent": True},
            PageMode.TAKE,
            "pupil-row is-refused is-unmarked is-unsaved",
        ),
        (
            {"refused": "why", "is_sent": True, "is_conflict": True, "row": a_row(mark=mark("/"))},
            PageMode.TAKE,
            "pupil-row is-conflict is-marked is-unsaved",
        ),
    ],
)
def test_a_row_is_drawn_by_its_state(known, mode, classes):
    known = dict(known)
    line = a_line(known.pop("row", None), mode, **known)
    assert register_rows.row_attributes(line) == f' class="{classes}" id="p1"'


def test_only_a_row_that_is_read_says_how_it_counts():
    row = a_row(mark=mark("I"))
    assert 'data-kind="absent"' in register_rows.row_attributes(a_line(row, PageMode.READ))
    assert "data-kind" not in register_rows.row_attributes(a_line(row, PageMode.TAKE))


def test_nothing_saved_leaves_every_row_that_was_changed():
    rows = {7: SentRow(7, code="N"), 8: SentRow(8, code="/", was_code="/")}
    sent = SentRegister(uuid.uuid4(), rows)
    assert SaveProblems(sent, whole="It has ended.").left.keys() == {7}
    assert SaveProblems(sent, refused={8: "why"}).left.keys() == {8}
    assert not SaveProblems(sent)


def test_the_heading_above_the_marks():
    sheet = SimpleNamespace(half=Half.PM)
    assert wording.column_heading(sheet, is_today=True) == "Today, afternoon"
    assert wording.column_heading(sheet, is_today=False) == "afternoon"


@pytest.mark.parametrize(
    ("saved", "conflicts", "said"),
    [
        ([{}], [], "1 mark saved."),
        (
            [{"paper": False}, {"paper": True}],
            [],
            "2 marks saved. 1 paper is on the office’s list to complete.",
        ),
        (
            [],
            [{}, {}],
            "0 marks saved. Somebody else had marked 2 pupils meanwhile: those marks stay.",
        ),
    ],
)
def test_what_became_of_a_save(saved, conflicts, said):
    assert wording.saved_in_words(SaveAnswer(saved, conflicts, [])) == said
