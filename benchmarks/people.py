"""The people, groups and calendar of a trust as rows, made through the models."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import chain

from django.db import connection

from benchmarks.sealing import NAME, POSITION
from benchmarks.trust import GROUP, SESSIONS, TEACHER, TO_COME, YEARS, Trust, made_at
from registers.models import (
    AcademicYear,
    Appointment,
    Characteristic,
    Enrolment,
    EnrolmentYear,
    Group,
    Membership,
    Pupil,
    School,
    SchoolWeek,
    Session,
    User,
)

YEAR_NAMES = ["2024/25", "2025/26"]
FIRST_DAY = YEARS[0][0]


def keep(rows: Iterable) -> None:
    rows = list(rows)
    type(rows[0]).objects.bulk_create(rows, batch_size=2_000)


def load_people(trust: Trust) -> None:
    """Every school has all years 7 to 11; the same teacher may take registers in each."""
    schools, pupils = range(1, trust.schools + 1), range(trust.pupils)
    keep([User(pk=TEACHER, username="tbrannigan", name=NAME)])
    keep(School(pk=n, urn=f"{900000 + n}", name=f"Ellerwick School {n}") for n in schools)
    keep(
        Appointment(user_id=TEACHER, school_id=n, role="attendance_officer", position=POSITION)
        for n in schools
    )
    keep(_pupil(n, trust) for n in pupils)
    keep(
        Characteristic(pupil_id=n + 1, kind="FSM", value="Y", from_on=FIRST_DAY)
        for n in pupils[::4]
    )
    keep(
        Enrolment(pk=n + 1, pupil_id=n + 1, school_id=trust.school_of(n), starts_on=FIRST_DAY)
        for n in pupils
    )
    keep(
        Group(pk=trust.group_of(n), school_id=trust.school_of(n), name=f"R{trust.group_of(n)}")
        for n in pupils[::GROUP]
    )
    keep(
        Membership(group_id=trust.group_of(n), enrolment_id=n + 1, from_on=FIRST_DAY)
        for n in pupils
    )


def _pupil(n: int, trust: Trust) -> Pupil:
    return Pupil(
        pk=n + 1,
        school_id=trust.school_of(n),
        upn=f"T{n:012d}",
        surname=f"Okafor-{n * 7919 % trust.pupils}",
        forename="Siyuan",
        born_on=f"{2009 + n % 5}-03-04",
        sex="FM"[n % 2],
    )


def year_id(school: int, year: int) -> int:
    return 2 * school - 1 + year


def load_calendar(trust: Trust) -> None:
    """Both years with their sessions, weeks and year groups; every register of theirs has ended."""
    schools = range(1, trust.schools + 1)
    days = [YEARS[0], YEARS[1] + TO_COME]
    keep(
        AcademicYear(
            pk=year_id(school, year),
            school_id=school,
            name=YEAR_NAMES[year],
            starts_on=days[year][0],
            ends_on=days[year][-1],
        )
        for school in schools
        for year in (0, 1)
    )
    keep(
        Session(school_id=school, academic_year_id=year_id(school, year), date=day, half=half)
        for year in (0, 1)
        for day in days[year]
        for half in (0, 1)
        for school in schools
    )
    mondays = sorted({day - timedelta(days=day.weekday()) for day in chain(*days)})
    keep(
        SchoolWeek(school_id=school, monday=monday, number=number)
        for school in schools
        for number, monday in enumerate(mondays, start=1)
    )
    keep(
        EnrolmentYear(
            enrolment_id=n + 1,
            academic_year_id=year_id(trust.school_of(n), year),
            year_group=str(7 + trust.group_of(n) % 5),
        )
        for year in (0, 1)
        for n in range(trust.pupils)
    )
    _end_registers()


def _end_registers() -> None:
    at = str(made_at(*SESSIONS[0]))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registers_register"
            " (group_id, session_id, opened_at, taken_at, taken_by_id, ended_at)"
            " SELECT grp.id, half_day.id, %s, %s, %s, %s FROM registers_session half_day"
            "   JOIN registers_group grp ON grp.school_id = half_day.school_id"
            "  WHERE half_day.date < %s ORDER BY half_day.date, half_day.half, grp.id",
            [at, at, TEACHER, at, str(TO_COME[0])],
        )
