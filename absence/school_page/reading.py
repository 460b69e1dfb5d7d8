"""What the page of a school reads, once: the rows, all pupils together, today."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from absence.figures import school as figures
from absence.figures import sums
from absence.figures.calendar import YearToDate
from absence.figures.school import Absence
from absence.lists.asked import usual_day
from absence.rules import national, windows, wording
from absence.rules.windows import Period
from absence.school_page.figures import (
    PupilsTogether,
    Reason,
    Today,
    reasons,
    today_so_far,
    together,
)
from absence.school_page.ledger import England
from registers.models import Mark, School, Session
from registers.rules.clock import times_on
from registers.rules.codes import Half
from registers.rules.tally import Tally, total

HALF_NAMES = {Half.AM: "morning", Half.PM: "afternoon"}


@dataclass(frozen=True, slots=True)
class SchoolRead:
    """`last_point` is the day of last year up to which it is counted, `week` that of the day so
    far; `before` has no pupils where nothing is known of last year."""

    school: School
    calendar: YearToDate
    since: date
    today: date
    last_point: date | None
    week: Period | None
    absence: Absence
    now: PupilsTogether
    before: PupilsTogether

    @property
    def last_year(self) -> PupilsTogether | None:
        return self.before if self.before.pupils else None

    @property
    def points(self) -> Decimal | None:
        """Attendance this year less that of last year up to the same point."""
        return wording.points(self.now.tally.attendance_rate, self.before.tally.attendance_rate)

    @property
    def moved_since(self) -> date | None:
        """The day that movement is measured from; None where nothing is known of it."""
        return self.since if any(row.earlier.possible for row in self.absence.rows) else None

    @property
    def on_roll(self) -> int:
        return sum(row.is_on_roll(self.calendar.as_at) for row in self.absence.rows)

    @property
    def england(self) -> England:
        phase = national.phase_of({row.year_group for row in self.absence.rows})
        return England(national.by_phase()[phase], national.PHASE_NAMES[phase])

    @property
    def is_now(self) -> bool:
        """On an earlier day, today is out of place."""
        return self.calendar.as_at >= usual_day(self.school)

    def tally_of(self, period: str) -> Tally:
        return total(self.absence.tallies.get(period, {}).values())


def read(school: School, calendar: YearToDate, since: date) -> SchoolRead:
    """Four statements."""
    year, before, as_at = calendar.year, calendar.before, calendar.as_at
    last_point = windows.same_point(year, before, as_at)
    week = windows.week_so_far(year, as_at)
    periods = {"week": week, "week before": windows.same_week(year, before, week)}
    today = timezone.localdate()
    absence = figures.absence_of(
        school,
        calendar,
        since=since,
        last_point=last_point,
        periods={name: period for name, period in periods.items() if period},
        today=today,
    )
    return SchoolRead(
        school=school,
        calendar=calendar,
        since=since,
        today=today,
        last_point=last_point,
        week=week,
        absence=absence,
        now=together(absence.rows),
        before=together(absence.last_year),
    )


def today_of(read: SchoolRead) -> Today | None:
    """Two statements; None on a day without a session, and beside the figures of an earlier day."""
    if not read.is_now:
        return None
    sessions = Session.objects.filter(school=read.school, date=read.today, is_open=True)
    halves = list(map(Half, sessions.order_by("half").values_list("half", flat=True)))
    if not halves:
        return None
    times, now = times_on(read.school, read.today), timezone.localtime().time()
    begun = {int(half): HALF_NAMES[half] for half in halves if times.at(half) <= now}
    marks = Mark.objects.on_roll().filter(enrolment__school=read.school, date=read.today)
    rows = marks.values_list("enrolment_id", "half", "code_id")
    return today_so_far(read.today, begun, rows, read.absence.groups_today)


def reasons_of(read: SchoolRead) -> list[Reason]:
    """One statement."""
    periods = {"now": read.calendar.so_far}
    if read.calendar.before and read.last_point:
        periods["before"] = Period(read.calendar.before.starts_on, read.last_point)
    missed = sums.sessions_missed(read.school.pk, periods)
    now, before = read.now.tally.possible, read.before.tally.possible
    return reasons(missed["now"], missed.get("before", {}), now, before)
