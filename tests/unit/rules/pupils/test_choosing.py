"""Pupils by a pasted list: whom a line means, and what is told of the others."""

import pytest

from registers.rules.pupils.pasted_list import PastedCandidate, find_lines

EVERYBODY = [
    PastedCandidate(1, "A330200021001", "Zofia", "", "Łukaszewicz", "7B"),
    PastedCandidate(2, "B330200021002", "Amy", "", "Chen", "7B"),
    PastedCandidate(3, "C330200021003", "Amy", "", "Chen", "8A"),
    PastedCandidate(4, "D330200021004", "Katherine", "Kit", "O’Brien-Adams", "8A"),
    PastedCandidate(5, "E330200021005", "Ben", "", "Adams", "8A", ("0417", "Z1"), "Whitlock"),
]


@pytest.mark.parametrize(
    ("line", "pupils"),
    [
        ("A330200021001", [1]),
        ("a330200021001", [1]),
        ("Chen, Amy; C330200021003", [3]),  # the UPN decides
        ("Zofia Łukaszewicz", [1]),
        ("lukaszewicz zofia", [1]),
        ("Łukaszewicz, Zofia", [1]),
        ("Kit O'Brien-Adams", [4]),
        ("katherine obrien adams", [4]),
        ("Katherine O Brien Adams", [4]),
        ("Ben Adams", [5]),  # not Kit, who has a name more
        ("Amy Chen 7B", [2]),
        ("Amy Chen\t8A", [3]),
        ("Zof Łuk", [1]),
        ("0417", [5]),  # the admission number
        ("Ben Whitlock", [5]),  # the name before
        ("Amy Chen", []),
        ("Amy", []),
        ("Nobody", []),
    ],
)
def test_whom_a_line_means(line, pupils):
    found = find_lines(line, EVERYBODY)
    assert found.pupils == pupils
    assert len(found.problems) == (0 if pupils else 1)


def test_namesakes_are_told_with_what_differs():
    (told,) = find_lines("\nAmy Chen\n", EVERYBODY).problems
    assert told.startswith("Line 2, “Amy Chen”: this may be any of 2 pupils, Amy Chen of 7B (B3302")
    assert told.endswith("Use the UPN")


def test_every_wrong_line_is_told_and_the_others_are_found():
    found = find_lines("Ben Adams\nNobody\n\nZofia Łukaszewicz\nBen Adams", EVERYBODY)
    assert found.pupils == [5, 1]
    assert found.problems == ["Line 2, “Nobody”: nobody is called that. Use the UPN"]
