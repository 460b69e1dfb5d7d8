"""Marks that came in late: what becomes of each when the office accepts it, or leaves it out."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registers.marks.verify import broken_seals
from registers.models import Amendment, HeldMark, Mark, MarkComment, Membership, Paper, Register
from registers.policies import Refused
from registers.register.held_marks.actions import (
    NOT_THEIRS,
    STALE,
    HeldMarkDecisions,
    accept_held,
    decline_held,
)
from tests import factories
from tests.factories.held import hold
from tests.factories.office import TUESDAY, at, code_of, office_class, put

pytestmark = pytest.mark.django_db
CLOCK = HeldMark.Why.CLOCK


@pytest.fixture
def room():
    room = office_class(3)
    room.teacher.name = "Ms Rahman"
    room.teacher.save()
    return room


def accept(room, *held, seen=(), now="10:00", by=None):
    return accept_held(
        school=room.school,
        held=[one.pk for one in held],
        seen=dict(seen),
        by=by or room.officer,
        now=at(now),
    )


def leave_out(room, *held, seen=(), by=None, now="10:00"):
    held_ids = [one.pk for one in held]
    return decline_held(school=room.school, held=held_ids, by=by or room.officer, now=at(now))


def mark_of(room, number=0):
    return Mark.objects.filter(enrolment=room.enrolments[number], date=TUESDAY, half=0).first()


def register_of(room):
    return Register.objects.filter(group=room.group, session__date=TUESDAY).first()


# --- what becomes of a mark


@dataclass
class Case:
    """A held `/` of 8:52, and what stands when it is accepted."""

    stands: str | None
    seen: int
    code: str = "/"
    what: str = "done"
    then: str | None = "/"
    amendments: int = 1


CASES = {
    "a blank": Case(None, 0),
    "the same code": Case("/", 1, amendments=0),
    "the same code, not seen": Case("/", 0, amendments=0),
    "another code, seen": Case("N", 1),
    "another code, not seen": Case("N", 0, what="stale", then="N", amendments=0),
    "a code that the rules refuse": Case(
        None, 0, code="\\", what="refused", then=None, amendments=0
    ),
    "refused over another": Case("N", 1, code="\\", what="refused", then="N", amendments=0),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_becomes_of_a_mark(room, case):
    if case.stands:
        put(room, 0, case.stands, made_at=at("08:50"))
    held = hold(room, 0, case.code)
    decided = accept(room, held, seen={held.pk: case.seen})
    assert held.pk in getattr(decided, case.what)
    stands = mark_of(room)
    assert (stands.code_id if stands else None) == case.then
    assert Amendment.objects.count() == case.amendments
    held.refresh_from_db()
    assert held.accepted is (True if case.what == "done" else None)
    assert not list(broken_seals(room.school))


def test_it_is_its_makers_mark_and_the_offices_amendment(room):
    accept(room, hold(room, 0, "L", minutes_late=7, comment="Bus late"))
    mark = mark_of(room)
    assert (mark.code_id, mark.minutes_late, mark.source) == ("L", 7, Mark.Source.REGISTER)
    assert (mark.made_by, mark.made_at, mark.arrived_at) == (
        room.teacher,
        at("08:52"),
        at("09:25"),
    )
    amendment = Amendment.objects.get()
    assert (amendment.code_before, amendment.code_after) == ("", "L")
    assert (amendment.by, amendment.by_position) == (room.officer, "Attendance Officer")
    assert amendment.reason == (
        "Made on a device at 8:52 by Ms Rahman, came in at 9:25: the register had ended."
    )
    assert MarkComment.objects.get().text == "Bus late"


def test_the_same_code_keeps_its_minutes_and_its_comment(room):
    key = put(room, 0, "L", minutes=9)
    MarkComment.objects.create(enrolment_id=key.enrolment_id, date=TUESDAY, half=0, text="Fog")
    accept(room, hold(room, 0, "L", minutes_late=7, comment="Bus late"))
    assert (mark_of(room).minutes_late, mark_of(room).version) == (9, 1)
    assert MarkComment.objects.get().text == "Fog"


def test_the_same_code_gets_the_comment_that_came_with_it(room):
    put(room, 0, "L", minutes=9)
    accept(room, hold(room, 0, "L", minutes_late=7, comment="Bus late"))
    assert MarkComment.objects.get().text == "Bus late"


@pytest.mark.parametrize("stands", [None, "K"])
def test_the_paper_that_came_with_it_is_completed(room, stands):
    if stands:
        put(room, 0, stands)
    accept(room, hold(room, 0, "K", paper="Swimming, Mondays"))
    paper = Paper.objects.complete().get()
    assert (paper.code_id, paper.note) == ("K", "Swimming, Mondays")
    assert not MarkComment.objects.exists()


def test_a_mark_that_was_pressed_too_late_did_not_wait(room):
    accept(room, hold(room, 0, made="09:25", came="09:25"))
    assert mark_of(room).arrived_at is None
    assert Amendment.objects.get().reason == (
        "Made on a device at 9:25 by Ms Rahman: the register had ended."
    )


def test_what_came_in_on_another_day_says_which(room):
    held = hold(room, 0)
    HeldMark.objects.filter(pk=held.pk).update(arrived_at=at("08:01") + timedelta(days=1))
    accept(room, held, now="23:00")
    assert "came in at 8:01 on Wednesday 10 September" in Amendment.objects.get().reason


def test_the_last_of_two_of_one_pupil_counts_and_the_first_is_its_history(room):
    later = hold(room, 0, "L", made="08:55", minutes_late=10)
    earlier = hold(room, 0, "/", made="08:50")
    decided = accept(room, later, earlier)
    assert set(decided.done) == {later.pk, earlier.pk}
    assert (mark_of(room).code_id, mark_of(room).version) == ("L", 2)
    chain = Amendment.objects.order_by("sequence").values_list("code_before", "code_after")
    assert list(chain) == [("", "/"), ("/", "L")]
    assert not list(broken_seals(room.school))


def test_of_two_the_second_may_stand_where_the_first_may_not(room):
    refused, later = hold(room, 0, "\\", made="08:50"), hold(room, 0, "L", made="08:55")
    decided = accept(room, refused, later)
    assert (decided.done, list(decided.refused)) == ([later.pk], [refused.pk])
    assert mark_of(room).code_id == "L"


def test_of_two_neither_changes_what_somebody_changed_meanwhile(room):
    put(room, 0, "N")
    earlier, later = hold(room, 0, "/", made="08:50"), hold(room, 0, "L", made="08:55")
    assert accept(room, earlier, later).stale == {earlier.pk: STALE, later.pk: STALE}
    assert mark_of(room).code_id == "N"


def test_a_refusal_keeps_nobody_else_from_going_through(room):
    refused, fine = hold(room, 0, "\\"), hold(room, 1)
    decided = accept(room, refused, fine)
    assert decided.done == [fine.pk]
    assert "is for afternoons only" in decided.refused[refused.pk]


def test_a_pupil_who_is_not_in_the_group_that_day_is_refused(room):
    held, fine = hold(room, 0), hold(room, 1)
    Membership.objects.filter(enrolment=room.enrolments[0]).update(
        until_on=TUESDAY - timedelta(days=1)
    )
    decided = accept(room, held, fine)
    assert (decided.refused, decided.done) == ({held.pk: NOT_THEIRS}, [fine.pk])


def test_a_pupil_who_has_left_the_school_is_refused(room):
    room.enrolments[0].leaves_on = TUESDAY - timedelta(days=1)
    room.enrolments[0].save()
    held = hold(room, 0)
    assert "left the roll" in accept(room, held).refused[held.pk]


# --- who took the register, and when


def test_made_in_time_counts_as_taken_in_time(room):
    """The register that nobody opened: taken at the earliest mark, by its maker."""
    other = factories.UserFactory()
    accept(room, hold(room, 0, made="08:55"), hold(room, 1, made="08:52", by=other))
    register = register_of(room)
    assert (register.taken_at, register.taken_by) == (at("08:52"), other)
    assert register.ended_at == at("09:15")
    assert (register.opened_at, register.entered_by) == (None, None)


def test_a_register_that_was_taken_stays_as_it_was_taken(room):
    factories.RegisterFactory(
        group=room.group,
        session=next(one for one in room.sessions if one.date == TUESDAY),
        taken_at=at("09:00"),
        taken_by=room.officer,
        ended_at=at("09:15"),
    )
    accept(room, hold(room, 0, made="08:52"))
    assert (register_of(room).taken_at, register_of(room).taken_by) == (at("09:00"), room.officer)


# made, came, why: what the register says of when it was taken
TIMES = {
    "a minute before the end": ("09:14", "09:25", HeldMark.Why.ENDED, "09:14"),
    "at the end": ("09:15", "09:25", HeldMark.Why.ENDED, None),
    "after the end": ("09:20", "09:25", HeldMark.Why.ENDED, None),
    "a wrong clock, came in time": ("06:00", "09:05", CLOCK, "09:05"),
    "a wrong clock, came too late": ("08:50", "09:25", CLOCK, None),
}


@pytest.mark.parametrize(("made", "came", "why", "taken"), TIMES.values(), ids=TIMES)
def test_when_it_was_taken(room, made, came, why, taken):
    accept(room, hold(room, 0, made=made, came=came, why=why, clock_off=240))
    register = register_of(room)
    assert (register.taken_at if register else None) == (at(taken) if taken else None)


def test_by_a_wrong_clock_the_time_of_arrival_is_kept_and_the_reason_says_so(room):
    accept(room, hold(room, 0, why=CLOCK, clock_off=240))
    assert (mark_of(room).made_at, mark_of(room).arrived_at) == (at("09:25"), at("09:25"))
    assert Amendment.objects.get().reason == (
        "Made on a device by Ms Rahman, came in at 9:25: its clock was 4 min fast."
    )


def test_while_the_register_is_open_there_is_nothing_to_amend(room):
    accept(room, hold(room, 0, why=CLOCK, clock_off=240, came="09:00"), now="09:05")
    assert mark_of(room).code_id == "/"
    assert not Amendment.objects.exists()
    assert (register_of(room).taken_at, register_of(room).ended_at) == (at("09:00"), None)


# --- leaving out, twice, two officers


def test_what_is_left_out_is_in_no_register(room):
    held = hold(room, 0)
    assert leave_out(room, held).done == [held.pk]
    assert mark_of(room) is None
    assert register_of(room) is None
    held.refresh_from_db()
    assert (held.accepted, held.decided_by, held.decided_at) == (False, room.officer, at("10:00"))


@pytest.mark.parametrize("decide", [accept, leave_out])
@pytest.mark.parametrize("again", [accept, leave_out])
def test_a_second_press_changes_nothing(room, decide, again):
    held = hold(room, 0)
    decide(room, held)
    before = (HeldMark.objects.values().get(), list(Mark.objects.values()))
    colleague = factories.AppointmentFactory(school=room.school).user
    decided = again(room, held, by=colleague, now="10:05")
    what = "accepted" if decide is accept else "left out"
    assert decided.already == {held.pk: f"{what} by {room.officer} at 10:00"}
    assert not decided.done
    assert (HeldMark.objects.values().get(), list(Mark.objects.values())) == before


def test_a_teacher_decides_nothing(room):
    held = hold(room, 0)
    for decide in (accept, leave_out):
        with pytest.raises(Refused):
            decide(room, held, by=room.teacher)
    held.refresh_from_db()
    assert held.decided_at is None


def test_the_marks_of_another_school_are_not_there(room):
    other = office_class(1)
    held = hold(other, 0)
    for decide in (accept, leave_out):
        decided = decide(room, held)
        assert decided == HeldMarkDecisions()
    assert code_of(put(other, 0, "N")) == "N"
    held.refresh_from_db()
    assert held.decided_at is None


# --- statements


def statements(decide, size) -> int:
    """For a class of which one has another mark already."""
    room = office_class(size)
    put(room, 0, "N")
    held = [
        hold(room, number, made=f"08:{46 + number % 10}", comment="x") for number in range(size)
    ]
    with CaptureQueriesContext(connection) as caught:
        assert len(decide(room, *held, seen={held[0].pk: 1}).done) == size
    return len(caught)


@pytest.mark.parametrize(("decide", "most"), [(accept, 20), (leave_out, 5)])
def test_thirty_take_as_many_statements_as_two(decide, most):
    few, many = statements(decide, 2), statements(decide, 30)
    assert few == many <= most
