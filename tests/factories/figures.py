"""Figures of one pupil and of one school, each with all that they need read for it."""

from datetime import date, datetime

from absence.figures.calendar import calendar_of
from absence.figures.pupil_years import pupil_years
from absence.figures.school import read_school
from absence.rules.academic_year import SchoolYear
from absence.rules.pupil_year import PupilYear
from absence.standings.actions.standings import write_standings
from registers.models import Enrolment, School


def year_of(school: School, *, on: date, since: date | None = None) -> SchoolYear:
    """The academic year of a day with its sessions, in two statements. Raises
    NoAcademicYearError."""
    calendar = calendar_of(school)
    return calendar.with_sessions(calendar.year_at(on), since=since)


def pupil_year(enrolment: Enrolment, as_at: date) -> PupilYear:
    """The academic year of `as_at` of one pupil, in four statements. Raises
    NoAcademicYearError."""
    calendar = calendar_of(enrolment.school)
    year = calendar.with_sessions(calendar.year_at(as_at))
    return pupil_years([enrolment], year, as_at=as_at, last_year=calendar.before(year))[
        enrolment.pupil_id
    ]


def bring_standings_up_to_date(school: School, *, as_at: date, known_at: datetime) -> int:
    """`write_standings` of the school as at a date. Raises NoAcademicYearError."""
    return write_standings(read_school(school, as_at), known_at=known_at)
