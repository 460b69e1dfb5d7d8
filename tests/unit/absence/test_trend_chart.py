"""The chart of one pupil's year: well-formed, and with the words it must have."""

from datetime import date, timedelta
from xml.etree import ElementTree

from absence.charts.pupil_year import TrendNote, TrendWeek, weekly_trend

FIRST, LAST = date(2026, 9, 3), date(2027, 7, 21)


def week(number: int, authorised: int = 0, unauthorised: int = 0, to_date: float | None = 95.0):
    monday = date(2026, 8, 31) + timedelta(weeks=number)
    return TrendWeek(monday, authorised, unauthorised, 10, to_date)


def chart(weeks=(), last_year=(), notes=(), name="Beatrix") -> ElementTree.Element:
    svg = weekly_trend(
        weeks, last_year, first_on=FIRST, last_on=LAST, name=name, title="<Week & week>",
        notes=notes,
    )  # fmt: skip
    assert "style=" not in svg
    return ElementTree.fromstring(svg)


def words(svg) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter() if text.tag.endswith("text")]


def bars(svg) -> list:
    return [one for one in svg.iter() if one.tag.endswith("rect")]


def test_it_says_the_counts_the_line_and_last_year():
    found = words(chart([week(0), week(1, 2, 1, 85.5)], [(0, 100.0), (40, 91.9)]))
    assert "3" in found
    assert "Last year 91.9" in found
    assert any("Beatrix" in one and "to 11 Sep 85.5" in one for one in found)
    assert "absence from here" in found


def test_a_name_and_a_title_cannot_break_out():
    svg = chart([week(1, 1)], name='<script>"&')
    assert any('<script>"&' in one for one in words(svg))


def test_the_axis_goes_down_to_nothing_where_a_week_does():
    assert "50" in words(chart([week(1, 5, 0, 80.0)]))
    assert "0" in words(chart([week(1, 5, 5, 20.0)]))


def test_a_year_with_nothing_in_it_still_draws():
    assert chart() is not None
    assert not bars(chart([TrendWeek(FIRST, 0, 0, 0, None)]))


def test_numbers_of_actions_that_are_near_stand_below_each_other():
    notes = [TrendNote(FIRST + timedelta(days=n), str(n)) for n in (10, 11, 60)]
    tops = sorted({float(one.get("y")) for one in bars(chart(notes=notes))})
    assert len(tops) == 2
