"""What the pages of held marks and of covers say in each state."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from registers.register.cover import wording as cover
from registers.register.held_marks import wording as held
from registers.rules.codes import CODES
from registers.templatetags import covers, held_marks

DAY = date(2026, 11, 24)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def a_row(**known):
    mark = {"pk": 4, "comment": "", "paper": "", "minutes_late": None, "made_by": "Ms Chen"}
    row = {
        "name": "Kit Moss",
        "code": CODES["L"],
        "made": "8:52",
        "arrived": "10:01",
        "waited": True,
        "problem": "",
        "seen": 2,
        "is_ticked": False,
        "is_same": False,
        "stands_said": "by Mr Oduya, 8:50",
        "why": "The register had ended at 9:15",
    }
    of_mark = {name: known.pop(name) for name in list(known) if name in mark}
    return SimpleNamespace(held=SimpleNamespace(**mark | of_mark), **row | known)


def a_register(makers=("Ms Chen",), reasons=("Late",), **known):
    facts = {"makers": makers, "reasons": reasons, "date": DAY, "half": 1, "problem": ""}
    return SimpleNamespace(**facts | known)


@pytest.mark.parametrize(
    ("marks", "registers", "said"),
    [
        (0, 0, "<strong>No mark waits for you.</strong> Everything that came from a device is"),
        (
            1,
            1,
            "<strong>1 mark of 1 register waits for you.</strong> It was made on a device and is "
            "in no register until you accept it.",
        ),
        (
            3,
            2,
            "<strong>3 marks of 2 registers wait for you.</strong> They were made on a device and "
            "are in no register until you accept them.",
        ),
    ],
)
def test_how_many_held_marks_wait(marks, registers, said):
    assert held.opening(marks, registers).startswith(said)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (0, ""),
        (1, "1 more register comes up here when these are decided."),
        (2, "2 more registers come up here when these are decided."),
    ],
)
def test_more_registers_come_up_later(more, said):
    assert held.more_to_come(more) == said


@pytest.mark.parametrize(
    ("register", "said"),
    [
        (a_register(), "made by <bdi>Ms Chen</bdi>. Late"),
        (a_register(("A", "B"), ("x", "y")), "made by <bdi>A</bdi>, <bdi>B</bdi>"),
    ],
)
def test_who_made_the_marks_and_why_they_are_held(register, said):
    assert held.made_by(register) == said


def test_a_register_says_its_day_and_what_was_not_ticked():
    assert held.when(a_register()) == "Tuesday 24 November, afternoon"
    assert held.nothing_ticked(a_register()) == ""
    assert "</span>Tick one</p>" in held.nothing_ticked(a_register(problem="Tick one"))


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, ""),
        ({"comment": "bus"}, '<span class="sub"><q><bdi>bus</bdi></q></span>'),
        ({"paper": "note"}, '<span class="sub">Paper: <bdi>note</bdi></span>'),
        (
            {"problem": "No session."},
            ' <span class="sub held-why" id="why-4"><span class="visually-hidden">Not accepted: '
            "</span>No session.</span>",
        ),
    ],
)
def test_what_stands_beside_the_name_of_a_held_mark(known, said):
    assert held.beside_name(a_row(**known)) == said


def test_a_held_mark_in_words():
    late = f'<span><span class="visually-hidden">L, </span>{CODES["L"].meaning}'
    assert held.code_and_minutes(a_row()) == f"{late}</span>"
    assert held.code_and_minutes(a_row(minutes_late=0)) == f"{late}, 0 min</span>"
    assert held.times(a_row()) == "8:52, came in 10:01"
    assert held.times(a_row(waited=False)) == "10:01"
    would = "<strong>would become L</strong>"
    assert held.in_the_register(a_row()) == f"<span>{would}, <bdi>by Mr Oduya, 8:50</bdi></span>"
    assert held.in_the_register(a_row(is_same=True)).startswith("<span>the same, ")


@pytest.mark.parametrize(
    ("known", "attributes"),
    [
        ({}, ' name="held" value="4.2"'),
        ({"is_ticked": True}, ' name="held" value="4.2" checked'),
        ({"problem": "No."}, ' aria-describedby="why-4" name="held" value="4.2"'),
    ],
)
def test_the_box_of_a_held_mark(known, attributes):
    assert held_marks.held_tick(a_row(**known)) == attributes


@pytest.mark.parametrize(
    ("register", "said"),
    [
        (a_register(), ""),
        (a_register(("A", "B")), '<span class="sub">by <bdi>Ms Chen</bdi></span>'),
        (
            a_register(reasons=("x", "y")),
            '<span class="sub">The register had ended at 9:15</span>',
        ),
    ],
)
def test_maker_and_reason_stand_in_the_row_where_they_differ(register, said):
    assert held_marks.held_beside_times(a_row(), register) == said


@pytest.mark.parametrize(("accepted", "said"), [(True, "Accepted"), (False, "Left out")])
def test_what_was_decided(accepted, said):
    mark = SimpleNamespace(accepted=accepted, decided_by="Office", decided_at=at(10, 5))
    assert held.decision(mark) == (
        f'{said} by <bdi>Office</bdi>, <span class="nowrap">Tue 24 Nov, 10:05</span>'
    )


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (0, "No group is covered today."),
        (1, "<strong>1 group is covered today.</strong>"),
        (2, "<strong>2 groups are covered today.</strong>"),
    ],
)
def test_how_many_groups_are_covered(today, said):
    assert cover.opening(today) == said


def test_a_cover_says_who_gave_it_and_what_became_of_it():
    one = SimpleNamespace(
        user="Mr Oduya", given_by="Office", given_at=at(8, 5), is_used=True, date=DAY
    )
    assert cover.given(one) == "by <bdi>Office</bdi>, 24 November, 8:05"
    used = "<bdi>Mr Oduya</bdi> took its registers. Given by <bdi>Office</bdi>."
    assert cover.what_became_of(one) == used
    one.is_used = False
    assert "</bdi>, not used. Given" in cover.what_became_of(one)
    assert "Today" in covers.cover_of_today(one, DAY)
    assert covers.cover_of_today(one, date(2026, 11, 25)) == ""
