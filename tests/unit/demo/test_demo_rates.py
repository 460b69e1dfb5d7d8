"""The demonstration school is like the nation: rates, gaps between groups, and when it happens."""

import csv
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from tests.unit.demo.demo_files import demo_school, demo_tallies

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def demo():
    return demo_school()


@pytest.fixture(scope="module")
def tallies():
    return demo_tallies()


def national():
    with (DATA / "dfe-rates-secondary-england-2025-26.csv").open() as file:
        (row,) = csv.DictReader(file)
    return {name: float(value) for name, value in row.items() if name.endswith("_perc")}


def published_groups():
    with (DATA / "dfe-rates-by-group-autumn-2024.csv").open() as file:
        return {
            row["group"]: (
                float(row["overall_absence_perc"]),
                float(row["persistent_absence_perc"]),
            )
            for row in csv.DictReader(file)
        }


@pytest.mark.parametrize("seed", [1, 2])
def test_absence_illness_and_persistence_lie_near_the_national_rates(seed):
    ours, rates = demo_tallies(seed), national()
    assert ours.absence() == pytest.approx(rates["overall_absence_perc"], abs=0.5)
    assert ours.share("I") == pytest.approx(rates["illness_perc"], abs=0.5)
    assert ours.persistent() == pytest.approx(rates["pa_perc"], abs=3)


@pytest.mark.parametrize(
    ("symbols", "column", "within"),
    [
        ("M", "appointments_perc", 0.1),
        ("G", "unauth_hol_perc", 0.1),
        ("NO", "unauth_oth_perc", 0.4),  # last year's N are settled: they are O, or I
        ("U", "unauth_late_registers_closed_perc", 0.1),
        ("R", "auth_religious_perc", 0.05),
        ("S", "auth_study_perc", 0.05),
        ("E", "auth_excluded_perc", 0.1),
        ("C", "auth_other_perc", 0.12),
        (["C2"], "auth_part_time_perc", 0.1),
        (["J1"], "auth_interview_perc", 0.02),
        (["C1"], "auth_performance_perc", 0.01),
        ("T", "auth_mob_perc", 0.01),
    ],
)
def test_each_reason_lies_near_its_national_rate(symbols, column, within, tallies):
    assert tallies.share(*symbols) == pytest.approx(national()[column], abs=within)


@pytest.mark.parametrize(
    ("column", "value", "other", "group", "others"),
    [
        ("FSM", "Y", "N", "FSM eligible", "FSM not eligible"),
        ("SEN", "E", "N", "EHC plan", "no identified SEN"),
        ("SEN", "K", "N", "SEN support", "no identified SEN"),
    ],
)
def test_gaps_between_groups_lie_within_a_third(column, value, other, group, others, demo, tallies):
    ours = {
        wanted: {row["UPN"] for row in demo.pupils if row[column] == wanted}
        for wanted in (value, other)
    }
    published = published_groups()
    for part, rate in enumerate((tallies.absence, tallies.persistent)):
        theirs = published[group][part] / published[others][part] - 1
        assert rate(ours[value]) / rate(ours[other]) - 1 == pytest.approx(theirs, rel=1 / 3)


def test_illness_comes_in_winter_and_early_in_the_week_or_late(demo):
    ill, met = Counter(), Counter()
    for mark in demo.marks:
        day = date.fromisoformat(mark["Date"])
        for key in (day.month, f"weekday {day.weekday()}"):
            met[key] += 1
            ill[key] += mark["Code"] == "I"
    rate = {key: ill[key] / met[key] for key in met}
    assert rate[12] > 1.4 * rate[6]
    assert min(rate["weekday 0"], rate["weekday 4"]) > rate["weekday 2"]


def test_most_absence_is_of_whole_days(demo):
    halves = defaultdict(set)
    for mark in demo.marks:
        if mark["Code"] in {"I", "O"}:
            halves[mark["UPN"], mark["Date"]].add(mark["Session"])
    assert sum(len(day) == 2 for day in halves.values()) > 0.75 * len(halves)
