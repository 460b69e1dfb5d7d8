"""A register to take at any hour, in the demonstration school and nowhere else."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from registers.models import AcademicYear, Register, School, Session
from registers.rules.clock import register_window, times_on
from registers.rules.codes import Half
from registers.setup.calendar.actions.school_weeks import number_weeks

NOON = time(12, 0)


@transaction.atomic
def ring(*, urn: str, now: datetime | None = None) -> School | None:
    """Let the register of this half day begin now, unless one is open or has been opened already.

    On a day without sessions, such as a Saturday, the school meets all the same: this one day
    more. Gives the school when its times were moved; None where the day lies in no academic year,
    or nothing had to be done.
    """
    now = timezone.localtime(now).replace(second=0, microsecond=0)
    half = Half.AM if now.time() < NOON else Half.PM
    school = School.objects.select_for_update().filter(urn=urn).first()
    if school is None:
        return None
    _meet_on(school, now.date(), half)
    half_day = Session.objects.filter(
        school=school, date=now.date(), half=half, is_open=True, closed_because=""
    )
    opened = Register.objects.filter(session__in=half_day, opened_at__isnull=False)
    is_open = register_window(school, now.date(), half).is_open(now)
    if is_open or opened.exists() or not half_day.exists():
        return None
    school.later_times = _called_now(school, half, now)
    school.save(update_fields=["later_times"])
    return school


def _called_now(school: School, half: Half, now: datetime) -> list[dict]:
    """The school's later times with those of today in place: the days before keep theirs."""
    times, today = times_on(school, now.date()), now.date().isoformat()
    at = {Half.AM: times.morning_at, Half.PM: times.afternoon_at, half: now.time()}
    if half is Half.AM and at[Half.PM] <= now.time():
        at[Half.PM] = time(13, 15)
    row = {
        "from_on": today,
        "weekdays": [],
        "morning_at": f"{at[Half.AM]:%H:%M}",
        "afternoon_at": f"{at[Half.PM]:%H:%M}",
        "minutes": times.minutes,
    }
    return [*(before for before in school.later_times if before["from_on"] < today), row]


def _meet_on(school: School, day: date, first: Half) -> None:
    """The demonstration meets from this half day on, where its calendar holds no session of the
    day; a lost session stays lost.
    """
    sessions = Session.objects.filter(school=school)
    year = AcademicYear.objects.filter(school=school, starts_on__lte=day, ends_on__gte=day).first()
    if year is None or sessions.filter(date=day).exists():
        return
    Session.objects.bulk_create(
        Session(school=school, academic_year=year, date=day, half=half)
        for half in Half
        if half >= first
    )
    number_weeks(school, sessions.values_list("date", flat=True).distinct())
