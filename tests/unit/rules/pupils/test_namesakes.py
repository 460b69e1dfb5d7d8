"""Two who share a name are told apart by the first thing that differs."""

from datetime import date

import pytest

from registers.rules.pupils.namesakes import Namesake, told_apart

JAN, JUN = date(2012, 1, 5), date(2012, 6, 5)


def khan(born_on=None, *, forename="Mohammed", **known) -> Namesake:
    return Namesake(forename, "Khan", born_on=born_on, **known)


@pytest.mark.parametrize(
    ("one", "other", "with_birth", "words"),
    [
        (
            khan(JAN, group="9A"),
            khan(JUN, group="9A"),
            True,
            ["born 5 Jan 2012", "born 5 Jun 2012"],
        ),
        (khan(JAN, group="9A"), khan(JUN, group="9B"), False, ["9A", "9B"]),
        (
            khan(JAN, group="9A", year_group="9"),
            khan(JUN, group="9A", year_group="9"),
            False,
            ["birthday 5 January", "birthday 5 June"],
        ),
        (khan(year_group="R"), khan(year_group="7"), False, ["Reception", "Year 7"]),
        (khan(JAN, preferred_name="Mo"), khan(JUN), True, ["called Mo", "born 5 Jun 2012"]),
        (
            khan(forename="Samuel", preferred_name="Sam"),
            khan(forename="Samantha", preferred_name="Sam"),
            True,
            ["Samuel", "Samantha"],
        ),
        (khan(JAN, upn="A1"), khan(JAN, upn="A2"), True, ["UPN …A1", "UPN …A2"]),
        (khan(JAN, group="9A", upn="A1"), khan(JAN, group="9B", upn="A2"), True, ["9A", "9B"]),
        (khan(forename="Mohámmed", group="9A"), khan(group="9B"), False, ["9A", "9B"]),
        (khan(forename="Ali"), khan(forename="Omar"), True, [None, None]),
        (khan(), khan(), True, [None, None]),
    ],
)
def test_what_differs_stands_beside_the_name(one, other, with_birth, words):
    found = told_apart({1: one, 2: other}, with_birth=with_birth)
    assert [found.get(1), found.get(2)] == words


def test_of_three_each_differs_from_both():
    people = {
        1: khan(JAN, group="9A"),
        2: khan(JAN, group="9B"),
        3: khan(JUN, group="9B"),
        4: khan(JUN, forename="Omar"),
    }
    assert told_apart(people, with_birth=True) == {1: "9A", 3: "born 5 Jun 2012"}
    people[2] = khan(JAN, group="9C")
    assert told_apart(people, with_birth=True)[2] == "9C"


def test_who_is_called_as_another_is_registered_is_a_namesake():
    people = {
        1: Namesake("Mohammed", "Khan", "Mo", group="9A"),
        2: Namesake("Mo", "Khan", group="9B"),
    }
    assert told_apart(people, with_birth=False)[2] == "9B"


def test_nobody_alone_is_told_apart():
    assert told_apart([], with_birth=True) == {}
    assert told_apart({1: khan(JAN)}, with_birth=True) == {}
