"""A few letters find a name, with or without its accents."""

from dataclasses import dataclass

import pytest

from registers.names import called_by, find_by_letters, initials, with_both


@dataclass(frozen=True)
class Pupil:
    forename: str
    surname: str
    preferred_name: str = ""


PUPILS = [
    Pupil("Tomasz", "Zieliński"),
    Pupil("Finn", "O’Rourke"),
    Pupil("Anastasia-Wilhelmina", "Featherstonehaugh-Cholmondeley"),
    Pupil("Ali", "Khan"),
    Pupil("Alina", "Wazir"),
    Pupil("Siân", "Ali"),
    Pupil("Katherine", "Petrov", "Kit"),
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
        ("kit p", "Petrov"),
        ("kath", "Petrov"),
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


@pytest.mark.parametrize(
    ("forename", "surname", "shown"),
    [
        ("Katherine", "Adams", "KA"),
        ("Oluwaseun", "Adebayo-Fitzgerald", "OF"),
        ("Mohammed", "Al-Hashimi", "MH"),
        ("Jia-Yi", "Chen", "JC"),
        ("Teller", "", "T"),
        ("", "Prince", "P"),
        ("Mary Jane", "de la Cruz", "MC"),
        ("ádám", "óbudai", "ÁÓ"),
        ("a\u0301da\u0301m", "o\u0301budai", "ÁÓ"),
        ("’Ofa", "(Tui) O’Brien", "OO"),
        ("سارة", "الحداد", "س ا"),
        ("\u202bسارة", "الحداد\u202c", "س ا"),
        ("שרה", "כהן", "שכ"),
        ("小雨", "王", "小王"),
        ("🦊", "Fox", "🦊F"),
        ("👩🏽‍🚀 Ana", "Lee", "👩🏽‍🚀L"),
        ("ßara", "ﬁnn", "ßﬁ"),
        ("4real", "X", "RX"),
        ("Siyuan", "Okafor-12", "SO"),
        ("7", "", "7"),
        ("--", "…", ""),
        ("", "", ""),
    ],
)
def test_two_letters_stand_for_a_picture(forename, surname, shown):
    assert initials(forename, surname) == shown


@pytest.mark.parametrize(
    ("preferred", "called", "both"),
    [
        ("", "Katherine", "Katherine Adams"),
        ("  ", "Katherine", "Katherine Adams"),
        ("Kit", "Kit", "Katherine (Kit) Adams"),
        ("Katherine", "Katherine", "Katherine Adams"),
    ],
)
def test_a_child_is_called_by_the_preferred_forename(preferred, called, both):
    assert called_by("Katherine", preferred) == called
    assert with_both("Katherine", preferred, "Adams") == both
