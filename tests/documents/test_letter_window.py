"""Names and addresses in the window of the envelope, before they are drawn."""

import pytest

from interventions.letters.content.window import (
    HEIGHT,
    LEAST_SIZE,
    USUAL_SIZE,
    WIDTH,
    address_in_window,
    space_above,
    width,
)

SHORT = ["104 Fuller’s Walk", "Nether Ellerwick", "EW4 9RJ"]


def test_a_short_address_stands_as_it_is():
    assert address_in_window("Ms Chen", SHORT) == {
        "lines": ["Ms Chen", *SHORT],
        "points": USUAL_SIZE,
        "leading": 4.3,
    }


def test_empty_lines_take_no_room():
    assert address_in_window("Ms Chen", ["", " ", "EW4 9RJ"])["lines"] == ["Ms Chen", "EW4 9RJ"]


def test_a_seventh_line_joins_its_neighbour_and_the_postcode_stays_alone():
    lines = [f"Line {n}" for n in range(1, 6)] + ["EW4 9RJ"]
    fitted = address_in_window("Ms Chen", lines)["lines"]
    assert len(fitted) == 6
    assert (fitted[0], fitted[-1]) == ("Ms Chen", "EW4 9RJ")
    assert ", ".join(fitted) == ", ".join(["Ms Chen", *lines])


@pytest.mark.parametrize(
    "name",
    [
        "A" * 60,
        "Professor Anastasia-Wilhelmina Featherstonehaugh-Cholmondeley",
        "陈" * 60,
        "Mw " * 30,
    ],
)
def test_a_long_name_is_smaller_or_folded_but_never_cut(name):
    fitted = address_in_window(name, SHORT)
    assert fitted["points"] >= LEAST_SIZE
    assert len(fitted["lines"]) * fitted["leading"] <= HEIGHT + 0.1
    assert all(width(line, fitted["points"]) <= WIDTH for line in fitted["lines"])
    assert "".join(fitted["lines"]).replace(" ", "").startswith(name.replace(" ", ""))


@pytest.mark.parametrize(
    ("line", "parted"),
    [
        ("12 Canal Street, Ellerwick", ["12 Canal Street, Ellerwick"]),
        (
            "12 Fuller’s Walk, Upper Brewhouse Yard Estate, Nether Ellerwick",
            ["12 Fuller’s Walk,", "Upper Brewhouse Yard Estate,", "Nether Ellerwick"],
        ),
    ],
)
def test_a_line_that_is_too_wide_parts_at_its_commas_and_keeps_its_size(line, parted):
    fitted = address_in_window("Ms Chen", [line, "EW4 9RJ"])
    assert (fitted["points"], fitted["lines"]) == (USUAL_SIZE, ["Ms Chen", *parted, "EW4 9RJ"])


def test_commas_part_no_more_than_six_lines_and_the_size_goes_down_instead():
    lines = ["14 Old Maltings Court, Upper Brewhouse Yard"] * 3 + ["EW4 9RJ"]
    fitted = address_in_window("Ms Chen", lines)
    assert fitted["lines"] == ["Ms Chen", *lines]
    assert LEAST_SIZE <= fitted["points"] < USUAL_SIZE


@pytest.mark.parametrize(
    ("lines", "leading", "above"),
    [(6, 4.3, 0.1), (4, 4.3, 4.4), (1, 4.3, 10.85), (8, 3.1, 0.6), (9, 3.1, 0.0)],
)
def test_an_address_stands_in_the_middle_of_the_window(lines, leading, above):
    assert space_above(lines, leading) == above
