"""The grounds on which a name may be taken off the roll, on their edges (rules C11 and C12)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from registers.rules.admission import GROUNDS
from registers.rules.codes import Half
from registers.rules.roll.leaving import (
    NEEDS,
    GroundEvidence,
    LeavingFacts,
    SchoolDay,
    need_of,
    run_of_absence,
    what_is_missing,
)
from tests.unit.worked_examples import examples, name

LAST = date(2026, 11, 27)
FULL = GroundEvidence(date(2026, 11, 20), "Rang both parents, called at the house", True, True)
TWENTY = next(ground for ground in GROUNDS if ground.startswith("9(1)(i)"))
LEAVE = next(ground for ground in GROUNDS if ground.startswith("9(1)(h)"))


def ground(letter):
    return next(one for one in GROUNDS if one.startswith(letter))


def school_days(*codes, last=LAST):
    """A school day for each pair of codes, back from the last; weekends are none."""
    days, on = [], last
    for pair in reversed(codes):
        while on.weekday() > 4:
            on -= timedelta(days=1)
        halves = tuple(zip(Half, (code.replace(".", "") for code in pair), strict=True))
        days.append(SchoolDay(on, halves))
        on -= timedelta(days=1)
    return days[::-1]


def facts(*codes, **more):
    return LeavingFacts(
        leaves_on=LAST, today=LAST + timedelta(days=3), days=school_days(*codes), **more
    )


def spelt(days):
    """10 of NN, 1 of N. → the pairs."""
    pairs = []
    for part in days.split(", "):
        number, _, codes = part.partition(" of ")
        pairs += [codes] * int(number)
    return pairs


@pytest.mark.parametrize("example", examples("on-roll", "The run of twenty days"), ids=name)
def test_the_run_is_counted_back_from_the_last_school_day(example):
    run = run_of_absence(school_days(*spelt(example["Days"])))
    assert run.days == int(example["Run"])


def test_sessions_of_today_that_nobody_has_marked_yet_break_nothing():
    days = school_days(*["NN"] * 20, "N.")
    assert run_of_absence(days, today=LAST).days == 21
    assert run_of_absence(days, today=LAST + timedelta(days=1)).days == 0


def test_the_words_of_the_run_say_what_broke_it():
    run = run_of_absence(school_days("/N", "NN", "NN"))
    assert run.in_words == (
        "2 school days, since Thursday 26 November 2026; the morning of Wednesday 25 November 2026 "
        "has /."
    )
    assert "the afternoon of Friday 27 November 2026 is not marked" in (
        run_of_absence(school_days("N.")).in_words
    )
    assert run_of_absence([]).in_words == "No school day."


@pytest.mark.parametrize(("days", "stands"), [(20, True), (19, False)])
def test_twenty_school_days_in_a_row_and_not_nineteen(days, stands):
    wrong = what_is_missing(TWENTY, facts("/\\", *["NN"] * days), FULL)
    assert (wrong == {}) is stands
    if not stands:
        assert "19 school days" in wrong["leaving_ground"]


def test_a_pupil_who_was_present_the_day_before_has_no_run():
    wrong = what_is_missing(TWENTY, facts(*["NN"] * 30, "/\\"), FULL)
    assert "No school day; the morning of Friday 27 November 2026 has /" in wrong["leaving_ground"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": ""}, "text"),
        ({"day": None}, "day"),
        ({"with_authority": False}, "with_authority"),
        ({"confirmed": False}, "confirmed"),
        ({"day": LAST + timedelta(days=9)}, "day"),
    ],
)
def test_the_enquiries_are_asked_for_part_by_part(changed, field):
    wrong = what_is_missing(TWENTY, facts(*["NN"] * 20), replace(FULL, **changed))
    assert list(wrong) == [field]


@pytest.mark.parametrize(
    ("codes", "leave_end", "said"),
    [
        (["CC", *["NN"] * 10], date(2026, 11, 13), None),
        (["CC", *["NN"] * 9], date(2026, 11, 16), "ten school days after the leave"),
        (["CC", "/\\", *["NN"] * 10], date(2026, 11, 12), "has /"),
        (["II", *["NN"] * 10], date(2026, 11, 13), "no leave that ends on"),
        (["CC", "IN", *["NN"] * 10], date(2026, 11, 12), "has I"),
    ],
)
def test_ten_school_days_after_leave_that_the_register_has(codes, leave_end, said):
    wrong = what_is_missing(LEAVE, facts(*codes), replace(FULL, day=leave_end))
    assert bool(wrong) is bool(said)
    assert said is None or said in next(iter(wrong.values()))


# Born on 1 March 2011: of compulsory school age to Friday 25 June 2027. 2022: from 1 September.
@pytest.mark.parametrize(
    ("letter", "more", "leaves_on", "said"),
    [
        ("9(1)(l)", {"born_on": date(2011, 3, 1)}, date(2027, 6, 24), "until Friday 25 June 2027"),
        ("9(1)(l)", {"born_on": date(2011, 3, 1)}, date(2027, 6, 25), None),
        ("9(1)(l)", {}, date(2027, 6, 25), "date of birth first"),
        ("Outside", {"born_on": date(2022, 3, 1)}, date(2027, 3, 31), None),
        ("Outside", {"born_on": date(2022, 3, 1)}, date(2027, 4, 1), "of compulsory school age"),
        ("Outside", {"born_on": date(2011, 3, 1)}, date(2027, 6, 24), "of compulsory school age"),
        ("Outside", {"born_on": date(2011, 3, 1)}, date(2027, 6, 25), None),
        ("9(1)(b)", {"year_group": "N2", "born_on": date(2022, 3, 1)}, date(2026, 7, 20), None),
        ("9(1)(b)", {"year_group": "R", "born_on": date(2022, 3, 1)}, date(2026, 7, 20), "year R"),
        ("9(1)(b)", {"year_group": "N2", "born_on": date(2015, 3, 1)}, LAST, "school age"),
    ],
)
def test_grounds_that_go_by_age(letter, more, leaves_on, said):
    next_day = leaves_on + timedelta(days=3 if leaves_on.weekday() == 4 else 1)
    known = LeavingFacts(leaves_on=leaves_on, today=leaves_on, next_day=next_day, **more)
    wrong = what_is_missing(ground(letter), known, GroundEvidence())
    assert bool(wrong) is bool(said)
    assert said is None or said in wrong["leaving_ground"]


@pytest.mark.parametrize(
    ("letter", "day", "field"),
    [
        ("9(1)(f)", LAST, None),
        ("9(1)(f)", LAST + timedelta(days=1), "leaves_on"),
        ("9(1)(f)", None, "day"),
        ("9(1)(o)", LAST, None),
        ("9(1)(o)", LAST + timedelta(days=2), "leaves_on"),
        ("9(1)(c)", LAST + timedelta(days=1), "leaves_on"),
        ("9(1)(e)", None, "day"),
    ],
)
def test_the_name_stays_until_the_notice_or_decision_has_come(letter, day, field):
    wrong = what_is_missing(ground(letter), facts(), GroundEvidence(day, "The other school"))
    assert list(wrong) == ([field] if field else [])


def test_every_ground_of_the_closed_list_is_known_and_a_death_asks_for_nothing():
    assert {one.split(" ", 1)[0] for one in GROUNDS} == {*NEEDS, "9(1)(k)", "Outside"}
    assert need_of(ground("9(1)(k)")).fields == []
