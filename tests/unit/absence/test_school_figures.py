"""The school in figures: sums over sums, small groups, today, and the pictures."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import mean
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absence.charts import svg as charts
from absence.lists.forms import NEEDS
from absence.rules import national
from absence.school_page import figures
from registers.rules.tally import Tally

NOTHING = Tally(0, 0, 0)


@dataclass
class Pupil:
    tally: Tally
    year_group: str = "7"
    registration_group: str = "7A"
    last_year: Tally = NOTHING
    characteristics: tuple[str, ...] = ()


def pupils(number: int, attended: int, missed: int, **facts) -> list[Pupil]:
    return [Pupil(Tally(attended, 0, missed), **facts) for _ in range(number)]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=20))
def test_a_groups_rate_is_the_sum_over_the_sum(counts):
    found = figures.together([Pupil(Tally(a, 0, m)) for a, m in counts])
    counted = [(a, m) for a, m in counts if a + m]
    assert found.pupils == len(counted)
    assert found.tally == Tally(sum(a for a, _ in counted), 0, sum(m for _, m in counted))
    assert found.persistent == sum(10 * m >= a + m for a, m in counted)
    assert found.severe == sum(2 * m >= a + m for a, m in counted)


def test_a_mean_of_percentages_would_be_another_number():
    rows = [*pupils(1, 0, 10), *pupils(1, 190, 0)]
    found = figures.together(rows)
    assert found.tally.absence_rate == Decimal("5.0")
    assert mean([100, 0]) == 50
    assert found.persistent_rate == Decimal("50.0")


def test_a_year_group_stands_beside_the_same_year_group():
    now = [*pupils(2, 90, 10), *pupils(1, 50, 50, year_group="8")]
    before = pupils(3, 100, 0)
    seven, eight = figures.by(lambda row: row.year_group, now, before, ["7", "8"])
    assert (seven.name, seven.now.pupils, seven.before.pupils) == ("7", 2, 3)
    assert seven.points == Decimal("-10.0")
    assert eight.before is None
    assert eight.points is None


@pytest.mark.parametrize(
    ("inside", "outside", "is_shown"),
    [(10, 10, True), (9, 30, False), (30, 9, False), (0, 30, None)],
)
def test_a_group_that_is_small_or_leaves_few_is_not_shown(inside, outside, is_shown):
    rows = [*pupils(inside, 9, 1, characteristics=("FSM",)), *pupils(outside, 10, 0)]
    shown, hidden = figures.gaps(rows, {"FSM": "Free school meals"}, national.by_group())
    assert bool(shown) is bool(is_shown)
    assert hidden == (["Free school meals"] if is_shown is False else [])


def test_one_or_two_of_a_sensitive_group_are_not_counted_out():
    few = figures.together([*pupils(2, 0, 10), *pupils(10, 10, 0)])
    assert few.few_persistent
    assert not figures.together(pupils(12, 10, 0)).few_persistent
    assert not figures.together(pupils(12, 0, 10)).few_persistent


def test_those_over_the_line_were_over_it_or_under_it_or_away():
    was, was_not = Tally(80, 0, 20), Tally(100, 0, 0)
    rows = [
        *pupils(1, 9, 1, last_year=was),
        *pupils(2, 9, 1, last_year=was_not),
        *pupils(3, 9, 1),
        *pupils(4, 10, 0, last_year=was),
        *pupils(5, 0, 0, last_year=was),
    ]
    found = figures.origins(rows)
    assert (found.too, found.new, found.not_here, found.out) == (1, 2, 3, 4)


def test_reasons_are_shares_of_the_possible_sessions():
    found = figures.reasons({"I": 34, "O": 14, "/": 900, "X": 50}, {"O": 50, "G": 1}, 1000, 500)
    assert [(one.code.symbol, one.sessions, one.share, one.share_before) for one in found] == [
        ("I", 34, Decimal("3.4"), Decimal("0.0")),
        ("O", 14, Decimal("1.4"), Decimal("10.0")),
        ("G", 0, Decimal("0.0"), Decimal("0.2")),
    ]


def test_a_register_is_complete_when_none_of_its_pupils_is_blank():
    groups = {1: "7A", 2: "7A", 3: "7B", 4: ""}
    marks = [(1, 0, "/"), (2, 0, "I"), (4, 0, "L"), (1, 1, "\\"), (99, 0, "O")]
    found = figures.today_so_far(date(2026, 11, 24), {0: "morning"}, marks, groups)
    (morning,) = found.halves
    assert (morning.complete, morning.groups, morning.not_marked) == (1, 2, 1)
    assert (found.tally.attended, found.tally.absent, found.tally.late) == (3, 2, 1)
    assert [(code.symbol, n) for code, n in found.reasons] == [("I", 1), ("O", 1)]
    assert found.latest is morning


def test_before_the_first_register_there_is_nothing_of_today():
    found = figures.today_so_far(date(2026, 11, 24), {}, [], {1: "7A"})
    assert found.latest is None
    assert found.tally.attendance_rate is None


@pytest.mark.parametrize(
    ("year_groups", "phase"),
    [
        ({"7", "11"}, "secondary"),
        ({"R", "1", "6"}, "primary"),
        ({"R"}, "primary"),
        ({"6", "7"}, "all"),
        (set(), "all"),
    ],
)
def test_a_school_is_held_against_schools_like_it(year_groups, phase):
    assert national.phase_of(year_groups) == phase
    assert national.by_phase()[phase].when == "2025/26"


def test_the_national_rates_are_those_that_were_published():
    secondary = national.by_phase()["secondary"]
    assert (secondary.attendance, secondary.persistent) == (Decimal("91.5"), Decimal("23.8"))
    assert {kind for kind in national.by_group() if kind in NEEDS} == {"FSM", "SEN K", "SEN E"}


@given(st.lists(st.floats(0, 100), max_size=12))
def test_the_scale_holds_every_value(values):
    low, high, step = charts.scale(values)
    assert 0 <= low < high <= 100
    assert (high - low) % step == 0
    assert all(low <= value <= high for value in values)


def test_pictures_are_well_formed_and_say_what_they_show():
    drawn = [
        charts.spark([(0, 10), None, (3, 10), (10, 10)], title="Missed: 0, <3>"),
        charts.dumbbell(91.0, 93.5, low=90, high=96, title="93.5"),
        charts.dumbbell(None, 93.5, low=90, high=90, title="93.5"),
        charts.trend(
            [
                charts.ChartLine("A & B", [None, 90.5, None, 92.0]),
                charts.ChartLine("B", [None] * 4, "line-2"),
            ],
            places=4,
            ticks=[charts.ChartTick(0, "Sep")],
            title="Attendance",
        ),
        charts.trend([charts.ChartLine("one", [95.0])], places=1, ticks=[], title="One week"),
    ]
    for svg in drawn:
        tree = ElementTree.fromstring(svg)
        assert tree[0].tag == "title"
        assert "style=" not in svg
    bar = ElementTree.fromstring(charts.twin_bar(5, 0, most=0))
    assert bar.attrib["aria-hidden"] == "true"
