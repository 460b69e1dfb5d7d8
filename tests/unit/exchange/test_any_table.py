"""Whatever a pupils table looks like, the same pupils come of it; Hypothesis draws the looks."""

import csv
import io
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registers.exchange.layout.vocabulary import section
from registers.exchange.proposal.look import AboutSchool
from registers.exchange.proposal.shown import preview
from registers.exchange.proposal.upload import Proposal, propose
from registers.exchange.read import read_files
from tests.factories import make_upn

TODAY = date(2025, 9, 12)
FIELDS = {
    name: section(of)[name]
    for of, names in (
        ("who", ("UPN", "Surname", "Forename", "Date of birth", "Registration group")),
        ("pupils", ("Sex", "Year group", "Date of entry", "SEN", "FSM")),
    )
    for name in names
}
WORDS = {
    "Sex": {"F": ["F", "Female", "girl"], "M": ["M", "Male", "MALE"]},
    "Year group": {"9": ["Year 9", "Y9", "9", "Year  9", "yr 9"], "R": ["Reception", "R"]},
    "SEN": {"K": ["K", "K - SEN Support", "SEN support"], "N": ["N", "No Specified SEN"]},
    "FSM": {"Y": ["T", "Yes", "1", "Y", "TRUE"], "N": ["F", "No", "0", "n"]},
}
SURNAMES = ["Ó Súil", *"Haddad Müller Núñez O’Brien Ferreira-Lopes D'Souza Lefèvre".split()]
FORENAMES = "Zoë Siân Amira François Chloé Jürgen Anaïs Renée Inês Ana".split()
DAYS = (date(2012, 3, 4), date(2011, 12, 25), date(2013, 1, 31), date(2012, 2, 29))
WAYS = ("%d/%m/%Y", "%d %b %Y", "%Y-%m-%d", "%d.%m.%Y", "%A, %d %B %Y", "%d/%m/%Y 00:00:00")
TITLES = ([], ["Pupils of year 9"], ["Field School", "", "Printed 01/09/2025"])


@st.composite
def pupils(draw) -> list[dict[str, str]]:
    """Canonical rows; one date after the 12th settles the order of them all."""
    count = draw(st.integers(2, 6))
    rows = []
    for number in range(1, count + 1):
        row = {"UPN": make_upn(number)}
        row["Surname"] = draw(st.sampled_from(SURNAMES))
        row["Forename"] = draw(st.sampled_from(FORENAMES))
        row["Date of birth"] = str(draw(st.sampled_from(DAYS)))
        row["Registration group"] = draw(st.sampled_from(("9A", "9B", "RA")))
        row |= {field: draw(st.sampled_from(sorted(words))) for field, words in WORDS.items()}
        row["Date of entry"] = "2025-09-01"
        rows.append(row)
    rows[0]["Date of birth"] = "2011-12-25"
    return rows


@st.composite
def looks(draw) -> dict:
    """Headings in other words and order, dates in one way, titles above."""
    order = draw(st.permutations(list(FIELDS)))
    case = draw(st.sampled_from((str, str.upper, str.title, lambda text: f" {text}  ")))
    headings = {name: case(draw(st.sampled_from(FIELDS[name]))) for name in order}
    return {
        "order": order,
        "headings": headings,
        "way": draw(st.sampled_from(WAYS)),
        "title": draw(st.sampled_from(TITLES)),
        "words": {
            field: {value: draw(st.sampled_from(some)) for value, some in words.items()}
            for field, words in WORDS.items()
        },
    }


def as_written(rows: list[dict[str, str]], look: dict) -> list[list[str]]:
    table = [[line] for line in look["title"]]
    table.append([look["headings"][name] for name in look["order"]])
    for row in rows:
        said = row | {field: look["words"][field][row[field]] for field in WORDS}
        for name in ("Date of birth", "Date of entry"):
            said[name] = date.fromisoformat(row[name]).strftime(look["way"])
        table.append([said[name] for name in look["order"]])
    return table


def proposed(path: Path, **options) -> Proposal:
    return propose(read_files([path]), AboutSchool(TODAY), **options)


def rows_of(proposal: Proposal) -> list[dict[str, str]]:
    assert proposal.is_ready, (proposal.questions, proposal.problems)
    ((plan, segment),) = proposal.segments
    shown = preview(segment, plan)
    assert not any(wrong for _, _, wrong in shown["rows"])
    return [dict(zip(shown["columns"], cells, strict=True)) for _, cells, _ in shown["rows"]]


@settings(max_examples=100, deadline=None)
@given(
    rows=pupils(),
    look=looks(),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(
        ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman")
    ),
    line_end=st.sampled_from(("\r\n", "\n", "\r")),
)
def test_any_text_gives_its_pupils(rows, look, delimiter, encoding, line_end):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=line_end)
    writer.writerows(as_written(rows, look))
    with TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_bytes(stream.getvalue().encode(encoding))
        found = rows_of(proposed(path))
        assert found == [{name: row[name] for name in found[0]} for row in rows]


@settings(max_examples=25, deadline=None)
@given(rows=pupils(), look=looks(), real_dates=st.booleans())
def test_any_workbook_gives_its_pupils(rows, look, real_dates):
    book = openpyxl.Workbook()
    for line in as_written(rows, look):
        book.active.append(line)
    if real_dates:
        for name in ("Date of birth", "Date of entry"):
            column = look["order"].index(name) + 1
            for place, row in enumerate(rows, len(look["title"]) + 2):
                book.active.cell(place, column).value = date.fromisoformat(row[name])
    with TemporaryDirectory() as folder:
        path = Path(folder, "table.xlsx")
        book.save(path)
        found = rows_of(proposed(path))
        assert found == [{name: row[name] for name in found[0]} for row in rows]


@pytest.mark.parametrize(
    ("order", "expected"), [("dmy", "2012-03-04"), ("mdy", "2012-04-03"), (None, None)]
)
def test_an_order_that_nothing_tells_is_never_guessed(tmp_path, order, expected):
    path = tmp_path / "p.csv"
    path.write_text(f"UPN,DOB\n{make_upn(1)},04/03/2012\n")
    proposal = proposed(path, dates=order)
    if expected is None:
        (question,) = proposal.questions
        assert question.id.startswith("dates:")
        assert not list(proposal.segments)
    else:
        assert rows_of(proposal)[0]["Date of birth"] == expected


def test_of_spellings_in_rollbook_the_first_by_its_letters_is_suggested(tmp_path):
    path = tmp_path / "pupils.csv"
    row = f"{make_upn(1)},Núñez,Ana,2011-12-25,rb"
    path.write_text(f"UPN,Surname,Forename,Date of birth,Registration group\n{row}\n")
    groups = frozenset({"RB", "Rb", "rB", "R B", "R b", "r B"})
    questions = propose(read_files([path]), AboutSchool(TODAY, groups=groups)).questions
    assert [
        question.suggested for question in questions if question.about == "Registration group"
    ] == ["R B"]
