"""Codes that need a paper: listed wherever marks are written, completed by what is written down."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registers.marks.actions.amend import amend_marks
from registers.marks.actions.papers import complete_papers, joined, reopen_papers
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Mark, Paper
from registers.policies import Refused
from registers.register.actions.bell import fill_plans
from registers.register.actions.late_entries import enter_late
from registers.register.actions.saving import save_marks
from registers.rules.papers import paper_said
from registers.rules.planned_absence import NEEDS
from tests import factories
from tests.integration.office.test_today import DAY, at, opened, room_today, session_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return room_today(3)


def change(room, pupil=0, code="B", seen=0, on=DAY, half=0, **more):
    return MarkChange(MarkKey(room.enrolments[pupil].pk, on, half), code, seen, **more)


def save(room, *changes, by=None):
    register = opened(room)
    return save_marks(
        register_id=register.pk,
        changes=changes,
        save_key=uuid.uuid4(),
        by=by or room.officer,
        now=at(8, 50),
        today=DAY,
    )


def amend(room, *changes):
    with time_machine.travel(at(16), tick=False):
        return amend_marks(school=room.school, changes=changes, by=room.officer, now=at(16))


def plan(room, pupil=0, code="B", **more):
    days = {"from_on": DAY, "until_on": DAY, "made_by": room.officer}
    return factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[pupil], code_id=code, **days | more
    )


def listed():
    return {
        (paper.code_id, paper.sessions, paper.note, paper.completed_at is not None)
        for paper in Paper.objects.all()
    }


# ---------- where marks are written


def test_a_register_lists_what_its_codes_need_and_completes_what_was_said(room):
    answer = save(
        room,
        change(room, 0, "B", paper="Swimming gala"),
        change(room, 1, "C2", paper=""),
        change(room, 2, "I", paper="not asked for"),
    )
    assert listed() == {("B", 1, "Swimming gala", True), ("C2", 1, "", False)}
    done = Paper.objects.complete().get()
    assert (done.completed_by, done.first_on, done.last_on) == (room.officer, DAY, DAY)
    assert [row.get("paper") for row in answer.saved] == [True, False, None]


def test_a_late_entry_an_amendment_and_the_bell_list_it_too(room):
    enter_late(
        group=room.group,
        session=session_of(room),
        changes=[change(room, 0, "K", paper="Hospital school")],
        reason="Letter came",
        save_key=uuid.uuid4(),
        by=room.officer,
        now=at(10),
        today=DAY,
    )
    amend(room, change(room, 1, "C2", reason="Agreed"))
    plan(room, 2, "B", activity="College course")
    fill_plans(now=at(13, 20))
    assert listed() == {
        ("K", 1, "Hospital school", True),
        ("C2", 1, "", False),
        ("B", 1, "College course", True),
    }


@pytest.mark.parametrize(
    ("code", "said", "note"),
    [
        ("B", {"activity": "College course"}, "College course"),
        ("K", {"activity": "Home tuition"}, "Home tuition"),
        (
            "C2",
            {"agreed_with": "Ms Chen", "agreed_on": DAY},
            "Agreed with Ms Chen on 24 November 2026",
        ),
        ("Y7", {"note": "The road fell in"}, "The road fell in"),
        ("C2", {"agreed_with": "Ms Chen"}, ""),
        ("C2", {"agreed_on": DAY}, ""),
        ("B", {"note": "a reason is no activity"}, ""),
    ],
)
def test_a_plan_that_carries_what_the_code_needs_completes_the_paper(room, code, said, note):
    nothing = {"activity": "", "note": "", "agreed_with": "", "agreed_on": None}
    plan(room, code=code, **nothing | said)
    fill_plans(now=at(8, 50))
    assert Mark.objects.get().code_id == code
    assert listed() == {(code, 1, note, bool(note))}
    if note:
        assert Paper.objects.get().completed_by == room.officer


@pytest.mark.parametrize(
    "other",
    [
        {"from_on": DAY + timedelta(1), "until_on": DAY + timedelta(2)},
        {"withdrawn_at": at(8)},
        {"code": "K"},
    ],
)
def test_another_plan_completes_nothing(room, other):
    if "withdrawn_at" in other:
        other = other | {"withdrawn_by": room.officer}
    plan(room, activity="College course", **other)
    save(room, change(room))
    assert listed() == {("B", 1, "", False)}


def test_of_two_plans_the_one_made_last_is_the_paper(room):
    plan(room, activity="Gallery", made_at=at(7))
    plan(room, activity="Museum", made_at=at(6))
    save(room, change(room))
    assert listed() == {("B", 1, "Gallery", True)}


def test_a_plan_of_which_nobody_knows_the_maker_leaves_its_words_for_the_office(room):
    plan(room, activity="Gallery", made_by=None)
    save(room, change(room))
    assert listed() == {("B", 1, "Gallery", False)}


@pytest.mark.parametrize("code", ["K", "B", "C2", "Y7", "#"])
def test_whatever_a_plan_must_say_completes_its_paper(code):
    said = {name: DAY if name.endswith("_on") else "words" for name in NEEDS[code]}
    said.pop("review_on", None)
    assert paper_said(code, **{"agreed_on": None} | said)


# ---------- how they follow the marks


def test_sessions_and_days_follow_the_marks(room):
    before = DAY - timedelta(days=1)
    save(room, change(room, paper="Gala"))
    amend(room, change(room, half=1, reason="r"), change(room, on=before, half=1, reason="r"))
    paper = Paper.objects.get()
    assert (paper.sessions, paper.first_on, paper.last_on) == (3, before, DAY)
    amend(room, change(room, code="I", seen=1, on=before, half=1, reason="r"))
    paper.refresh_from_db()
    assert (paper.sessions, paper.first_on, paper.last_on) == (2, DAY, DAY)


def test_a_paper_whose_marks_were_all_changed_waits_for_nobody_and_is_not_lost(room):
    save(room, change(room, 0), change(room, 1, paper="Gala"))
    amend(room, *(change(room, n, "I", seen=1, reason="r") for n in (0, 1)))
    assert listed() == {("B", 0, "", False), ("B", 0, "Gala", True)}
    assert not Paper.objects.missing()


def test_each_academic_year_has_its_own(room):
    last = room.year
    last.ends_on = DAY - timedelta(days=1)
    last.save()
    factories.AcademicYearFactory(
        school=room.school, name="2026/27", starts_on=DAY, ends_on=DAY + timedelta(30)
    )
    amend(
        room,
        change(room, on=DAY - timedelta(days=1), reason="r"),
        change(room, reason="r", paper="Gala"),
    )
    found = Paper.objects.order_by("first_on").values_list("sessions", "note")
    assert list(found) == [(1, ""), (1, "Gala")]


def test_a_second_activity_stands_behind_the_first_and_neither_is_said_twice(room):
    save(room, change(room, paper="Gala"))
    for text in ("Museum", "Gala", "Museum"):
        amend(room, change(room, seen=1, reason="r", paper=text))  # the mark stays as it is
    assert listed() == {("B", 1, "Gala; Museum", True)}


@pytest.mark.parametrize(
    ("note", "text", "then"),
    [
        ("", "b", "b"),
        ("a", "b", "a; b"),
        ("a; b", "b", "a; b"),
        ("a; b; c", "b; c", "a; b; c"),
        ("ab", "b", "ab; b"),
        ("a" * 300, "b" * 198, "a" * 300 + "; " + "b" * 198),
        ("a" * 300, "b" * 199, "b" * 199),
    ],
)
def test_notes_are_joined_while_there_is_room(note, text, then):
    assert joined(note, text) == then


def test_what_is_refused_or_stale_lists_nothing(room):
    save(room, change(room, 0, "C2", seen=4, paper="x"), change(room, 1, "#", on=DAY, half=1))
    assert not Paper.objects.exists()


def test_a_code_whose_paper_is_held_is_answered_as_held(room):
    save(room, change(room, paper="Gala"))
    [mark] = amend(room, change(room, half=1, reason="r")).papers.items()
    assert mark == (MarkKey(room.enrolments[0].pk, DAY, 1), True)


# ---------- the office completes them


def test_papers_are_completed_with_their_words_and_only_by_those_who_may(room):
    mine = factories.PaperFactory(enrolment=room.enrolments[0], academic_year=room.year)
    held = factories.PaperFactory(enrolment=room.enrolments[1], academic_year=room.year, note="A")
    theirs = factories.PaperFactory()
    asked = {mine.pk: "Agreed on Monday", held.pk: None, theirs.pk: "no business of theirs"}
    with pytest.raises(Refused):
        complete_papers(school=room.school, papers=asked, by=room.teacher)
    assert complete_papers(school=room.school, papers=asked, by=room.officer) == 2
    notes = dict(Paper.objects.complete().values_list("pk", "note"))
    assert notes == {mine.pk: "Agreed on Monday", held.pk: "A"}
    again = {mine.pk: "In the blue file"}
    assert complete_papers(school=room.school, papers=again, by=room.officer) == 0
    mine.refresh_from_db()
    assert mine.note == "Agreed on Monday; In the blue file"
    assert reopen_papers(school=room.school, papers=[mine.pk, theirs.pk], by=room.officer) == 1
    assert set(Paper.objects.missing()) == {mine, theirs}


# ---------- what it costs


def cost(act) -> int:
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


@pytest.mark.parametrize("pupils", [10, 60])
def test_a_save_with_such_codes_costs_four_statements_more_whatever_its_size(pupils):
    room = room_today(pupils)
    register = opened(room)
    for pupil in range(0, pupils, 2):
        plan(room, pupil, activity="Gallery")

    def save_all(code, seen, half_said=False):
        changes = [
            change(room, n, code, seen, paper=f"Gala {n}" if half_said and n % 3 else None)
            for n in range(pupils)
        ]
        return cost(
            lambda: save_marks(
                register_id=register.pk,
                changes=changes,
                save_key=uuid.uuid4(),
                by=room.officer,
                now=at(8, 50),
                today=DAY,
            )
        )

    ordinary = save_all("I", 0)
    costs = [save_all("B", 1, half_said=True), save_all("C2", 2, half_said=True), save_all("N", 3)]
    assert Paper.objects.count() == 2 * pupils
    assert ordinary + 4 >= max(costs)
    assert max(costs) <= 14
