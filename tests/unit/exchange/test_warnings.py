"""What an import warns of, with the place as the person's own files have it."""

import pytest

from registers.exchange.layout.findings import Findings
from registers.exchange.layout.origin import Origin
from registers.exchange.problems.places import FilePlace, at_line
from registers.exchange.problems.warnings import PassedOver, WarningKind
from registers.rules.advice import Odd

PLACES = [
    (FilePlace("marks.csv"), "marks.csv", "a.xlsx", "a.xlsx, b.xlsx"),
    (at_line("marks.csv", 7), "marks.csv, line 7", "a.xlsx, line 7", "line 7 of a.xlsx"),
    (
        FilePlace("marks.csv", (7, 12)),
        "marks.csv, lines 7 and 12",
        "a.xlsx, lines 7 and 12",
        "line 7 of a.xlsx and line 2 of b.xlsx",
    ),
    (
        FilePlace("marks.csv", (12,), same_as=(7,)),
        "marks.csv, line 12 as line 7",
        "a.xlsx, line 12 as line 7",
        "line 2 of b.xlsx as line 7 of a.xlsx",
    ),
    (at_line("pupils.csv", 3), "pupils.csv, line 3", "pupils.csv, line 3", "pupils.csv, line 3"),
]


def origin_of(*sources: str) -> Origin:
    origin = Origin()
    for source in sources:
        origin.add("marks.csv", source, 10, str)
    return origin


@pytest.mark.parametrize(("place", "ours", "of_one", "of_two"), PLACES)
def test_a_place_is_told_in_the_words_of_the_persons_own_files(place, ours, of_one, of_two):
    assert str(place) == Origin().where(place) == ours
    assert origin_of("a.xlsx").where(place) == of_one
    assert origin_of("a.xlsx", "b.xlsx").where(place) == of_two


def test_one_warning_stands_for_all_that_are_alike_with_the_first_place(tmp_path):
    findings = Findings(tmp_path)
    for line in (3, 4, 5):
        findings.warn(Odd.AT_HOME, at_line("marks.csv", line))
    findings.warn(WarningKind.FORMER_UPN, at_line("pupils.csv", 2), former="A", upn="B")
    findings.warn(WarningKind.FORMER_UPN, at_line("pupils.csv", 3), former="C", upn="D")
    assert list(map(str, findings.warnings)) == [
        f"{Odd.AT_HOME.value} (marks.csv, line 3 and 2 more)",
        "the former UPN A is read as B (pupils.csv, line 2)",
        "the former UPN C is read as D (pupils.csv, line 3)",
    ]


def test_rows_that_are_no_marks_are_one_warning_with_its_reasons_in_order(tmp_path):
    findings = Findings(tmp_path)
    findings.pass_over(PassedOver.NO_MARK, at_line("marks.csv", 9))
    findings.pass_over(PassedOver.CLOSED, at_line("marks.csv", 10))
    assert list(map(str, findings.warnings)) == [
        "2 rows passed over: closed days, no mark (the first: marks.csv, line 9)"
    ]
