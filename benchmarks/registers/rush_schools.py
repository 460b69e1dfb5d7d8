"""The schools of the rush: registers that open now, a teacher for each, offices."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from benchmarks.people import keep
from benchmarks.registers.teachers import appoint_teachers, cookies_of
from registers.models import (
    AcademicYear,
    Appointment,
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
from registers.rules.calendar import monday_of
from registers.rules.codes import Half

PUPILS = 30  # in each register
HALF = Half.AM


@dataclass(frozen=True)
class Schools:
    """What was made; `plan` is what the load generator is told, as JSON takes it."""

    today: date
    teachers: dict[int, User]
    enrolments: int
    plan: dict


def build(registers: int, now: datetime, schools_at_most: int) -> Schools:
    """So many groups in so many schools; the morning's register is open and nobody took it."""
    today = timezone.localdate(now)
    schools = keep_schools(min(schools_at_most, registers), timezone.localtime(now))
    groups = Group.objects.bulk_create(
        Group(school=schools[n % len(schools)], name=f"R{n + 1}") for n in range(registers)
    )
    members = _enrol(groups, today)
    teachers = appoint_teachers(groups)
    plan = {
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "teachers": [
            {
                "person": teachers[group.pk].pk,
                "cookies": cookies_of(teachers[group.pk]),
                "urn": group.school.urn,
                "register": f"/schools/{group.school.urn}/registers/{group.pk}/{today}/am/",
                "pupils": members[group.pk],
            }
            for group in groups
        ],
        "offices": [
            {"urn": school.urn, "cookies": cookies_of(_office(school))} for school in schools
        ],
    }
    return Schools(today, teachers, registers * PUPILS, plan)


def keep_schools(count: int, now: datetime) -> list[School]:
    """Each with a year that has begun, and one session: the morning of today, which is on."""
    opened = max(now - timedelta(minutes=2), now.replace(hour=0, minute=0))
    schools = School.objects.bulk_create(
        School(
            urn=f"{910001 + n}",
            name=f"Ellerwick School {n + 1}",
            morning_at=time(opened.hour, opened.minute),
            register_minutes=30,
        )
        for n in range(count)
    )
    today = now.date()
    years = AcademicYear.objects.bulk_create(
        AcademicYear(school=school, name="the year", starts_on=today - timedelta(days=60),
                     ends_on=today + timedelta(days=200))
        for school in schools
    )  # fmt: skip
    keep(Session(school=year.school, academic_year=year, date=today, half=HALF) for year in years)
    keep(SchoolWeek(school=school, monday=monday_of(today), number=1) for school in schools)
    return schools


def _enrol(groups: list[Group], today: date) -> dict[int, list[tuple[int, str]]]:
    """Thirty pupils in each group: for each group their enrolments and surnames."""
    begun = today - timedelta(days=60)
    pupils = Pupil.objects.bulk_create(
        Pupil(
            school=group.school, upn=f"T{group.pk:06d}{n:06d}", surname=f"Okafor{group.pk}x{n:02d}",
            forename="Siyuan", born_on=date(today.year - 13, 3, 4), sex="FM"[n % 2],
        )
        for group in groups
        for n in range(PUPILS)
    )  # fmt: skip
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(pupil=pupil, school=pupil.school, starts_on=begun) for pupil in pupils
    )
    years = {year.school_id: year for year in AcademicYear.objects.all()}
    keep(
        EnrolmentYear(enrolment=one, academic_year=years[one.school_id], year_group="8")
        for one in enrolments
    )
    of_group = {
        group.pk: enrolments[n * PUPILS : (n + 1) * PUPILS] for n, group in enumerate(groups)
    }
    keep(
        Membership(group_id=group, enrolment=one, from_on=begun)
        for group, members in of_group.items()
        for one in members
    )
    return {
        group: [(one.pk, one.pupil.surname) for one in members]
        for group, members in of_group.items()
    }


def _office(school: School) -> User:
    person = User.objects.create(username=f"office-{school.pk}", name="Mr Adeyemi")
    Appointment.objects.create(user=person, school=school, role="office", position="Office")
    return person
