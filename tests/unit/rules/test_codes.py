from datetime import date, timedelta
from pathlib import Path

import pytest

from registers.code_list.table import as_markdown
from registers.rules import codes
from registers.rules.codes import CODES, Category, Counts, Half
from tests.unit.worked_examples import Example, as_date, examples, name

DOCS = Path(__file__).parents[3] / "docs"
NEW_IN_2024 = "C1 J1 C2 K Q Y1 Y2 Y3 Y4 Y5 Y6 Y7".split()
RETIRED = "J H F Y".split()


def test_there_are_34_codes_today_and_4_retired_ones():
    today = [code for code in CODES.values() if code.in_force(date(2026, 11, 23))]
    assert len(today) == 34
    assert {code.symbol for code in CODES.values() if code not in today} == set(RETIRED)


@pytest.mark.parametrize(
    ("counts", "symbols"),
    [
        (Counts.ATTENDED, "/ \\ L K V P W B J"),
        (Counts.AUTHORISED, "C C1 C2 E I J1 M R S T H F"),
        (Counts.UNAUTHORISED, "G N O U"),
        (Counts.NOT_POSSIBLE, "D Q X Y Y1 Y2 Y3 Y4 Y5 Y6 Y7 Z #"),
    ],
)
def test_each_code_counts_as_the_guidance_says(counts, symbols):
    assert {code.symbol for code in CODES.values() if code.counts is counts} == set(symbols.split())


@pytest.mark.parametrize(
    ("category", "symbols"),
    [
        (Category.PRESENT, "/ \\ L"),
        (Category.APPROVED_ACTIVITY, "K V P W B D J"),
        (Category.ABSENT, "C C1 C2 M J1 S X T R I E G N O U H F"),
        (Category.UNABLE, "Q Y Y1 Y2 Y3 Y4 Y5 Y6 Y7"),
        (Category.OUTSIDE, "Z #"),
    ],
)
def test_each_code_stands_in_its_category(category, symbols):
    found = {code.symbol for code in CODES.values() if code.category is category}
    assert found == set(symbols.split())


def test_the_lists_of_symbols_part_the_codes():
    not_possible = [symbol for symbol in CODES if symbol not in codes.POSSIBLE]
    parts = [*codes.ATTENDED, *codes.AUTHORISED, *codes.UNAUTHORISED, *not_possible]
    assert sorted(parts) == sorted(CODES)
    assert codes.LATE == ("L", "U")


def test_every_code_adds_one_session_or_none():
    for code in CODES.values():
        assert code.attended + code.authorised + code.unauthorised == code.possible <= 1


def test_twelve_codes_are_new_in_august_2024():
    new = [code.symbol for code in CODES.values() if code.in_force_from is not None]
    assert sorted(new) == sorted(NEW_IN_2024)
    assert {CODES[symbol].in_force_from for symbol in new} == {date(2024, 8, 19)}


def test_every_retired_code_says_what_to_use_now():
    for code in CODES.values():
        assert bool(code.replaced_by) is (code.in_force_until is not None)


def test_only_the_strokes_belong_to_one_half():
    halves = {code.symbol: code.half for code in CODES.values() if code.half is not None}
    assert halves == {"/": Half.AM, "\\": Half.PM}


def test_every_code_can_be_stored_and_shown():
    for symbol, code in CODES.items():
        assert symbol == code.symbol.strip().upper()
        assert 1 <= len(symbol) <= 2
        assert 0 < len(code.meaning) <= 200
        assert len(code.category.value) <= 40
        assert code.source
        assert "|" not in code.meaning + code.notes


@pytest.mark.parametrize(
    "example", examples("codes-and-counting", "From marks to a tally"), ids=name
)
def test_marks_add_up_as_the_page_says(example: Example):
    marks = [CODES[symbol] for symbol in example["Marks"].split()]
    for column in ("Attended", "Authorised", "Unauthorised", "Possible", "Late"):
        assert sum(getattr(code, column.lower()) for code in marks) == int(example[column]), column


def test_the_page_counts_every_code():
    rows = examples("codes-and-counting", "From marks to a tally")
    assert {symbol for row in rows for symbol in row["Marks"].split()} == set(CODES)


@pytest.mark.parametrize(
    "example", examples("codes-and-counting", "Codes across August 2024"), ids=name
)
def test_codes_are_in_force_as_the_page_says(example: Example):
    answer = CODES[example["Code"]].in_force(as_date(example["Day"]))
    assert answer is (example["In force"] == "yes")


def test_a_code_is_in_force_on_its_first_and_last_day_and_not_beside_them():
    day = timedelta(days=1)
    for code in CODES.values():
        if code.in_force_from is not None:
            assert code.in_force(code.in_force_from)
            assert not code.in_force(code.in_force_from - day)
        if code.in_force_until is not None:
            assert code.in_force(code.in_force_until)
            assert not code.in_force(code.in_force_until + day)


def test_the_reference_page_is_up_to_date():
    written = (DOCS / "reference" / "codes.md").read_text(encoding="utf-8")
    assert written == as_markdown(), "./rollbook docs"


def test_the_reference_page_has_a_row_for_every_code():
    rows = [line.split(" | ")[0] for line in as_markdown().splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(f"| `{symbol}`" for symbol in CODES)
