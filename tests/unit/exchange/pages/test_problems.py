"""A problem of an import is an object: a kind with its values, a sentence and a remedy."""

from string import Formatter

import pytest

from registers.exchange.layout.origin import Origin
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import LayoutFile, ProblemReason, because, line, shortened
from registers.rules.allowed_codes import Refusal


def sample(kind: ProblemKind) -> ProblemReason:
    """A reason of this kind, with something for each of its values."""
    wording = kind.value
    fields = Formatter().parse(wording.what + wording.remedy)
    named = {name: 7 if spec == "," else "something" for _, name, spec, _ in fields if name}
    return ProblemReason(kind, named)


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_problem_says_what_is_wrong_and_how_it_is_mended(kind):
    reason = sample(kind)
    assert reason.what
    assert kind is ProblemKind.MARK_REFUSED or reason.remedy.endswith(".")
    assert reason.remedy[:1].isupper() or kind is ProblemKind.MARK_REFUSED
    assert str(reason).startswith(reason.what)


@pytest.mark.parametrize("kind", ProblemKind)
def test_a_problem_is_kept_as_its_code_and_values(kind):
    reason = sample(kind)
    kept = reason.to_json()
    assert kept["code"] == kind.name.lower()
    assert str(ProblemReason(ProblemKind.of(kept["code"]), kept["values"])) == str(reason)


@pytest.mark.parametrize(
    ("reason", "said", "remedy"),
    [
        (
            because(ProblemKind.NOT_A_WRITTEN_DATE, cell="2"),
            "“2” is not a date as it must be written: "
            "write dates as year-month-day, such as 2025-09-02",
            "Write dates as year-month-day, such as 2025-09-02.",
        ),
        (
            because(ProblemKind.MARK_REFUSED, **Refusal("There is no code", "Give one.")._asdict()),
            "There is no code. Give one.",
            "Give one.",
        ),
        (because(ProblemKind.EMPTY), "is empty", "Fill in this cell."),
        (
            because(ProblemKind.AS_WRITTEN, text="something old"),
            "something old",
            "Correct the cell in the file, or leave the row out.",
        ),
        (
            because(ProblemKind.NO_HEADER, cell="a;b", columns="UPN,Date"),
            "its first line is not the header: it starts “a;b”. Expected: UPN,Date",
            "Export the file again as CSV with all its columns.",
        ),
    ],
)
def test_a_reason_says_its_remedy_in_one_line_or_apart(reason, said, remedy):
    assert (str(reason), reason.remedy) == (said, remedy)


@pytest.mark.parametrize(
    ("reason", "column", "is_row", "said"),
    [
        (because(ProblemKind.EMPTY), "Surname", True, "Surname is empty"),
        (
            because(ProblemKind.WRONG_WIDTH, cells=5, width=6),
            "",
            True,
            "The row has 5 cells where the header has 6",
        ),
        (because(ProblemKind.FILE_MISSING), "", False, "The file is missing"),
        (
            because(ProblemKind.COLUMN_MISSING, columns="Code"),
            "Code",
            True,
            "The file has no column Code",
        ),
        (
            because(ProblemKind.PUPIL_WAITS, line=line(4)),
            "UPN",
            True,
            "Another row of this pupil is wrong (line 4), and a pupil is taken as a whole",
        ),
    ],
)
def test_a_reason_is_a_sentence_on_the_page(reason, column, is_row, said):
    assert reason.sentence(column=column, is_row=is_row) == said


def test_lines_and_files_are_told_as_the_person_has_them():
    origin = Origin()
    origin.add("pupils.csv", "Year 7.xlsx", 40, str)
    unknown = because(ProblemKind.PUPIL_UNKNOWN, file=LayoutFile("pupils.csv"))
    wrong = because(
        ProblemKind.PUPIL_ROW_WRONG, file=LayoutFile("pupils.csv"), line=line(45, "pupils.csv")
    )
    assert "neither in Year 7.xlsx nor" in str(unknown.told_by(origin, "marks.csv"))
    origin.add("pupils.csv", "Year 8.xlsx", 40, str)
    assert "neither in these files nor" in str(unknown.told_by(origin, "marks.csv"))
    assert "(line 5 of Year 8.xlsx)" in str(wrong.told_by(origin, "marks.csv"))


def test_a_long_cell_is_cut():
    assert len(shortened("x" * 500)) == 61
    assert shortened("two\nlines ") == "two lines"
