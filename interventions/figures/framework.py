"""The academic years of a school with their half terms, closed days and sessions.

calendar_of(school, on=as_at)      2 statements
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import F, Value

from absence.figures.school import NoAcademicYearError
from interventions.figures.year_grid import SchoolSession
from registers.models import (
    AcademicYear,
    ClosedDay,
    Enrolment,
    School,
    Session,
    Term,
)
from registers.rules.allowed_codes import day_in_words
from registers.rules.calendar import HalfTerm

LOOK_BACK = timedelta(days=140)  # ten school weeks before September, the summer between them


class Year(NamedTuple):
    """An academic year of the school's calendar."""

    pk: int
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Calendar:
    """A school's calendar around one academic year; `sessions` begin some weeks before it."""

    school: School
    years: tuple[Year, ...]
    year: Year
    terms: tuple[HalfTerm, ...]
    closed_days: Mapping[date, str]
    sessions: tuple[SchoolSession, ...]

    @property
    def last(self) -> Year | None:
        """The academic year before."""
        at = self.years.index(self.year)
        return self.years[at - 1] if at else None

    @cached_property
    def of_year(self) -> tuple[SchoolSession, ...]:
        first, last = self.year.starts_on, self.year.ends_on
        return tuple(session for session in self.sessions if first <= session.date <= last)

    def due(self, first: date, last: date) -> list[SchoolSession]:
        """The open sessions between two days, both included, in order."""
        return [one for one in self.sessions if one.is_open and first <= one.date <= last]

    def on_roll(self, spells: Iterable[Enrolment], first: date, last: date) -> list[SchoolSession]:
        """Those that a pupil with these times on the roll was due at; the spells in order."""
        return [
            session
            for spell in spells
            for session in self.due(
                max(first, spell.starts_on), min(last, spell.leaves_on or date.max)
            )
        ]


@dataclass(frozen=True)
class Framework:
    """Every academic year of a school, the earliest first, with its terms and closed days."""

    school: School
    years: tuple[Year, ...]
    terms: Mapping[int, Sequence[HalfTerm]]
    closed_days: Mapping[int, Mapping[date, str]]

    def year_at(self, on: date) -> Year:
        """The latest that had begun. Raises NoAcademicYearError, in words fit to show."""
        begun = [year for year in self.years if year.starts_on <= on]
        if begun:
            return begun[-1]
        if not self.years:
            raise NoAcademicYearError(
                f"{self.school.name} has no calendar yet, so there are no figures."
            )
        raise NoAcademicYearError(
            f"{self.school.name} has no academic year that had begun by {day_in_words(on)}."
        )

    def calendar(self, year: Year, *, since: date | None = None) -> Calendar:
        """The sessions of one year and of the weeks before it (from `since`, where that is
        earlier), in one statement."""
        first = min(since or date.max, year.starts_on - LOOK_BACK)
        rows = Session.objects.filter(school=self.school, date__range=(first, year.ends_on))
        sessions = rows.order_by("date", "half").values_list(
            "date", "half", "is_open", "closed_because"
        )
        return Calendar(
            self.school,
            self.years,
            year,
            tuple(self.terms.get(year.pk, ())),
            self.closed_days.get(year.pk, {}),
            tuple(SchoolSession(*row) for row in sessions),
        )


def calendar_of(school: School, *, on: date, since: date | None = None) -> Calendar:
    """The calendar of the academic year of `on`, in two statements. Raises NoAcademicYearError."""
    framework = framework_of(school)
    return framework.calendar(framework.year_at(on), since=since)


def framework_of(school: School) -> Framework:
    """One statement."""
    years = AcademicYear.objects.filter(school=school).values_list(
        Value("year"), "pk", "name", "starts_on", "ends_on"
    )
    terms = Term.objects.filter(academic_year__school=school).values_list(
        Value("term"), "academic_year_id", "name", "starts_on", "ends_on"
    )
    closed = ClosedDay.objects.filter(academic_year__school=school).values_list(
        "kind", "academic_year_id", "name", "date", F("date")
    )
    found: list[Year] = []
    named: dict[int, list[HalfTerm]] = defaultdict(list)
    days: dict[int, dict[date, str]] = defaultdict(dict)
    rows = years.order_by().union(terms.order_by(), closed.order_by(), all=True)
    for what, year_id, name, first, last in sorted(rows, key=lambda row: (row[3], row[0])):
        if what == "year":
            found.append(Year(year_id, name, first, last))
        elif what == "term":
            named[year_id].append(HalfTerm(name, first, last))
        else:
            days[year_id][first] = name or ClosedDay.Kind(what).label
    return Framework(school, tuple(found), named, days)
