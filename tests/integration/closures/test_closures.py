"""A snow day done and undone: marks, seals, totals and words, and what others do meanwhile."""

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absence.figures import school
from registers import policies
from registers.closures import queries as closures_queries
from registers.closures.actions import closing, marks
from registers.closures.queries import ClosureWanted
from registers.marks.changes import MarkChange, MarkKey
from registers.marks.verify import broken_seals
from registers.models import (
    Amendment,
    ClosedMark,
    Closure,
    Mark,
    Paper,
    Register,
    Session,
    WeekTally,
)
from registers.register.actions import bell, saving
from registers.register.actions.reading import RegisterKey
from registers.register.actions.registers import open_register
from registers.rules.codes import CODES, Half
from registers.setup.calendar.actions.planning import sessions_by_year
from tests import factories
from tests.factories.classes import amend_mark, make_class

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
MONDAY = date(2025, 9, 1)
AM, PM = Half.AM, Half.PM
EVENING = datetime(2025, 9, 1, 18, tzinfo=LONDON)
SNOW = ClosureWanted("snow", (MONDAY, AM), (MONDAY, PM))


def close(room, asked: ClosureWanted = SNOW, *, changing=None, now=EVENING) -> Closure:
    """The press and the worker's part."""
    closure = closing.close_sessions(
        school=room.school, asked=asked, changing=changing, by=room.officer, now=now
    )
    marks.write_closure(closure, now=now)
    return closure


def undo(room, closure: Closure) -> tuple[int, int]:
    return marks.undo_marks(closing.undo_closure(closure=closure, by=room.officer))


def mark(room, pupil: int, code: str, on: date = MONDAY, half: int = AM) -> None:
    key = MarkKey(room.enrolments[pupil].pk, on, half)
    there = Mark.objects.filter(enrolment=key.enrolment_id, date=on, half=half).first()
    seen = there.version if there else 0
    amend_mark(change=MarkChange(key, code, seen, reason="Told"), by=room.officer, today=on)


def as_it_is(room) -> list[tuple]:
    """Every mark as people know it: whose it is, when it was made, where it came from."""
    fields = ("enrolment_id", "date", "half", "code", "minutes_late", "source", "made_by_id")
    rows = Mark.objects.filter(enrolment__school=room.school)
    return sorted(rows.values_list(*fields, "made_at", "arrived_at"))


def totals(room) -> list[tuple]:
    rows = WeekTally.objects.filter(enrolment__school=room.school)
    return sorted(
        rows.values_list("enrolment_id", "monday", "attended", "authorised", "unauthorised", "late")
    )


def assert_sound(room) -> None:
    assert list(broken_seals(room.school)) == []


def codes(room) -> dict[tuple[int, int], str]:
    places = {enrolment.pk: number for number, enrolment in enumerate(room.enrolments)}
    rows = Mark.objects.filter(date=MONDAY, enrolment__school=room.school)
    return {
        (places[pk], half): code for pk, half, code in rows.values_list("enrolment", "half", "code")
    }


def test_a_snow_day_done_and_undone():
    room = make_class(4)
    mark(room, 0, "/")
    mark(room, 1, "I")
    mark(room, 2, "N", half=PM)
    before, sums = as_it_is(room), totals(room)
    closure = close(room)
    assert codes(room) == {
        (0, AM): "/",  # was there when the register was called
        (0, PM): "Y4",
        **{(pupil, half): "Y4" for pupil in (1, 2, 3) for half in (AM, PM)},
    }
    assert_sound(room)
    assert closures_queries.counts_of(closure) == {
        "entered": 5,
        "changed": 2,
        "put_back": 0,
        "left": 0,
    }
    assert undo(room, closure) == (7, 0)
    assert as_it_is(room) == before
    assert totals(room) == sums
    assert_sound(room)


def test_the_history_says_the_closure_and_its_undoing():
    room = make_class(1)
    mark(room, 0, "I")
    closure = close(room, ClosureWanted("snow", (MONDAY, AM), (MONDAY, PM), note="no gritters"))
    undo(room, closure)
    said = Amendment.objects.order_by("sequence").values_list("code_before", "code_after", "reason")
    assert list(said)[1:] == [
        ("I", "Y4", "Closure: Snow or ice: no gritters"),
        ("", "Y4", "Closure: Snow or ice: no gritters"),
        ("Y4", "I", "Closure undone: Snow or ice: no gritters"),
        ("Y4", "", "Closure undone: Snow or ice: no gritters"),
    ]


def test_a_mark_made_where_one_was_taken_back_goes_on_from_its_versions():
    room = make_class(1)
    undo(room, close(room))
    assert codes(room) == {}
    mark(room, 0, "I")
    mark(room, 0, "M")
    assert codes(room) == {(0, AM): "M"}
    assert Mark.objects.get().version == 4
    assert_sound(room)
    undo(room, close(room))
    assert codes(room) == {(0, AM): "M"}
    assert_sound(room)


def test_a_teacher_can_take_the_register_after_a_closure_was_undone():
    room = make_class(1)
    now = datetime(2025, 9, 1, 8, 50, tzinfo=LONDON)
    undo(room, close(room, ClosureWanted("snow", (MONDAY, AM), (MONDAY, AM)), now=now))
    key = RegisterKey(room.school.pk, room.group.pk, MONDAY, AM)
    change = MarkChange(MarkKey(room.enrolments[0].pk, MONDAY, AM), "/", 0)
    saved = saving.save_marks(
        changes=[change], save_key=uuid4(), by=room.teacher, key=key, now=now, today=MONDAY
    )
    assert [one["version"] for one in saved.saved] == [3]
    assert_sound(room)


def test_what_was_changed_since_is_left_and_told():
    room = make_class(2)
    closure = close(room)
    mark(room, 0, "I")
    assert undo(room, closure) == (3, 1)
    assert codes(room) == {(0, AM): "I"}
    (left,) = closures_queries.left_marks(closure, 10)
    assert (left.enrolment, left.half) == (room.enrolments[0], AM)


def test_it_can_be_said_to_go_over_the_present_as_well():
    room = make_class(2)
    mark(room, 0, "/")
    before = as_it_is(room)
    closure = close(room, changing=["/", "\\", "L", "N"])
    assert set(codes(room).values()) == {"Y4"}
    undo(room, closure)
    assert as_it_is(room) == before


def test_a_closure_is_repeated_without_harm():
    room = make_class(3)
    closure = close(room)
    Closure.objects.update(written_on=None, written_half=None)
    closure.refresh_from_db()
    assert marks.write_closure(closure, now=EVENING) == 0
    assert ClosedMark.objects.count() == 6
    undo(room, closure)
    assert marks.undo_marks(Closure.objects.get()) == (0, 0)
    assert marks.write_closure(closure, now=EVENING) == 0  # a worker that comes too late
    assert codes(room) == {}


def test_only_who_is_on_the_roll_on_the_day_gets_a_mark():
    room = make_class(2)
    room.enrolments[0].starts_on = date(2025, 9, 2)
    room.enrolments[0].save()
    asked = ClosureWanted("snow", (MONDAY, AM), (date(2025, 9, 2), PM))
    close(room, asked, now=datetime(2025, 9, 2, 18, tzinfo=LONDON))
    counted = Mark.objects.filter(enrolment=room.enrolments[0]).count()
    assert (counted, Mark.objects.count()) == (2, 6)


def test_sessions_that_have_not_begun_get_their_marks_at_the_bell():
    room = make_class(2)
    seven = datetime(2025, 9, 1, 7, tzinfo=LONDON)
    closure = close(room, now=seven)
    assert (Mark.objects.count(), closure.job) == (0, None)
    assert not Session.objects.filter(date=MONDAY, closed_because="").exists()
    assert closing.write_begun(now=datetime(2025, 9, 1, 8, 44, tzinfo=LONDON)) == 0
    assert closing.write_begun(now=datetime(2025, 9, 1, 8, 45, tzinfo=LONDON)) == 2
    assert closing.write_begun(now=datetime(2025, 9, 1, 8, 46, tzinfo=LONDON)) == 0
    assert closing.write_begun(now=datetime(2025, 9, 1, 13, 15, tzinfo=LONDON)) == 2
    assert not Amendment.objects.exists()  # made in time: no late entries
    assert undo(room, closure) == (4, 0)


def test_a_closure_undone_before_its_day_leaves_nothing():
    room = make_class(2)
    closure = close(room, now=datetime(2025, 9, 1, 7, tzinfo=LONDON))
    undo(room, closure)
    assert not Session.objects.exclude(closed_because="").exists()
    assert closing.write_begun(now=EVENING) == 0
    assert not Mark.objects.exists()


def test_who_is_planned_to_be_elsewhere_stays_there():
    room = make_class(2)
    factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[0], code_id="V", from_on=MONDAY, until_on=MONDAY
    )
    factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[1], code_id="M", from_on=MONDAY, until_on=MONDAY
    )
    opened = datetime(2025, 9, 1, 8, 46, tzinfo=LONDON)
    close(room, ClosureWanted("snow", (MONDAY, AM), (MONDAY, AM)), now=opened)
    bell.fill_plans(now=opened)
    assert codes(room) == {(0, AM): "V", (1, AM): "Y4"}


def test_some_year_groups_are_y3_and_their_registers_say_so():
    room = make_class(2)
    other = factories.EnrolmentFactory(pupil__school=room.school)
    group = factories.GroupFactory(school=room.school, name="9Z")
    factories.MembershipFactory(group=group, enrolment=other)
    asked = ClosureWanted(
        "building",
        (MONDAY, AM),
        (MONDAY, PM),
        whole_school=False,
        pupils=frozenset(one.pk for one in room.enrolments),
        for_whom="7A",
    )
    closure = close(room, asked)
    assert set(codes(room).values()) == {"Y3"}
    assert not Mark.objects.filter(enrolment=other).exists()
    assert not Session.objects.exclude(closed_because="").exists()
    closed = Register.objects.exclude(closed_because="")
    assert {one.group_id for one in closed} == {room.group.pk}
    undo(room, closure)
    assert not Register.objects.exclude(closed_because="").exists()


def test_half_a_group_does_not_close_its_register():
    room = make_class(2)
    asked = ClosureWanted(
        "transport",
        (MONDAY, AM),
        (MONDAY, AM),
        whole_school=False,
        pupils=frozenset({room.enrolments[0].pk}),
        for_whom="1 pupil by name",
    )
    close(room, asked)
    assert codes(room) == {(0, AM): "Y1"}
    assert not Register.objects.exclude(closed_because="").exists()


def test_a_polling_day_takes_its_sessions_out_of_what_is_due():
    room = make_class(2)
    friday = date(2025, 9, 5)
    planned = sessions_by_year(room.school)[room.year.pk]
    closure = close(room, ClosureWanted("polling", (friday, AM), (friday, PM)))
    assert not Mark.objects.exists()
    assert sessions_by_year(room.school)[room.year.pk] == planned - 2
    assert set(Session.objects.filter(date=friday).values_list("is_open", "closed_because")) == {
        (False, "Polling station")
    }
    undo(room, closure)
    assert sessions_by_year(room.school)[room.year.pk] == planned
    assert not Session.objects.exclude(closed_because="").exists()


def test_a_planned_closure_over_marks_is_a_code_with_its_paper():
    room = make_class(2)
    mark(room, 0, "I")
    closure = close(
        room, ClosureWanted("polling", (MONDAY, AM), (MONDAY, AM), note="County election")
    )
    assert codes(room) == {(0, AM): "#", (1, AM): "#"}
    assert set(Paper.objects.values_list("note", flat=True)) == {"Polling station: County election"}
    undo(room, closure)
    assert codes(room) == {(0, AM): "I"}
    assert set(Paper.objects.values_list("sessions", flat=True)) == {0}


def test_lost_sessions_are_no_absence_and_no_possible_session():
    room = make_class(1)
    close(room)
    (row,) = school.absence_to(room.school, MONDAY)
    assert (row.tally.possible, row.tally.absent, row.tally.unmarked) == (0, 0, 0)
    later = datetime(2025, 9, 1, 19, tzinfo=LONDON)
    tuesday = date(2025, 9, 2)
    close(room, ClosureWanted("snow", (tuesday, AM), (tuesday, PM)), now=later)
    (row,) = school.absence_to(room.school, MONDAY)
    assert row.to_come == room.year.sessions.filter(date__gt=tuesday).count()


def test_the_same_sessions_are_not_closed_twice():
    room = make_class(1)
    close(room)
    with pytest.raises(closing.WrongClosure, match="closed already: Snow or ice") as refusal:
        close(room, ClosureWanted("heat", (MONDAY, PM), (MONDAY, PM)))
    assert list(refusal.value.fields) == ["from_on"]


def test_two_closures_of_one_day_each_take_away_their_own_words():
    room = make_class(2)
    some = {"whole_school": False, "for_whom": "7A", "pupils": frozenset({room.enrolments[0].pk})}
    first = close(room, ClosureWanted("transport", (MONDAY, AM), (MONDAY, AM), **some))
    second = close(room)
    undo(room, first)
    assert not Session.objects.filter(date=MONDAY, closed_because="").exists()
    undo(room, second)
    assert not Session.objects.exclude(closed_because="").exists()


@pytest.mark.parametrize("day", [date(2025, 9, 6), date(2025, 12, 25)])
def test_a_day_without_a_session_cannot_be_closed(day):
    room = make_class(1)
    with pytest.raises(closing.WrongClosure, match="no session"):
        close(room, ClosureWanted("snow", (day, AM), (day, PM)))


def test_a_teacher_closes_nothing_and_nobody_closes_another_school():
    room, other = make_class(1), make_class(1)
    for by in (room.teacher, other.officer):
        with pytest.raises(policies.Refused):
            closing.close_sessions(school=room.school, asked=SNOW, by=by, now=EVENING)
    closure = close(room)
    for by in (room.teacher, other.officer):
        with pytest.raises(policies.Refused):
            closing.undo_closure(closure=closure, by=by)


def test_it_is_undone_once():
    room = make_class(1)
    closure = close(room)
    undo(room, closure)
    with pytest.raises(policies.Refused, match="undone already"):
        closing.undo_closure(closure=closure, by=room.officer)


def test_no_register_is_opened_or_saved_in_a_closed_session():
    room = make_class(2)
    now = datetime(2025, 9, 1, 8, 50, tzinfo=LONDON)
    close(room, ClosureWanted("snow", (MONDAY, AM), (MONDAY, AM)), now=now)
    room.sessions[0].refresh_from_db()
    with pytest.raises(policies.Refused, match="Snow or ice"):
        open_register(group=room.group, session=room.sessions[0], by=room.teacher, now=now)
    change = MarkChange(MarkKey(room.enrolments[0].pk, MONDAY, AM), "/", 1)
    with pytest.raises(policies.Refused, match="was closed"):
        saving.save_marks(
            changes=[change],
            save_key=uuid4(),
            by=room.teacher,
            register_id=room.register.pk,
            now=now,
            today=MONDAY,
        )


def test_a_teacher_who_had_saved_before_the_closure_keeps_what_was_marked():
    room = make_class(2)
    now = datetime(2025, 9, 1, 8, 50, tzinfo=LONDON)
    closure = closing.close_sessions(
        school=room.school,
        asked=ClosureWanted("snow", (MONDAY, AM), (MONDAY, AM)),
        by=room.officer,
        now=now,
    )
    # the closure is made, its worker has not begun: the office lets one mark in by hand
    mark(room, 0, "/")
    marks.write_closure(closure, now=now)
    assert codes(room) == {(0, AM): "/", (1, AM): "Y4"}


def test_the_jobs_do_the_work_and_say_what_they_did():
    room = make_class(3)
    closure = closing.close_sessions(school=room.school, asked=SNOW, by=room.officer, now=EVENING)
    steps: list[tuple[int, int]] = []
    outcome = closing.write_marks_of(closure.job, lambda *said: steps.append(said[:2]))
    assert outcome.said == "6 marks of Y4 written."
    assert steps == [(3, 3)]
    mark(room, 0, "I")
    closure = closing.undo_closure(closure=closure, by=room.officer)
    outcome = closing.undo_marks_of(closure.job, lambda *said: None)
    assert outcome.said == (
        "5 marks put back as before. 1 mark left, since somebody changed them meanwhile."
    )


@pytest.mark.parametrize("pupils", [2, 30])
def test_a_piece_costs_the_same_whatever_its_size(pupils, django_assert_max_num_queries):
    room = make_class(pupils)
    closure = closing.close_sessions(school=room.school, asked=SNOW, by=room.officer, now=EVENING)
    with django_assert_max_num_queries(18):
        marks.write_closure(closure, now=EVENING)
    closure = closing.undo_closure(closure=closure, by=room.officer)
    with django_assert_max_num_queries(20):
        marks.undo_marks(closure)


# What may stand in a September morning, other than what a paper or an age stands against.
MORNING = [
    symbol
    for symbol, code in CODES.items()
    if code.in_force(MONDAY) and code.half in (None, AM) and symbol not in "XZ"
]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    stood=st.lists(st.sampled_from(["", *MORNING]), min_size=1, max_size=4),
    changing=st.lists(st.sampled_from(MORNING)),
    since=st.dictionaries(st.integers(0, 3), st.sampled_from(MORNING), max_size=2),
)
def test_done_and_undone_gives_back_exactly_the_marks(db, stood, changing, since):
    room = make_class(len(stood))
    for pupil, code in enumerate(stood):
        if code:
            mark(room, pupil, code)
    before, sums = as_it_is(room), totals(room)
    closure = close(room, changing=changing)
    assert_sound(room)
    wrote = set(closure.marks.values_list("enrolment", "half"))
    changed = {}
    for pupil, code in since.items():
        if pupil < len(stood) and codes(room)[pupil, AM] != code:
            mark(room, pupil, code)
            changed[room.enrolments[pupil].pk] = code
    back, left = undo(room, closure)
    assert left == sum((pk, AM) in wrote for pk in changed)
    assert back == len(wrote) - left
    after = as_it_is(room)
    mine = [row for row in after if (row[0] in changed and row[2] == AM)]
    assert {row[0]: row[3] for row in mine} == changed
    assert [row for row in after if row not in mine] == [
        row for row in before if not (row[0] in changed and row[2] == AM)
    ]
    assert changed or totals(room) == sums
    assert_sound(room)


def test_the_year_of_the_calendar_names_its_closures_and_counts_by_them(client):
    room = make_class(1)
    boss = factories.AppointmentFactory(school=room.school, role="administrator").user
    friday = date(2025, 9, 5)
    close(room)
    close(room, ClosureWanted("polling", (friday, AM), (friday, PM)))
    client.force_login(boss)
    page = f"/schools/{room.school.urn}/set-up/calendar/{room.year.pk}/"
    text = client.get(page).content.decode()
    assert "18 sessions planned" in text  # of 20, without the polling day's
    assert "2 sessions lost, which need not be made up" in text
    assert "Mon 1 Sep 2025" in text
    assert "Polling station" in text


@pytest.mark.parametrize("pupils", [2, 30])
def test_the_pages_take_as_many_statements_for_few_as_for_many(
    client, pupils, django_assert_max_num_queries
):
    room = make_class(pupils)
    mark(room, 0, "I")
    client.force_login(room.officer)
    page = f"/schools/{room.school.urn}/closures/"
    sent = {
        "kind": "snow",
        "whom": "some",
        "years": ["9"],
        "from_on": "2025-09-01",
        "from_half": "0",
        "until_on": "2025-09-01",
        "until_half": "1",
        "look": "1",
    }
    with django_assert_max_num_queries(16):
        text = client.post(f"{page}new/", sent).content.decode()
    assert "Look before it is done" in text
    closure = close(room)
    with django_assert_max_num_queries(12):
        client.get(f"{page}{closure.pk}/")
    with django_assert_max_num_queries(8):
        client.get(page)
