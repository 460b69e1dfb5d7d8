"""The night: what it does, what it says when a step fails, and when it is started."""

import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.utils import timezone

from absence.models import Standing
from interventions import tasks
from interventions.letters.actions import letters
from interventions.models import Letter, LetterCopy, Night
from interventions.night.actions import night
from registers.models import WeekTally
from registers.policies import Refused
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.integration.absence.test_figures_check import tamper
from tests.integration.letters.test_letters_flow import absent_pupil

pytestmark = pytest.mark.django_db

FRIDAY, SATURDAY, SUNDAY = date(2025, 9, 12), date(2025, 9, 13), date(2025, 9, 14)
LONDON = ZoneInfo("Europe/London")


def run(room, as_at=FRIDAY, today=SATURDAY, **more) -> Night:
    return night.run_night(room.school, as_at=as_at, today=today, send=False, **more)


def room_with_an_absent_pupil(pupils: int = 2):
    room = make_class(pupils)
    absent_pupil(room)
    return room


def test_a_night_repairs_brings_up_to_date_and_proposes_and_says_so():
    room = room_with_an_absent_pupil()
    WeekTally.objects.filter(monday=date(2025, 9, 1)).update(late=7)
    done = run(room)
    assert done.state == "done"
    assert done.finished_at
    assert (done.enrolments_checked, done.tallies_repaired) == (2, 1)
    assert (done.standings_moved, done.letters_proposed, done.problems) == (1, 1, [])


def everything() -> list:
    return [
        list(model.objects.order_by("pk").values())
        for model in (WeekTally, Standing, Letter, LetterCopy)
    ]


def test_a_second_run_changes_nothing():
    room = room_with_an_absent_pupil()
    run(room)
    kept = everything()
    again = run(room)
    assert (again.tallies_repaired, again.standings_moved, again.letters_proposed) == (0, 0, 0)
    assert everything() == kept


def test_yesterday_is_the_last_day_that_counts_unless_another_is_named():
    room = make_class(1)
    assert night.run_night(room.school, today=SATURDAY, send=False).as_at == FRIDAY
    with pytest.raises(ValueError, match="still to come"):
        run(room, as_at=SUNDAY)


def test_one_night_at_a_time_for_a_school_and_a_dead_one_is_given_up():
    room, other = make_class(1), make_class(1)
    factories.NightFactory(school=other.school, started_at=timezone.now())
    now = timezone.now()
    running = factories.NightFactory(school=room.school, started_at=now - timedelta(minutes=59))
    with pytest.raises(night.NightIsRunningError, match="running already"):
        run(room)
    Night.objects.filter(pk=running.pk).update(started_at=now - timedelta(minutes=61))
    assert run(room).state == "done"
    running.refresh_from_db()
    assert (running.state, running.problems) == ("failed", ["The night did not finish."])


def test_a_step_that_fails_is_told_without_names_and_the_others_still_run(monkeypatch):
    room = room_with_an_absent_pupil()

    def fails(*_, **__):
        raise RuntimeError(f"something about {room.enrolments[0].pupil}")

    monkeypatch.setattr("interventions.letters.due.read_school", fails)
    monkeypatch.setattr("absence.standings.actions.check.check_moved", fails)
    failed = run(room)
    assert failed.state == "failed"
    assert failed.problems[0] == "The check of the weekly totals failed (RuntimeError)."
    assert len(failed.problems) == 3  # letters need the figures too
    assert "Okafor" not in " ".join(failed.problems)
    monkeypatch.undo()
    assert run(room).letters_proposed == 1


def test_a_failed_check_does_not_keep_letters_back(monkeypatch):
    room = room_with_an_absent_pupil()
    monkeypatch.setattr("absence.standings.actions.check.check_moved", lambda *_: 1 / 0)
    failed = run(room)
    assert (failed.state, failed.letters_proposed) == ("failed", 1)


def test_weekly_totals_that_contradict_the_marks_lead_to_no_letter(monkeypatch):
    room = make_class(1)
    marks_of(room, "V" * 20)
    WeekTally.objects.update(attended=0, unauthorised=10)
    monkeypatch.setattr("absence.standings.actions.check.check_moved", lambda *_: 1 / 0)
    assert run(room).letters_proposed == 0


def test_a_register_that_was_tampered_with_is_told_on_the_run():
    room = make_class(1)
    marks_of(room, "OO")
    tamper(room.enrolments[0], "/")
    (problem,) = run(room).problems
    assert f"enrolment {room.enrolments[0].pk} was tampered with" in problem
    assert run(room).problems == []  # the totals agree again …
    (weekly,) = run(room, today=SUNDAY).problems  # … but the seal never does
    assert weekly == problem


def cancel_out(room):
    """Errors of two weeks that the sums of a year hide."""
    WeekTally.objects.filter(monday=date(2025, 9, 1)).update(attended=9)
    WeekTally.objects.filter(monday=date(2025, 9, 8)).update(attended=11)


def test_on_sundays_errors_that_cancel_out_over_the_year_are_found():
    room = make_class(1)
    marks_of(room, "V" * 20)
    cancel_out(room)
    assert run(room).tallies_repaired == 0
    assert run(room, today=SUNDAY).tallies_repaired == 2


@pytest.mark.parametrize("of_sunday", [["failed"] * 3, []])  # [] while the machine was off
def test_what_sunday_did_not_check_is_checked_by_the_next_night_that_is_done(of_sunday):
    room, monday = make_class(1), date(2025, 9, 15)
    marks_of(room, "V" * 20)
    cancel_out(room)
    for state, on in [("done", SATURDAY), *((state, SUNDAY) for state in of_sunday)]:
        started_at = datetime.combine(on, night.STARTS_AT, tzinfo=LONDON)
        factories.NightFactory(school=room.school, as_at=FRIDAY, state=state, started_at=started_at)
    assert run(room, today=monday).tallies_repaired == 2
    cancel_out(room)
    assert run(room, today=monday).tallies_repaired == 0
    assert run(room, today=monday + timedelta(days=5)).tallies_repaired == 0


def test_no_letters_for_a_date_when_a_later_night_is_done():
    room = room_with_an_absent_pupil()
    factories.NightFactory(school=room.school, as_at=SATURDAY, state="done")
    late = run(room)
    assert late.letters_proposed == 0
    assert late.state == "done"
    assert "as at 2025-09-13 has been run already" in late.problems[0]


def test_a_school_whose_first_year_has_not_begun_has_a_quiet_night():
    done = night.run_night(factories.SchoolFactory(), today=SATURDAY, send=False)
    assert (done.state, done.problems) == ("done", [])


def test_a_night_touches_its_own_school_only():
    room, other = room_with_an_absent_pupil(), room_with_an_absent_pupil()
    WeekTally.objects.update(late=3)
    run(room)
    assert set(Letter.objects.values_list("enrolment__school", flat=True)) == {room.school.pk}
    assert WeekTally.objects.filter(enrolment__school=other.school, late=3).exists()


def test_only_who_may_run_the_night_may():
    room = make_class(1)
    assert run(room, by=room.officer).started_by == room.officer
    with pytest.raises(Refused):
        run(room, by=room.teacher)


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (datetime(2025, 11, 22, 1, 59, tzinfo=LONDON), datetime(2025, 11, 21, 2, tzinfo=LONDON)),
        (datetime(2025, 11, 22, 2, 0, tzinfo=LONDON), datetime(2025, 11, 22, 2, tzinfo=LONDON)),
        (datetime(2025, 7, 1, 0, 30, tzinfo=ZoneInfo("UTC")),  # half past one in London
         datetime(2025, 6, 30, 2, tzinfo=LONDON)),
    ],
)  # fmt: skip
def test_a_night_begins_at_two_by_the_clocks_of_london(now, start):
    assert night.latest_start(now) == start


def test_a_missed_night_is_started_once_and_a_failed_one_not_for_ever():
    room = make_class(1)
    now = datetime(2025, 11, 22, 9, 30, tzinfo=LONDON)
    two = datetime(2025, 11, 22, 2, 0, tzinfo=LONDON)

    def missed() -> bool:
        return night.schools_whose_night_was_missed(now) == [room.school.pk]

    assert missed()
    yesterday = {"school": room.school, "as_at": date(2025, 11, 21)}
    before = factories.NightFactory(**yesterday, state="done", started_at=two - timedelta(hours=5))
    assert missed()
    factories.NightFactory(
        school=room.school, as_at=date(2025, 3, 1), state="done", started_at=two
    )  # by hand, for a day of last spring
    assert missed()
    for _ in range(2):
        factories.NightFactory(**yesterday, state="failed", started_at=two)
        assert missed()
    third = factories.NightFactory(**yesterday, state="failed", started_at=two)
    assert not missed()
    third.delete()
    running = factories.NightFactory(**yesterday, state="running", started_at=now)
    assert not missed()
    Night.objects.filter(pk=running.pk).update(state="done")
    assert not missed()
    assert before.state == "done"


def test_the_tasks_start_a_night_for_each_school(monkeypatch):
    rooms = [make_class(1), make_class(1)]
    started = []
    monkeypatch.setattr(tasks.run_night, "delay", started.append)
    tasks.start_nights()
    tasks.start_missed_nights()
    assert started == [room.school.pk for room in rooms] * 2
    monkeypatch.undo()
    tasks.run_night(rooms[0].school.pk)
    factories.NightFactory(school=rooms[1].school, started_at=timezone.now())
    tasks.run_night(rooms[1].school.pk)  # running already: no error
    assert Night.objects.filter(state="done").count() == 1


def test_the_timetable_names_tasks_that_are_there():
    current_app.loader.import_default_modules()
    named = {row["task"] for row in current_app.conf.beat_schedule.values()}
    assert {f"interventions.tasks.{name}" for name in ("start_nights", "start_missed_nights",
            "sweep")} <= named  # fmt: skip
    assert named <= set(current_app.tasks)


def nightly(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("nightly", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_runs_the_night_draws_the_letters_and_prints_counts():
    room = room_with_an_absent_pupil()
    out, err = nightly("--as-at", str(FRIDAY), "--school", room.school.urn)
    assert "2 enrolments checked, 0 weekly totals repaired, 1 standings moved, 1 letters" in out
    assert f"{room.school.urn}: 1 PDFs drawn, 0 failed." in out
    assert err == ""
    assert Letter.objects.get().state == "ready"


def test_the_command_ends_with_an_error_when_a_night_failed(monkeypatch):
    room = room_with_an_absent_pupil()
    other = make_class(1)
    monkeypatch.setattr(
        letters, "propose_from", lambda known, **_: [] if known.school == other.school else 1 / 0
    )
    with pytest.raises(CommandError, match=f"^The night failed for {room.school.urn}.$"):
        nightly("--as-at", str(FRIDAY))
    assert Night.objects.filter(state="done", school=other.school).exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--as-at", "12.9.2025"], "is not a date"),
        (["--school", "999999"], "no school with the URN"),
        (["--as-at", "2099-01-01"], "The night failed"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, words):
    make_class(1)
    with pytest.raises(CommandError, match=words):
        nightly(*arguments)


def test_a_night_checks_what_has_moved_and_everything_where_that_is_asked_for():
    room = make_class(1)
    marks_of(room, "OO")
    assert run(room).enrolments_checked == 1
    tamper(room.enrolments[0], "/")
    again = run(room)
    assert (again.enrolments_checked, again.problems) == (0, [])
    (problem,) = run(room, everything=True).problems
    assert "was tampered with" in problem


def test_a_night_for_a_year_that_is_over_checks_everything():
    room = make_class(1)
    marks_of(room, "OO")
    run(room)
    WeekTally.objects.update(late=7)
    factories.AcademicYearFactory(
        school=room.school, name="next", starts_on=date(2026, 9, 1), ends_on=date(2027, 7, 20)
    )
    assert run(room).tallies_repaired == 0
    assert run(room, today=date(2026, 9, 3)).tallies_repaired == 1


def test_the_command_checks_all_marks_and_seals_where_it_is_asked_to(monkeypatch):
    room = make_class(1)
    asked = []
    real = night.run_night
    monkeypatch.setattr(
        night,
        "run_night",
        lambda school, *, everything, **more: (
            asked.append(everything) or real(school, everything=everything, **more)
        ),
    )
    nightly("--school", room.school.urn, "--as-at", str(FRIDAY))
    nightly("--school", room.school.urn, "--as-at", str(FRIDAY), "--all")
    assert asked == [False, True]
