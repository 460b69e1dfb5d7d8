"""Whom a row of a file is about: certain, asked, or new."""

from datetime import date

import pytest

from registers.rules.pupils.who_is_who import MatchedBy, NamedChild, WhoIsWho

BORN, OTHER_DAY = date(2012, 3, 4), date(2012, 6, 5)
TEMPORARY, PERMANENT, OTHER = "H33020002100A", "L330200021002", "X330200021001"
OLA = NamedChild(TEMPORARY, "Nowak", "Ola", BORN, "0417")


def row(upn=PERMANENT, surname="Nowak", forename="Ola", born_on=BORN, number=""):
    return NamedChild(upn, surname, forename, born_on, number)


@pytest.mark.parametrize(
    ("asked", "how"),
    [
        (row(TEMPORARY), MatchedBy.BY_UPN),
        (row(TEMPORARY, "Wrong", "Name", OTHER_DAY), MatchedBy.BY_UPN),
        (row(), MatchedBy.RENUMBERED),
        (row(surname="NOWAK", forename="ola"), MatchedBy.RENUMBERED),
        (row(number="0417"), MatchedBy.RENUMBERED),
        (row(number="0500"), MatchedBy.ASK),  # two admission numbers: perhaps two children
        (row("J33020002200B"), MatchedBy.ASK),  # another temporary number
        (row(""), MatchedBy.ASK),
        (row("", number="0417"), MatchedBy.BY_ADMISSION_NUMBER),
        (row("", born_on=None, number="0417"), MatchedBy.BY_ADMISSION_NUMBER),
        (row("", "Khan", "Ali", OTHER_DAY, "0417"), MatchedBy.ASK),
        (row(born_on=OTHER_DAY), MatchedBy.NEW),
        (row(born_on=None), MatchedBy.NEW),
        (row(forename="Olga"), MatchedBy.NEW),
    ],
)
def test_whom_a_row_is_about(asked, how):
    found = WhoIsWho([OLA]).find(asked)
    assert found.how is how
    assert found.child == (None if how is MatchedBy.NEW else OLA)


def test_two_permanent_upns_with_one_name_and_birth_are_asked():
    assert WhoIsWho([row(OTHER)]).find(row()).how is MatchedBy.ASK


def test_whom_the_file_has_in_a_row_of_their_own_is_somebody_else():
    assert WhoIsWho([OLA]).find(row(), listed={TEMPORARY, PERMANENT}).how is MatchedBy.NEW


def test_accents_and_apostrophes_do_not_make_two_children():
    known = WhoIsWho([row(TEMPORARY, "O’Łukasz", "Zoë-Anne")])
    assert known.find(row(surname="O'Lukasz", forename="Zoe Anne")).how is MatchedBy.RENUMBERED


@pytest.mark.parametrize(
    ("asked", "how"),
    [
        (row(TEMPORARY), MatchedBy.BY_FORMER_UPN),
        (row(TEMPORARY, born_on=None), MatchedBy.BY_FORMER_UPN),
        (row(TEMPORARY, "Married", "Ola"), MatchedBy.BY_FORMER_UPN),
        (row(TEMPORARY, "Khan", "Ali", OTHER_DAY), MatchedBy.NEW),  # whose number it really is
    ],
)
def test_a_former_upn_still_finds_the_pupil(asked, how):
    known = WhoIsWho([row(PERMANENT)], {TEMPORARY: PERMANENT})
    assert known.find(asked).how is how


def test_the_pupil_who_has_a_upn_now_goes_before_who_had_it():
    known = WhoIsWho([row(PERMANENT), row(TEMPORARY, "Khan", "Ali")], {TEMPORARY: PERMANENT})
    assert known.find(row(TEMPORARY)).child.surname == "Khan"


@pytest.mark.parametrize(
    ("born_on", "how"), [(BORN, MatchedBy.RENUMBERED), (OTHER_DAY, MatchedBy.ASK)]
)
def test_a_former_upn_that_the_row_tells_finds_the_pupil_under_another_name(born_on, how):
    asked = row(surname="Married", born_on=born_on)
    assert WhoIsWho([row(OTHER)]).find(asked, former_upn=OTHER).how is how


def test_two_likely_children_are_asked():
    known = WhoIsWho([OLA, row("J33020002200B")])
    assert known.find(row()).how is MatchedBy.ASK
