"""A few letters find a name, with or without its accents."""

from dataclasses import dataclass

import pytest

from registers.rules.pupils.names import (
    best_first,
    called_by,
    initials,
    search_key,
    sort_key,
    with_both,
    words_typed,
)


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
    Pupil("Żaneta", "Łukaszewicz"),
    Pupil("Seán", "O'Brien-Kelly"),
    Pupil("Thị Ánh", "Nguyễn"),
    Pupil("Ana", "de Souza"),
    Pupil("Şeyma", "Yıldız"),
    Pupil("Jia-Yi", "Chen"),
    Pupil("سارة", "الحداد"),
    Pupil("Ἀλέξανδρος", "Παπαδόπουλος"),
    Pupil("小雨", "王"),
    Pupil("Ma\u0301ire", "Nı\u0301 Dhónaill"),
    Pupil("Rūta", "Strauß"),
]


def found_by(letters: str) -> list[str]:
    """As the database does it: every word begins a word of the key."""
    wanted = [part for _, parts in words_typed(letters) for part in parts]
    keys = {
        one.surname: search_key(one.forename, one.preferred_name, one.surname) for one in PUPILS
    }
    if not wanted:
        return []
    return [name for name, key in keys.items() if all(f" {part}" in key for part in wanted)]


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("zielin", ["Zieliński"]),
        ("Zieliński", ["Zieliński"]),
        ("ORO", ["O’Rourke"]),
        ("o'r", ["O’Rourke"]),
        ("o’r", ["O’Rourke"]),
        ("Oʼ Rourke", ["O’Rourke"]),
        ("wilh", ["Featherstonehaugh-Cholmondeley"]),
        ("chol", ["Featherstonehaugh-Cholmondeley"]),
        ("featherstonehaughchol", ["Featherstonehaugh-Cholmondeley"]),
        ("sian", ["Ali"]),
        ("khan al", ["Khan"]),
        ("al khan", ["Khan"]),
        ("Khan, Ali", ["Khan"]),
        ("kit p", ["Petrov"]),
        ("kath", ["Petrov"]),
        ("Lukaszewicz", ["Łukaszewicz"]),
        ("łuk zan", ["Łukaszewicz"]),
        ("obrien", ["O'Brien-Kelly"]),
        ("brien kelly", ["O'Brien-Kelly"]),
        ("obrienkelly", ["O'Brien-Kelly"]),
        ("sean", ["O'Brien-Kelly"]),
        ("thi anh", ["Nguyễn"]),
        ("thianh", ["Nguyễn"]),
        ("nguyen anh", ["Nguyễn"]),
        ("souza", ["de Souza"]),
        ("de s", ["de Souza"]),
        ("desouza", ["de Souza"]),
        ("yildiz seyma", ["Yıldız"]),
        ("jiayi", ["Chen"]),
        ("yi chen", ["Chen"]),
        ("سارة", ["الحداد"]),
        ("παπαδ", ["Παπαδόπουλος"]),
        ("αλεξ", ["Παπαδόπουλος"]),
        ("王", ["王"]),
        ("maire ni dh", ["Nı\u0301 Dhónaill"]),
        ("strauss", ["Strauß"]),
        ("ruta", ["Strauß"]),
    ],
)
def test_plain_letters_find_the_name(letters, found):
    assert found_by(letters) == found


@pytest.mark.parametrize("letters", ["", "   ", "-", "xyz", "han", "%", "_", "\0", "ourke"])
def test_nothing_is_found_for_nothing(letters):
    assert found_by(letters) == []


def test_who_is_called_exactly_so_comes_first():
    people = [one for one in PUPILS if one.surname in found_by("ali")]
    assert [one.surname for one in best_first(people, "ali")] == ["Ali", "Khan", "Wazir"]
    assert best_first([], "ali") == []


@pytest.mark.parametrize(
    "in_order",
    [
        ["Lucas", "Łukaszewicz", "Lum"],
        ["Obi", "O'Brien", "O’Brien", "Obrien", "O'Connor"],
        ["Davis", "de Silva", "de Souza", "Dean"],
        ["MacDonald", "Mason", "McAdam", "Mead"],
        ["Smith", "Smith-Jones", "Smithers"],
        ["Muller", "Müller", "Munn"],
        ["Eden", "Élan", "Emery", "Ezra"],
        ["Young", "Żak", "Zhang", "王"],
    ],
)
def test_names_stand_where_a_british_reader_looks(in_order):
    keys = [sort_key(name, "") for name in in_order]
    assert sorted(keys) == keys


def test_one_surname_is_parted_by_forenames_before_a_longer_surname():
    names = [("Smith", "Zoe"), ("Smith Brown", "Amy"), ("Smithson", "Amy")]
    keys = [sort_key(*name) for name in names]
    assert sorted(keys) == keys
    assert sort_key("O’Brien", "Seán") == sort_key("O'brien", "Sean") == sort_key("OBrien", "SEAN")


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
