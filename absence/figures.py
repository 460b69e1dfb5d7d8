"""What the marks add up to: one named query for each figure.

Whole school weeks come from the register's weekly totals, the days of part weeks from the marks.
Every figure takes a fixed number of statements, however many pupils it is about. All counts are
sessions, not days.
"""

# ruff: noqa: S608 (the pieces of each statement are constants of this module)

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import connection
from django.db.models import F, Q

from absence.measures import Band, Tally, band_of, bands_from_settings
from registers.calendar import monday_of
from registers.models import (
    AcademicYear,
    Enrolment,
    EnrolmentYear,
    Membership,
    School,
    Session,
)

NOTHING = Tally(0, 0, 0)


class NoAcademicYearError(LookupError):
    """The school has no academic year that had begun by the date; the words are fit to show."""


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """The absence of one enrolment in one academic year up to a date."""

    enrolment_id: int
    pupil_id: int
    upn: str
    surname: str
    forename: str
    starts_on: date
    leaves_on: date | None
    year_group: str
    registration_group: str
    tally: Tally
    band: Band | None

    def is_on_roll(self, on: date) -> bool:
        return self.starts_on <= on and (self.leaves_on is None or on <= self.leaves_on)


def academic_year_at(school: School, on: date) -> AcademicYear:
    """The latest academic year whose first session is on or before the date."""
    year = school.academic_years.filter(starts_on__lte=on).order_by("starts_on").last()
    if year is not None:
        return year
    first = school.academic_years.order_by("starts_on").first()
    if first is None:
        raise NoAcademicYearError(f"{school.name} has no calendar yet, so there are no figures.")
    raise NoAcademicYearError(
        f"{school.name} has no academic year that had begun by {on:%Y-%m-%d}: "
        f"its first session is on {first.starts_on:%Y-%m-%d}."
    )


def absence_to(school: School, as_at: date) -> list[AbsenceRow]:
    """A row for each enrolment that had a session due, on roll, up to the date, in the academic
    year of the date; by surname, forename, UPN and date of entry.

    Raises NoAcademicYearError before the first academic year, ValueError when the school's own
    bands cannot be read.
    """
    year = academic_year_at(school, as_at)
    bands = bands_from_settings(school.bands)
    due = due_sessions(year, as_at)
    tallies = tallies_between(school, year.starts_on, as_at)
    made = marks_on_due_sessions(year, as_at)
    groups, year_groups = _registration_groups(school), _year_groups(school, year)
    rows = []
    for spell in _spells_on_roll(year, as_at):
        pk, starts_on, leaves_on = spell["enrolment_id"], spell["starts_on"], spell["leaves_on"]
        last_on = min(as_at, leaves_on or as_at)
        sessions = bisect_right(due, last_on) - bisect_left(due, starts_on)
        if sessions:
            tally = replace(tallies.get(pk, NOTHING), unmarked=sessions - made.get(pk, 0))
            spell["year_group"] = year_groups.get(pk, "")
            spell["registration_group"] = _group_on(last_on, groups.get(pk, ()))
            rows.append(AbsenceRow(**spell, tally=tally, band=band_of(tally, bands)))
    return sorted(rows, key=lambda row: (row.surname, row.forename, row.upn, row.starts_on))


def due_sessions(year: AcademicYear, as_at: date) -> list[date]:
    """The dates of the year's sessions that were due up to the date, one for each session."""
    due = Session.objects.filter(academic_year=year, is_open=True, date__lte=as_at)
    return list(due.order_by("date").values_list("date", flat=True))


def _spells_on_roll(year: AcademicYear, as_at: date) -> list[dict]:
    rows = Enrolment.objects.filter(
        Q(leaves_on__isnull=True) | Q(leaves_on__gte=year.starts_on),
        school=year.school_id,
        starts_on__lte=as_at,
    ).values(
        "pupil_id",
        "starts_on",
        "leaves_on",
        enrolment_id=F("pk"),
        upn=F("pupil__upn"),
        surname=F("pupil__surname"),
        forename=F("pupil__forename"),
    )
    return [dict(row) for row in rows]


def _part_weeks(first: date, last: date) -> tuple[date, date, list[tuple[date, date]]]:
    """The first and last Monday of the whole weeks, and the runs of days outside them."""
    first_monday = monday_of(first + timedelta(days=6))
    after_last = monday_of(last + timedelta(days=1))
    if after_last <= first_monday:
        return first_monday, first_monday - timedelta(days=7), [(first, last)]
    edges = [(first, first_monday - timedelta(days=1)), (after_last, last)]
    return (
        first_monday,
        after_last - timedelta(days=7),
        [edge for edge in edges if edge[0] <= edge[1]],
    )


SUMS = "SUM(attended), SUM(authorised), SUM(unauthorised), SUM(late)"
OF_THE_SCHOOL = "enrolment_id IN (SELECT id FROM registers_enrolment WHERE school_id = %s)"
WHOLE_WEEKS = f"""
    SELECT enrolment_id, attended, authorised, unauthorised, late FROM registers_weektally
     WHERE {OF_THE_SCHOOL} AND monday BETWEEN %s AND %s"""
DAYS = f"""
    SELECT enrolment_id, attended, authorised, unauthorised, late
      FROM registers_mark mark JOIN registers_code code ON code.symbol = mark.code
     WHERE {OF_THE_SCHOOL} AND date BETWEEN %s AND %s"""


def tallies_between(school: School, first: date, last: date) -> dict[int, Tally]:
    """The sessions of each enrolment of the school between two days, both included.

    An enrolment without a mark is missing. `unmarked` is not counted here.
    """
    monday, last_monday, edges = _part_weeks(first, last)
    parts = [WHOLE_WEEKS] + [DAYS] * len(edges)
    params: list[int | str] = [school.pk, str(monday), str(last_monday)]
    for edge in edges:
        params += [school.pk, str(edge[0]), str(edge[1])]
    sql = f"SELECT enrolment_id, {SUMS} FROM ({' UNION ALL '.join(parts)}) part GROUP BY 1"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0]: Tally(*map(int, row[1:])) for row in cursor.fetchall()}


MARKS_MADE = f"""
    SELECT enrolment_id, SUM(made) FROM (
        SELECT enrolment_id, COUNT(*) AS made FROM registers_mark
         WHERE {OF_THE_SCHOOL} AND date BETWEEN %s AND %s GROUP BY enrolment_id
        UNION ALL
        SELECT mark.enrolment_id, -COUNT(*) FROM registers_session closed
          JOIN registers_enrolment enrolment ON enrolment.school_id = closed.school_id
          JOIN registers_mark mark ON mark.enrolment_id = enrolment.id
           AND mark.date = closed.date AND mark.half = closed.half
         WHERE closed.school_id = %s AND NOT closed.is_open AND closed.date BETWEEN %s AND %s
         GROUP BY mark.enrolment_id) part
     GROUP BY enrolment_id"""


def marks_on_due_sessions(year: AcademicYear, as_at: date) -> dict[int, int]:
    """How many of the sessions due up to the date have a mark, whatever it says, by enrolment.

    Marks are made only on sessions of the calendar and while on roll; those of a session that was
    closed afterwards are taken off.
    """
    scope: list[int | str] = [year.school_id, str(year.starts_on), str(as_at)]
    with connection.cursor() as cursor:
        cursor.execute(MARKS_MADE, scope * 2)
        return {pk: int(made) for pk, made in cursor.fetchall()}


def _year_groups(school: School, year: AcademicYear) -> dict[int, str]:
    """The year group in this academic year, else in the next one known, else in the last."""
    rows = EnrolmentYear.objects.filter(enrolment__school=school).values_list(
        "enrolment_id", "academic_year__starts_on", "year_group"
    )
    nearest: dict[int, tuple] = {}
    for pk, starts_on, year_group in rows:
        distance = (starts_on < year.starts_on, abs(starts_on - year.starts_on))
        if pk not in nearest or distance < nearest[pk][0]:
            nearest[pk] = (distance, year_group)
    return {pk: year_group for pk, (_, year_group) in nearest.items()}


def _registration_groups(school: School) -> dict[int, list[tuple]]:
    rows = Membership.objects.filter(group__school=school, group__kind="registration").values_list(
        "enrolment_id", "from_on", "until_on", "group__name"
    )
    groups = defaultdict(list)
    for pk, *membership in rows:
        groups[pk].append(tuple(membership))
    return groups


def _group_on(on: date, memberships) -> str:
    """The group of the day, else the one before it, else the one after it; blank without any."""

    def rank(membership: tuple) -> tuple:
        from_on, until_on, name = membership
        if from_on > on:
            return (2, from_on - on, name)
        if until_on is None or until_on >= on:
            return (0, on - from_on, name)
        return (1, on - until_on, name)

    return min(memberships, key=rank)[2] if memberships else ""


def sessions_left(year: AcademicYear, as_at: date) -> Counter[date]:
    """The year's sessions after the date, by day."""
    rows = Session.objects.filter(academic_year=year, is_open=True, date__gt=as_at)
    return Counter(rows.values_list("date", flat=True))
