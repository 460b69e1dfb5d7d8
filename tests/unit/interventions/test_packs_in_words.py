"""The figures and sentences of a pack, from plain values."""

from datetime import date, datetime, timedelta

import pytest

from absence.rules.academic_year import SchoolSession, SchoolYear
from interventions.packs import (
    changes,
    code_table,
    marks_grid,
    pictures,
    sentences,
    steps_and_weeks,
    words,
)
from interventions.packs.files import Changed, PackYear, PupilFile, Step
from registers.rules.codes import Half

MONDAY = date(2025, 9, 1)


def days(count: int) -> list[date]:
    found = (MONDAY + timedelta(days=n) for n in range(2 * count + 7))
    return [day for day in found if day.weekday() < 5][:count]


def pupil(codes: str, **more) -> PupilFile:
    """A pupil with these codes on the school's first sessions; a dot is a gap."""
    slots = [(day, half) for day in days(-(-len(codes) // 2)) for half in Half]
    values = {
        "enrolment_id": 1, "forename": "Siyuan", "surname": "Chen", "upn": "X", "born_on": None,
        "sex": "", "year_group": "9", "group": "9S", "tutors": "", "starts_on": MONDAY,
        "leaves_on": None,
        "marks": {slot: code for slot, code in zip(slots, codes, strict=False) if code != "."},
    }  # fmt: skip
    return PupilFile(**values | more)


def year(count: int = 20, *, as_at: date | None = None) -> PackYear:
    sessions = [SchoolSession(day, half) for day in days(count) for half in (0, 1)]
    last = sessions[-1].date
    return PackYear("Ellerwick", as_at or last, SchoolYear(1, "2025/26", MONDAY, last, sessions))


def changed(half: int, **more) -> Changed:
    values = {
        "date": MONDAY, "half": half, "before": "N", "after": "I", "reason": "Parent called",
        "at": datetime(2025, 9, 1, 9, 50, 12 * half), "by": "Tom", "position": "Officer",
    }  # fmt: skip
    return Changed(**values | more)


def test_both_halves_changed_alike_stand_in_one_row():
    (line,) = changes.change_rows([changed(0), changed(1)])
    assert line.when.endswith("AM, PM")
    assert (line.before, line.after, line.by) == ("N", "I", "Tom, Officer")


def test_minutes_stand_beside_their_code_and_are_no_other_first_entry():
    minutes = changed(0, before="L", after="L", minutes_before=5, minutes_after=15)
    (line,) = changes.change_rows([minutes])
    assert (line.before, line.after) == ("L,\xa05\xa0min", "L,\xa015\xa0min")
    assert marks_grid.first_entries(pupil("L", amendments=[minutes])) == {}


@pytest.mark.parametrize(
    "other",
    [{"reason": "Seen"}, {"by": "Dee"}, {"after": "M"}, {"at": datetime(2025, 9, 2, 9, 50)}],
)
def test_halves_changed_otherwise_stand_apart(other):
    assert len(changes.change_rows([changed(0), changed(1, **other)])) == 2


def test_a_late_entry_says_that_there_was_none_before():
    assert changes.change_rows([changed(0, before="")])[0].before == "none"


def test_a_mark_changed_twice_keeps_its_first_entry():
    twice = pupil("M", amendments=[changed(0), changed(0, before="I", after="M")])
    assert marks_grid.first_entries(twice) == {(MONDAY, Half.AM): "N"}
    (row,) = marks_grid.extract(twice, year(5))
    assert (row.cells[0].first, row.cells[0].shown) == ("N", "M")
    assert len(changes.change_rows(twice.amendments)) == 2


def test_the_year_grid_adds_up_to_the_sums():
    codes = "/\\OOI\\N\\" + "/\\" * 6 + "X\\"
    one = pupil(codes)
    rows = [row for row in marks_grid.grid(one, year(12)) if isinstance(row, marks_grid.WeekRow)]
    total = code_table.sums(one, year(12)).tally
    assert sum(row.tally.possible for row in rows) == total.possible == len(codes) - 1
    assert sum(row.tally.absent for row in rows) == total.absent == 4


def test_the_shares_of_the_codes_are_of_the_possible_sessions():
    found = code_table.sums(pupil("OX" + "/\\" * 4), year(5))
    shares = {line.symbol: line.of_possible for line in found.codes}
    assert shares == {"O": "11.1%", "X": "", "/": "44.4%", "\\": "44.4%"}
    assert (found.due, found.not_possible, found.unmarked) == (10, 1, 0)


def test_sessions_without_a_mark_are_told_apart():
    assert code_table.sums(pupil("/."), year(2)).unmarked == 3


@pytest.mark.parametrize(
    ("codes", "since"),
    [
        ("/\\" * 5, None),
        ("O" + "\\/" * 4 + "\\", MONDAY),  # exactly a tenth, and never under it
        ("O" + "\\/" * 5, None),
        ("/" * 9 + "O", days(5)[4]),
        ("O" + "/" * 10 + "OO", days(6)[5]),  # under it for a while: the second time counts
    ],
)
def test_since_when_somebody_is_persistently_absent(codes, since):
    assert pupil(codes).figures_in(year(len(codes))).persistent_since == since


def test_no_day_of_the_week_is_called_a_pattern_before_patterns_are_tested():
    one = pupil(("OO" + "/\\" * 4) * 4)
    said = " ".join([*sentences.opening(one, year(20)), *sentences.summary(one, year(20))])
    assert "Monday" not in said


def test_nothing_is_said_that_is_not_so():
    said = " ".join(sentences.summary(pupil("/\\" * 5), year(20)))
    assert "missed none of 10" in said
    assert "Illness" not in said
    assert "late" not in said
    assert "no possible session" in sentences.summary(pupil(""), year())[0]


def test_what_the_way_out_says_is_what_the_calendar_leaves():
    one = pupil("O" * 3 + "/" * 7)
    spare = one.figures_in(year(20, as_at=days(5)[4])).to_spare
    assert spare == 0  # four of forty would be a tenth
    assert "With no further absence" in " ".join(sentences.summary(one, year(20, as_at=days(5)[4])))
    over = pupil("O" * 5 + "/" * 5)
    assert "Whatever happens" in " ".join(sentences.summary(over, year(20, as_at=days(5)[4])))


def test_steps_are_numbered_in_order_and_those_of_one_week_share_a_circle():
    steps = [Step(days(12)[n], f"Step {n}") for n in (11, 1, 2)]
    one = pupil("/\\" * 12, steps=steps)
    lines = steps_and_weeks.numbered_steps(one, year(12))
    assert [(line.number, line.what) for line in lines] == [
        (1, "Step 1"), (2, "Step 2"), (3, "Step 11")
    ]  # fmt: skip
    chart = pictures.weekly_trend(
        steps_and_weeks.compared_weeks(one, year(12)), lines, forename="<Siyuan>", year_group="9"
    )
    assert ">1–2<" in chart
    assert ">3<" in chart
    assert "&lt;Siyuan&gt;" in chart


def test_the_contents_of_many_pupils_stand_in_columns():
    pupils = [{"words": str(n)} for n in range(13)]
    assert words.in_columns(pupils[:4]) == [[pupils[:4]]]
    assert words.in_columns(pupils[:5]) == [[pupils[:3], pupils[3:5]]]
    assert [[len(column) for column in page] for page in words.in_columns(pupils)] == [
        [5, 5],
        [2, 1],
    ]


def test_a_school_that_meets_on_saturday_has_a_column_for_it():
    saturday = MONDAY + timedelta(days=5)
    one = pupil("/\\" * 5)
    one = pupil("", marks={**one.marks, (saturday, Half.AM): "O"})
    sessions = [*year(5).sessions, SchoolSession(saturday, 0)]
    with_saturday = PackYear(
        "Ellerwick", saturday, SchoolYear(1, "2025/26", MONDAY, saturday, sessions)
    )
    rows = marks_grid.grid(one, with_saturday)
    assert marks_grid.days_of(rows)[-1] == "Saturday"
    assert code_table.weekday_rows(one, 6)[0].missed[5] == 1


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, []),
        (1, ["1 session that was due has no mark and is in no figure."]),
        (2, ["2 sessions that were due have no mark and are in no figure."]),
    ],
)
def test_sessions_without_a_mark(number, words):
    assert list(sentences.unmarked(number)) == words


@pytest.mark.parametrize(
    ("notes", "of_one", "on_the_cover"),
    [
        (0, "", "Sensitive notes are never in a pack."),
        (1, "1 sensitive note is left out.", "1 note is left out, and the safeguarding lead"),
        (2, "2 sensitive notes are left out.", "can speak to them."),
    ],
)
def test_notes_that_are_left_out(notes, of_one, on_the_cover):
    assert sentences.left_out(notes) == of_one
    assert on_the_cover in sentences.never_in_a_pack(notes)
