"""A few letters find a name, with or without its accents."""

from dataclasses import dataclass

import pytest

from registers.names import find_by_letters


@dataclass(frozen=True)
class Pupil:
    forename: str
    surname: str


PUPILS = [
    Pupil("Tomasz", "Zieliński"),
    Pupil("Finn", "O’Rourke"),
    Pupil("Anastasia-Wilhelmina", "Featherstonehaugh-Cholmondeley"),
    Pupil("Ali", "Khan"),
    Pupil("Alina", "Wazir"),
    Pupil("Siân", "Ali"),
]


@pytest.mark.parametrize(
    ("letters", "first"),
    [
        ("zielin", "Zieliński"),
        ("ORO", "O’Rourke"),
        ("o'r", "O’Rourke"),
        ("wilh", "Featherstonehaugh-Cholmondeley"),
        ("chol", "Featherstonehaugh-Cholmondeley"),
        ("sian", "Ali"),
        ("khan al", "Khan"),
        ("al khan", "Khan"),
    ],
)
def test_the_name_is_found(letters, first):
    found, _ = find_by_letters(PUPILS, letters, 8)
    assert found[0].surname == first


def test_who_is_called_exactly_so_comes_first_and_the_rest_is_counted():
    found, number = find_by_letters(PUPILS, "ali", 2)
    assert [pupil.surname for pupil in found] == ["Ali", "Khan"]
    assert number == 3


@pytest.mark.parametrize("letters", ["", "   ", "-", "xyz", "han"])
def test_nothing_is_found_for_nothing(letters):
    assert find_by_letters(PUPILS, letters, 8) == ([], 0)
