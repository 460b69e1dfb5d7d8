"""Whatever a table of marks looks like, the same marks come of it; Hypothesis draws the looks."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from registers.exchange.proposal.look import AboutSchool
from registers.exchange.proposal.upload import propose
from registers.exchange.read import read_files
from registers.rules.codes import CODES, Half
from tests.factories import make_upn

TODAY = date(2026, 3, 1)
PUPILS = [make_upn(number) for number in (1, 2, 3)]
MONDAY = date(2025, 9, 15)  # past the twelfth, so that the order of day and month shows
SYMBOLS = [symbol for symbol, code in CODES.items() if code.in_force(MONDAY)]
WAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d %b %Y", "%a %d/%m/%Y", "%d.%m.%Y", "%A %d %B %Y")
HALVES = (("AM", "PM"), ("am", "pm"), ("Morning", "Afternoon"), ("A.M.", "P.M."))
UPN = ("UPN", "upn", "Unique Pupil Number")
NAMES = ("Name", "Student", "Pupil name", "Full name")
TITLES = ([], ["Attendance report", ""], ["Field School", "Printed 03/02/2026"])
SHAPES = ("long", "day", "grid", "two lines", "week")

Key = tuple[str, date, Half]


@st.composite
def registers(draw) -> dict[Key, tuple[str, str]]:
    """Code and minutes by pupil, day and half; every pupil has one, and every session of a week."""
    keys = [
        (upn, MONDAY + timedelta(days=n), half) for upn in PUPILS for n in range(5) for half in Half
    ]
    marks = {}
    for key in keys:
        if draw(st.integers(0, 9)) > 6:
            continue
        code = draw(st.sampled_from(SYMBOLS))
        late = str(draw(st.integers(0, 240))) if CODES[code].late and draw(st.booleans()) else ""
        marks[key] = (code, late)
    for upn in PUPILS:
        marks.setdefault((upn, MONDAY, Half.AM), ("/", ""))
    return marks


@st.composite
def looks(draw) -> dict:
    return {
        "shape": draw(st.sampled_from(SHAPES)),
        "way": draw(st.sampled_from(WAYS)),
        "halves": draw(st.sampled_from(HALVES)),
        "upn": draw(st.sampled_from(UPN)),
        "name": draw(st.sampled_from(NAMES)),
        "upn first": draw(st.booleans()),
        "title": draw(st.sampled_from(TITLES)),
        "beside": draw(st.booleans()),  # minutes in a column of their own
    }


def as_written(marks: dict[Key, tuple[str, str]], look: dict) -> list[list[str]]:
    who = [look["upn"], look["name"]] if look["upn first"] else [look["name"], look["upn"]]

    def pupil(upn: str) -> list[str]:
        return [upn, "Haddad, Amira"] if look["upn first"] else ["Haddad, Amira", upn]

    title = [[line] for line in look["title"]]
    return title + SHAPED[look["shape"]](marks, look, who, pupil)


def as_long(marks, look, who, pupil):
    rows = [[*who, "Mark Date", "Session Name", "Mark", "Minutes Late"]]
    for (upn, on, half), (code, late) in marks.items():
        rows.append([*pupil(upn), on.strftime(look["way"]), look["halves"][half], code, late])
    return rows


def as_days(marks, look, who, pupil):
    heads = [f"{half} minutes" for half in look["halves"]] if look["beside"] else []
    rows = [[*who, "Date", *look["halves"], *heads]]
    for upn in PUPILS:
        for on in days():
            both = [marks.get((upn, on, half), ("", "")) for half in Half]
            rows.append([*pupil(upn), on.strftime(look["way"]), *in_cells(both, look["beside"])])
    return rows


def as_grid(marks, look, who, pupil):
    columns = [
        f"{on.strftime(look['way'])} {look['halves'][half]}" for on in days() for half in Half
    ]
    return [[*who, *columns], *by_pupil(marks, pupil)]


def as_two_lines(marks, look, who, pupil):
    dates = [words for on in days() for words in (on.strftime(look["way"]), "")]
    return [["", "", *dates], [*who, *look["halves"] * 5], *by_pupil(marks, pupil)]


def as_week(marks, look, who, pupil):
    title = [[f"Session marks for week beginning {MONDAY.strftime(look['way'])}"], []]
    columns = [f"{on:%a} {look['halves'][half]}" for on in days() for half in Half]
    return [*title, [*who, *columns], *by_pupil(marks, pupil)]


SHAPED = dict(zip(SHAPES, (as_long, as_days, as_grid, as_two_lines, as_week), strict=True))


def days() -> list[date]:
    return [MONDAY + timedelta(days=n) for n in range(5)]


def by_pupil(marks, pupil) -> list[list[str]]:
    sessions = [(on, half) for on in days() for half in Half]
    return [
        [*pupil(upn), *in_cells([marks.get((upn, *one), ("", "")) for one in sessions], False)]
        for upn in PUPILS
    ]


def in_cells(some: list[tuple[str, str]], beside: bool) -> list[str]:
    if beside:
        return [code for code, _ in some] + [late for _, late in some]
    return [f"{code} {late}".strip() for code, late in some]


def marks_of(path: Path) -> dict[Key, tuple[str, str]]:
    proposal = propose(read_files([path]), AboutSchool(TODAY, frozenset(PUPILS)))
    assert proposal.is_ready, (proposal.questions, proposal.problems)
    ((plan, segment),) = proposal.segments
    made = {one.column: one.make for one in segment.made}
    found = {}
    for _, cells in segment.rows():
        key = made["UPN"](cells), date.fromisoformat(made["Date"](cells))
        late = made["Minutes late"](cells) if "Minutes late" in made else ""
        found[*key, Half[made["Session"](cells)]] = (made["Code"](cells), late)
    assert plan.kind == "marks"
    return found


@settings(max_examples=60, deadline=None)
@given(
    marks=registers(),
    look=looks(),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")),
    line_end=st.sampled_from(("\r\n", "\n", "\r")),
)
def test_any_text_gives_its_marks(marks, look, delimiter, encoding, line_end):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=line_end).writerows(
        as_written(marks, look)
    )
    with TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_bytes(stream.getvalue().encode(encoding))
        assert marks_of(path) == marks


@settings(max_examples=12, deadline=None)
@given(marks=registers(), look=looks())
def test_any_workbook_gives_its_marks(marks, look):
    book = openpyxl.Workbook()
    for line in as_written(marks, look):
        book.active.append(line)
    with TemporaryDirectory() as folder:
        path = Path(folder, "table.xlsx")
        book.save(path)
        assert marks_of(path) == marks


def test_a_retired_code_is_asked_for_once_and_stands_before_its_last_day(tmp_path):
    path = tmp_path / "marks.csv"
    upn = PUPILS[0]
    path.write_text(f"UPN,Date,Session,Code\n{upn},16/07/2024,AM,H\n{upn},17/09/2025,AM,h\n")

    def codes(**answers):
        proposal = propose(read_files([path]), AboutSchool(TODAY, frozenset(PUPILS)), answers)
        if not proposal.segments or proposal.questions:
            return [(one.id, one.suggested) for one in proposal.questions]
        ((_, segment),) = proposal.segments
        made = {one.column: one.make for one in segment.made}
        return [made["Code"](cells) for _, cells in segment.rows()]

    assert codes() == [("code:H@after", "C")]
    assert codes(**{"code:H@after": "G"}) == ["H", "G"]
