"""The nightly check looks at what has moved since a check that ended, and misses nothing by it."""

from datetime import date, timedelta
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absence.models import CheckedEnrolment
from absence.standings.actions import check, moved
from registers.marks.actions.locking import lock_enrolments, marks_now
from registers.marks.actions.taking_back import take_back_marks
from registers.marks.changes import Author, MarkChange, MarkKey
from registers.models import Mark, RegisterSeal, WeekTally
from tests import factories
from tests.factories.classes import ClassOfPupils, make_class
from tests.factories.drawn_schools import write_all
from tests.integration.absence.test_figures_check import THOROUGH, tamper, totals
from tests.integration.roll.test_corrected_dates import correct
from tests.integration.roll.test_merge_pupils import merge

pytestmark = pytest.mark.django_db

MONDAY, SATURDAY = date(2025, 9, 8), date(2025, 9, 13)
SESSIONS = 12  # a week and a Monday are marked, but for one session of each pupil
GAP = 3


def key(room: ClassOfPupils, session: int, pupil: int = 0) -> MarkKey:
    at = room.sessions[session]
    return MarkKey(room.enrolments[pupil].pk, at.date, at.half)


def save(room: ClassOfPupils, session: int, code: str, pupil: int = 0) -> None:
    at = key(room, session, pupil)
    seen = Mark.objects.filter(pk=tuple(at)).values_list("version", flat=True).first() or 0
    write_all([MarkChange(at, code, seen, reason="Parent rang" if seen else "")])


@pytest.fixture
def room() -> ClassOfPupils:
    """Three pupils, whose registers a check has seen."""
    room = make_class(3)
    write_all(
        [
            MarkChange(key(room, session, pupil), "/", 0)
            for pupil in range(3)
            for session in range(SESSIONS)
            if session != GAP
        ]
    )
    assert check.check_moved(room.year, SATURDAY).enrolments == 3
    assert read(room).registers == []
    return room


def read(room: ClassOfPupils) -> moved.Moved:
    return moved.read_moved(room.school, MONDAY)


def take_back(room: ClassOfPupils) -> None:
    at = key(room, 0)
    with transaction.atomic():
        locked = lock_enrolments([at.enrolment_id])
        by = Author(room.officer.pk, "Tom Brannigan", "Attendance Officer")
        take_back_marks(marks_now([at]), by=by, reason="The closure was undone", locked=locked)


def save_the_same(room: ClassOfPupils) -> None:
    """As an import does that brings what is there already."""
    at = key(room, 0)
    write = MarkChange(at, "/", 1)
    with pytest.raises(AssertionError):  # nothing was saved
        write_all([write], source=Mark.Source.IMPORT)


def leave(room: ClassOfPupils) -> None:
    correct(room.enrolments[0], room.sessions[0].date, room.sessions[5].date, room.officer)


def leave_and_come_back(room: ClassOfPupils) -> None:
    leave(room)
    correct(room.enrolments[0], room.sessions[0].date, None, room.officer)


def join(room: ClassOfPupils) -> None:
    factories.EnrolmentFactory(pupil__school=room.school, starts_on=MONDAY)


def forge_the_seal(room: ClassOfPupils) -> None:
    RegisterSeal.objects.filter(enrolment=room.enrolments[0]).update(marks=1, mac=bytes(32))


WHOLE, LATELY = "the whole year", "the last weeks"


@pytest.mark.parametrize(
    ("change", "looked_at"),
    [
        pytest.param(lambda room: None, {}, id="nothing"),
        pytest.param(save_the_same, {}, id="an import of what is there"),
        pytest.param(lambda room: save(room, 12, "I"), {0: LATELY}, id="a new mark"),
        pytest.param(lambda room: save(room, GAP, "I"), {0: WHOLE}, id="a mark of a week before"),
        pytest.param(lambda room: save(room, 0, "I"), {0: WHOLE}, id="an amendment"),
        pytest.param(take_back, {0: WHOLE}, id="a mark taken back"),
        pytest.param(leave, {0: WHOLE}, id="left, totals re-derived without a save"),
        pytest.param(leave_and_come_back, {}, id="dates put back as they were"),
        pytest.param(lambda room: merge(room), {0: WHOLE, 1: WHOLE, 3: WHOLE}, id="merged"),
        pytest.param(join, {3: WHOLE}, id="a new enrolment"),
        pytest.param(forge_the_seal, {0: WHOLE}, id="a seal that was changed past the guards"),
        pytest.param(
            lambda room: RegisterSeal.objects.filter(enrolment=room.enrolments[0]).delete(),
            {0: WHOLE},
            id="a seal that is gone",
        ),
        pytest.param(
            lambda room: CheckedEnrolment.objects.all().delete(),
            {0: WHOLE, 1: WHOLE, 2: WHOLE},
            id="a school that was never checked",
        ),
    ],
)
def test_what_the_night_looks_at(room, change, looked_at):
    change(room)
    known = read(room)
    assert set(known.enrolments) == {room.enrolments[0].pk + pupil for pupil in looked_at}
    lately = {room.enrolments[0].pk + pupil for pupil, how in looked_at.items() if how == LATELY}
    assert known.lately == dict.fromkeys(lately, MONDAY)
    right = totals()
    WeekTally.objects.filter(enrolment__in=known.enrolments, monday=MONDAY).update(late=7)
    check.check_moved(room.year, SATURDAY)
    assert totals() == right
    sealed = RegisterSeal.objects.values_list("enrolment", flat=True)
    assert set(read(room).enrolments).isdisjoint(sealed)


def test_who_was_seen_long_ago_is_compared_whole(room):
    save(room, 12, "I")
    assert read(room).lately
    assert not moved.read_moved(room.school, MONDAY + timedelta(weeks=3)).lately


def test_a_seal_that_was_forged_is_told_the_next_night(room):
    forge_the_seal(room)
    (broken,) = check.check_moved(room.year, SATURDAY).tampered
    assert "the seal itself was changed" in broken.problems


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["read_moved", "_differing", "_mend", "keep_as_checked"])
def test_what_is_saved_while_a_check_runs_is_looked_at_the_next_night(
    monkeypatch, room, step, after
):
    """Whatever step it comes before or after."""
    place = moved if step in ("read_moved", "keep_as_checked") else check
    real = getattr(place, step)

    def between(*given, **more):
        if not after:
            save(room, 12, "I")
        answer = real(*given, **more)
        if after:
            save(room, 12, "I")
        return answer

    save(room, 13, "/")
    monkeypatch.setattr(place, step, between)
    check.check_moved(room.year, SATURDAY)
    monkeypatch.undo()
    was_seen = step == "read_moved" and not after
    assert read(room).enrolments == ([] if was_seen else [room.enrolments[0].pk])


@pytest.mark.parametrize("step", ["_differing", "_mend"])
@pytest.mark.parametrize("run", [check.check_moved, check.check_everything])
def test_a_check_that_fails_is_not_counted_as_done(monkeypatch, room, run, step):
    save(room, 0, "I")
    monkeypatch.setattr(check, step, lambda *_, **__: 1 / 0)
    monkeypatch.setattr(check, "_tell_tampered", lambda *_, **__: 1 / 0)
    about = room.year if run is check.check_moved else room.school
    with pytest.raises(ZeroDivisionError):
        run(about, SATURDAY)
    assert read(room).enrolments == [room.enrolments[0].pk]


def test_what_was_forged_without_a_save_waits_for_the_check_of_everything(room):
    tamper(room.enrolments[1], "O")
    nightly = check.check_moved(room.year, SATURDAY)
    assert (nightly.differing, nightly.tampered) == (0, [])
    weekly = check.check_everything(room.school, SATURDAY)
    assert weekly.differing == 1
    (broken,) = weekly.tampered
    assert broken.enrolment_id == room.enrolments[1].pk


WEEKS = 5
saves = st.tuples(st.integers(0, 2), st.integers(0, WEEKS * 10 - 1), st.sampled_from("/ILUBV"))
nights = st.integers(0, WEEKS - 1)  # the week in which a check runs


@settings(
    max_examples=300 if THOROUGH else 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(done=st.lists(st.one_of(saves, saves, nights), max_size=25), strays=st.booleans())
def test_nights_of_what_has_moved_and_a_sunday_leave_what_a_whole_check_leaves(done, strays):
    """Each save here leaves its week's total wrong: the next night finds every one of them, and
    after a Sunday nothing is left, whatever was done past the saves."""
    with transaction.atomic():
        room = make_class(3, days=WEEKS * 5)
        number = count(1)
        right = totals()
        for step in [*done, WEEKS - 1]:
            if isinstance(step, int):
                monday = room.sessions[step * 10].date
                check.check_moved(room.year, monday)
                assert totals() == right
                continue
            pupil, session, code = step
            at = key(room, session, pupil)
            if Mark.objects.filter(pk=tuple(at), code=code).exists():
                continue
            wrong = totals()
            save(room, session, code, pupil)
            week = (at.enrolment_id, at.date - timedelta(days=at.date.weekday()))
            saved = {row for row in totals() if row[:2] == week}
            right = {row for row in right if row[:2] != week} | saved
            assert {row for row in wrong if row[:2] != week} <= totals()
            WeekTally.objects.filter(enrolment=week[0], monday=week[1]).update(
                late=50 + next(number)
            )
        if strays:
            WeekTally.objects.update(attended=9)
        check.check_everything(room.school, SATURDAY)
        assert totals() == right
        again = check.check_everything(room.school, SATURDAY)
        assert (again.differing, again.tampered) == (0, [])
        transaction.set_rollback(True)
