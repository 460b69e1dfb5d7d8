"""Whom to ring first, and how many days without a reason."""

from datetime import date, timedelta

from registers.marks.day_sheet import PupilOnSheet, natural
from registers.office.morning.calling import (
    Call,
    Rank,
    Unexplained,
    calling_order,
    days_without_reason,
)
from registers.web.hooks import AbsenceSummary

DAY = date(2026, 11, 24)


def call(name, **known):
    child = PupilOnSheet(hash(name) % 10_000, 1, "A", name, 1, "7A")
    return Call(child, [Unexplained(DAY, 0, 1)], **known)


def test_the_order_of_the_list():
    calls = [
        call("Others"),
        call("Support", flags=["SEN support"]),
        call(
            "Often", standing=AbsenceSummary("Persistently absent", True), missed=20, possible=100
        ),
        call("Again", day=2),
        call("Plan", flags=["EHC plan"]),
        call("Longest", day=4),
        call("More", standing=AbsenceSummary("Persistently absent", True), missed=30, possible=100),
        call("Another"),
    ]
    assert [one.child.surname for one in calling_order(calls)] == [
        "Plan",
        "Longest",
        "Again",
        "More",
        "Often",
        "Support",
        "Another",
        "Others",
    ]


def test_who_must_be_rung_first():
    assert call("x", flags=["Looked after"]).rank is Rank.VULNERABLE
    assert call("x", flags=["Looked after"]).first
    assert call("x", day=2).first
    assert not call("x", flags=["SEN support"]).first


def test_days_without_a_reason_count_school_days_back_to_back():
    monday = DAY - timedelta(days=1)
    friday = DAY - timedelta(days=4)
    days = [friday - timedelta(days=1), friday, monday, DAY]
    assert days_without_reason(DAY, [], days) == 1
    assert days_without_reason(DAY, [monday], days) == 2
    assert days_without_reason(DAY, [monday, friday], days) == 3
    assert days_without_reason(DAY, [friday], days) == 1


def test_groups_stand_in_natural_order():
    assert sorted(["10A", "R", "9B", "7C", "10"], key=natural) == ["7C", "9B", "10", "10A", "R"]
