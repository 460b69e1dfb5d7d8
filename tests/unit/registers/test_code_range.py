"""One code over a range: what changes, what stays, what may not be."""

from datetime import date

import pytest

from registers.amendments.code_range import (
    CurrentMark,
    HalfDay,
    MarksWanted,
    RangeState,
    between,
    code_for,
    lines_of,
)

MON, TUE, WED = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
WEEK = [HalfDay(day, half) for day in (MON, TUE, WED) for half in (0, 1)]


def states(marks, symbol="I", which=MarksWanted.ABSENT, why_not=lambda *_: None):
    lines = lines_of(
        WEEK[: len(marks)],
        dict(zip(WEEK, marks, strict=False)),
        symbol=symbol,
        which=which,
        why_not=why_not,
    )
    return [line.state for line in lines]


def mark(code):
    return CurrentMark(code, 1)


def test_absences_change_and_who_was_in_stays():
    marks = [mark("N"), mark("\\"), mark("L"), mark("U"), mark("V"), mark("I")]
    assert states(marks) == [
        RangeState.CHANGES,
        RangeState.KEPT,
        RangeState.KEPT,
        RangeState.KEPT,
        RangeState.KEPT,
        RangeState.SAME,
    ]


def test_every_session_changes_when_that_is_asked_for():
    marks = [mark("N"), mark("\\"), mark("L"), mark("I")]
    assert states(marks, which=MarksWanted.EVERY) == [RangeState.CHANGES] * 3 + [RangeState.SAME]


def test_a_session_without_a_mark_is_entered():
    [line] = lines_of(WEEK[:1], {}, symbol="I", which=MarksWanted.ABSENT, why_not=lambda *_: None)
    assert (line.before, line.after, line.seen, line.state) == ("", "I", 0, RangeState.CHANGES)


def test_a_code_that_may_not_stand_says_why_and_what_stands_already_is_not_refused():
    marks = [mark("N"), mark("I")]
    assert states(marks, why_not=lambda *_: "Not that one.") == [
        RangeState.REFUSED,
        RangeState.SAME,
    ]


@pytest.mark.parametrize("symbol", ["/", "\\"])
def test_present_fits_the_half_of_the_day(symbol):
    assert [code_for(symbol, half) for half in (0, 1)] == ["/", "\\"]
    assert code_for("I", 1) == "I"


def test_a_range_is_inclusive_at_both_ends_and_counts_halves():
    assert between(WEEK, HalfDay(MON, 1), HalfDay(TUE, 0)) == [HalfDay(MON, 1), HalfDay(TUE, 0)]
    assert between(WEEK, HalfDay(TUE, 1), HalfDay(TUE, 0)) == []
