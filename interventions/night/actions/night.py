"""The night for one school: check and repair the weekly totals, bring standings up to date, propose
the letters that are due. One row says what was done and what failed; running it twice changes
nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from absence.figures.calendar import NoAcademicYearError, academic_year_at
from absence.figures.school import SchoolToDate
from absence.standings.actions import check, standings
from interventions.letters.actions import letters
from interventions.letters.due import read_for_letters
from interventions.models import CrossedBefore, Night
from registers import policies
from registers.models import School
from registers.models.school.staff import User
from registers.rules.calendar import sunday_of

log = structlog.get_logger(__name__)

LONDON = ZoneInfo("Europe/London")
STARTS_AT = time(2, 0)
DEAD_AFTER = timedelta(hours=1)
MOST_STARTS = 3  # of a missed or failed night, before it waits for the next one or for a person
DID_NOT_FINISH = "The night did not finish."


class NightIsRunningError(Exception):
    """Another run of this school's night is at work; the words are fit to show."""


def run_night(
    school: School,
    *,
    as_at: date | None = None,
    by: User | None = None,
    today: date | None = None,
    send: bool = True,
    everything: bool = False,
) -> Night:
    """Run the school's night as at a date, yesterday by default; the row of the run.

    `everything` has all marks and seals checked, as on Sundays. Each step is a transaction of its
    own: a step that fails is told on the row, the others still run, and the night has failed.
    `send` False leaves the letters' PDFs to the caller.
    Raises Refused, NightIsRunningError, or ValueError for a date that is not over.
    """
    today = today or timezone.localdate(timezone=LONDON)
    as_at = as_at or today - timedelta(days=1)
    if as_at > today:
        raise ValueError(f"{as_at} is still to come: a night looks back.")
    if by is not None:
        policies.check(by, "run_night", school=school)
    night = _claim(school, as_at, by)
    log.info("night_began", night_id=night.pk, school_id=school.pk, as_at=as_at)
    known = _Reading(school, as_at)
    steps: list[tuple[str, Callable[[], None]]] = [
        ("The check of the weekly totals", lambda: _check(night, today, everything=everything)),
        ("Bringing the standings up to date", lambda: _standings(night, known)),
        ("Proposing letters", lambda: _letters(night, known, today, send=send)),
    ]
    failed = [name for name, step in steps if not _done(night, name, step)]
    return _finish(night, Night.State.FAILED if failed else Night.State.DONE)


@dataclass
class _Reading:
    """The school, read once for the steps that need it: after the check has mended the totals."""

    school: School
    as_at: date

    @cached_property
    def of_school(self) -> SchoolToDate:
        return read_for_letters(self.school, self.as_at)


def _claim(school: School, as_at: date, by: User | None) -> Night:
    now = timezone.now()
    Night.objects.filter(
        school=school, state=Night.State.RUNNING, started_at__lt=now - DEAD_AFTER
    ).update(state=Night.State.FAILED, finished_at=now, problems=[DID_NOT_FINISH])
    try:
        with transaction.atomic():
            return Night.objects.create(school=school, as_at=as_at, started_at=now, started_by=by)
    except IntegrityError:
        raise NightIsRunningError(f"The night of {school.name} is running already.") from None


def _done(night: Night, name: str, step: Callable[[], None]) -> bool:
    try:
        step()
    except NoAcademicYearError:
        return True  # a school whose first year has not begun has nothing to count
    except Exception as problem:
        log.error("night_step_failed", night_id=night.pk, part=name, exc_info=problem)
        night.problems.append(f"{name} failed ({type(problem).__name__}).")
        return False
    return True


def _check(night: Night, today: date, *, everything: bool) -> None:
    """Whose register has moved since the last check, in this academic year; where Sunday's check is
    due, for a year that is over, and where it is asked for, every week of every year, all seals."""
    year = academic_year_at(night.school, night.as_at)
    is_over = year != academic_year_at(night.school, today)
    if everything or is_over or _is_whole_check_due(night, today):
        checked = check.check_everything(night.school, today)
    else:
        checked = check.check_moved(year, today)
    night.enrolments_checked = checked.enrolments
    night.tallies_repaired = checked.repaired
    night.problems += _problems(checked)


def _is_whole_check_due(night: Night, today: date) -> bool:
    """On Sundays, and after one until a night has been done: it may have failed, or been missed.

    The first night of a school looks at everybody in any case.
    """
    sunday = sunday_of(today - timedelta(days=6))
    if today == sunday:
        return True
    before = night.school.nights.exclude(pk=night.pk)
    done = before.filter(state=Night.State.DONE, started_at__date__gte=sunday)
    return before.exists() and not done.exists()


def _problems(checked: check.Checked) -> Iterator[str]:
    if checked.vanished:
        yield f"{checked.vanished} weekly totals had no marks behind them and were taken out."
    for broken in checked.tampered:
        yield (
            f"The register of enrolment {broken.enrolment_id} was tampered with: "
            f"{', '.join(broken.problems)}."
        )


def _standings(night: Night, known: _Reading) -> None:
    night.standings_moved = standings.write_standings(known.of_school, known_at=night.started_at)


def _letters(night: Night, known: _Reading, today: date, *, send: bool) -> None:
    later = (
        Night.objects.filter(school=night.school, state=Night.State.DONE, as_at__gt=night.as_at)
        .order_by("as_at")
        .last()
    )
    if later is not None:
        night.problems.append(
            f"No letters were proposed: the night as at {later.as_at} has been run already."
        )
        return
    proposed = letters.propose_from(known.of_school, dated=today, send=send)
    night.letters_proposed = len(proposed)
    night.crossings_listed = CrossedBefore.objects.filter(
        enrolment__school=night.school, listed_at__gte=night.started_at
    ).count()


def _finish(night: Night, state: str) -> Night:
    """Write what was done, unless the run was given up as dead meanwhile."""
    Night.objects.filter(pk=night.pk, state=Night.State.RUNNING).update(
        state=state,
        finished_at=timezone.now(),
        enrolments_checked=night.enrolments_checked,
        tallies_repaired=night.tallies_repaired,
        standings_moved=night.standings_moved,
        letters_proposed=night.letters_proposed,
        crossings_listed=night.crossings_listed,
        problems=night.problems,
    )
    night.refresh_from_db()
    log.info("night_ended", night_id=night.pk, status=night.state, repaired=night.tallies_repaired)
    return night


def is_running(school: School) -> bool:
    """Whether a night of this school is at work now; one that died an hour ago is not."""
    alive = timezone.now() - DEAD_AFTER
    return school.nights.filter(state=Night.State.RUNNING, started_at__gt=alive).exists()


def latest_start(now: datetime) -> datetime:
    """The last 02:00 by the clocks of London, also on the days when they change."""
    local = now.astimezone(LONDON)
    day = local.date()
    if local.time() < STARTS_AT:
        day -= timedelta(days=1)
    return datetime.combine(day, STARTS_AT, tzinfo=LONDON)


def schools_whose_night_was_missed(now: datetime) -> list[int]:
    """Schools without a finished or running night since the last 02:00.

    A night that fails is tried again, but not for ever.
    """
    since = latest_start(now)
    of_tonight = Q(nights__started_at__gte=since, nights__as_at__gte=since.date() - timedelta(1))
    alive = Q(nights__state=Night.State.DONE) | Q(
        nights__state=Night.State.RUNNING, nights__started_at__gt=now - DEAD_AFTER
    )
    schools = School.objects.annotate(
        well=Count("nights", filter=of_tonight & alive), tried=Count("nights", filter=of_tonight)
    )
    missed = schools.filter(well=0, tried__lt=MOST_STARTS)
    return list(missed.order_by("pk").values_list("pk", flat=True))
