"""A class in a school that meets: what most tests of registers start from."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from registers.marks.actions.amend import amend_marks
from registers.marks.changes import MarkChange
from registers.models import (
    AcademicYear,
    Amendment,
    Enrolment,
    Group,
    Register,
    School,
    SchoolWeek,
    Session,
    User,
)
from tests import factories


@dataclass
class ClassOfPupils:
    school: School
    year: AcademicYear
    group: Group
    enrolments: list[Enrolment]
    sessions: list[Session]
    register: Register
    teacher: User
    officer: User


def school_days(first: date, count: int) -> list[date]:
    """The next `count` weekdays from `first`."""
    days, day = [], first
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(days=1)
    return days


def make_class(pupils: int = 3, *, first: date = date(2025, 9, 1), days: int = 10) -> ClassOfPupils:
    """One registration group of a school, with an open register on the first of `days` days."""
    school = factories.SchoolFactory()
    dates = school_days(first, days)
    year = factories.AcademicYearFactory(school=school, starts_on=dates[0], ends_on=dates[-1])
    sessions = Session.objects.bulk_create(
        Session(school=school, academic_year=year, date=day, half=half)
        for day in dates
        for half in (0, 1)
    )
    mondays = sorted({day - timedelta(days=day.weekday()) for day in dates})
    SchoolWeek.objects.bulk_create(
        SchoolWeek(school=school, monday=monday, number=number)
        for number, monday in enumerate(mondays, start=1)
    )
    group = factories.GroupFactory(school=school)
    enrolments = [
        factories.EnrolmentFactory(pupil__school=school, starts_on=dates[0]) for _ in range(pupils)
    ]
    for enrolment in enrolments:
        factories.MembershipFactory(group=group, enrolment=enrolment)
        factories.EnrolmentYearFactory(enrolment=enrolment, academic_year=year)
    teaches = factories.AppointmentFactory(school=school, role="teacher", position="Teacher")
    teaches.groups.add(group)
    officer = factories.AppointmentFactory(school=school).user
    register = factories.RegisterFactory(group=group, session=sessions[0])
    return ClassOfPupils(school, year, group, enrolments, sessions, register, teaches.user, officer)


def amend_mark(*, change: MarkChange, by: User, today: date | None = None) -> Amendment | None:
    """Change or enter one mark. Its amendment, where that made one."""
    key = change.key
    now = timezone.localtime()
    if today:
        now = timezone.make_aware(datetime.combine(today, time(23)))
    school = School.objects.get(pupils__enrolments=key.enrolment_id)
    written = amend_marks(school=school, changes=[change], by=by, now=now)
    return Amendment.objects.filter(
        enrolment=key.enrolment_id, date=key.date, half=key.half, version=written.saved.get(key, 0)
    ).first()
