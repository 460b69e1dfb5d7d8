"""The academic years of a school, read from the database.

calendar_of(school)                        1 statement: every year with its terms and closed days
calendar_of(school).with_sessions(year)    1 more: the year with its sessions
year_to_date(school, as_at)                2 in all: the year of a day and the one before it
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from django.db.models import F, Value

from absence.rules.academic_year import SchoolSession, SchoolYear
from absence.rules.windows import Period
from registers.models import AcademicYear, ClosedDay, School, Session, Term
from registers.rules.allowed_codes import day_in_words
from registers.rules.calendar import HalfTerm

LOOK_BACK = timedelta(days=140)  # ten school weeks before September, the summer between them

SESSION = ("date", "half", "is_open", "closed_because")


class NoAcademicYearError(LookupError):
    """The school has no academic year that had begun by the date; the words are fit to show."""


@dataclass(frozen=True)
class SchoolCalendar:
    """Every academic year of a school, the earliest first, without its sessions."""

    school: School
    years: Sequence[SchoolYear]

    def begun_by(self, on: date) -> list[SchoolYear]:
        return [year for year in self.years if year.starts_on <= on]

    def latest_by(self, on: date) -> SchoolYear | None:
        """The latest that had begun."""
        return next(reversed(self.begun_by(on)), None)

    def year_at(self, on: date) -> SchoolYear:
        """The same. Raises NoAcademicYearError."""
        year = self.latest_by(on)
        if year is None:
            raise NoAcademicYearError(self.why_none_by(on))
        return year

    def why_none_by(self, on: date) -> str:
        name = self.school.name
        if not self.years:
            return f"{name} has no calendar yet, so there are no figures."
        return (
            f"{name} has no academic year that had begun by {day_in_words(on)}: "
            f"its first session is on {day_in_words(self.years[0].starts_on)}."
        )

    def before(self, year: SchoolYear) -> SchoolYear | None:
        at = self.years.index(year)
        return self.years[at - 1] if at else None

    def with_sessions(
        self, year: SchoolYear, *, look_back: bool = True, since: date | None = None
    ) -> SchoolYear:
        """The year with its sessions, in one statement; with `look_back` those of the weeks before
        it too (from `since`, where that is earlier)."""
        first = min(since or date.max, year.starts_on - LOOK_BACK) if look_back else None
        return with_sessions(self.school.pk, year, since=first)


@dataclass(frozen=True)
class YearToDate:
    """The academic year of a date, the year before it if the school has one, and the date; the
    sessions of the `unread` years of the school were not read."""

    as_at: date
    year: SchoolYear
    before: SchoolYear | None
    unread: Sequence[SchoolYear] = ()

    @property
    def so_far(self) -> Period:
        return Period(self.year.starts_on, self.as_at)

    @cached_property
    def sessions(self) -> list[SchoolSession]:
        return [*self.year.sessions, *(self.before.sessions if self.before else ())]

    @cached_property
    def _days(self) -> set[date]:
        return {session.date for session in self.sessions}

    def may_have_marks(self, day: date) -> bool:
        """Marks are made on sessions alone, and a session with marks stays in the calendar."""
        return day in self._days or any(day in year for year in self.unread)

    @property
    def closed_so_far(self) -> Period | None:
        """From the first to the last session of the year up to the day that was closed and is not
        due; None where there is none."""
        days = [
            one.date for one in self.year.sessions if not one.is_open and one.date <= self.as_at
        ]
        return Period(days[0], days[-1]) if days else None


def calendar_of(school: School) -> SchoolCalendar:
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
    rows = years.order_by().union(terms.order_by(), closed.order_by(), all=True)
    return SchoolCalendar(school, _years(sorted(rows, key=lambda row: (row[3], row[0]))))


def _years(rows: Iterable[tuple[str, int, str, date, date]]) -> list[SchoolYear]:
    years: list[SchoolYear] = []
    terms: dict[int, list[HalfTerm]] = defaultdict(list)
    closed_days: dict[int, dict[date, str]] = defaultdict(dict)
    for what, year_id, name, first, last in rows:
        if what == "year":
            years.append(SchoolYear(year_id, name, first, last))
        elif what == "term":
            terms[year_id].append(HalfTerm(name, first, last))
        else:
            closed_days[year_id][first] = name or ClosedDay.Kind(what).label
    return [replace(year, terms=terms[year.pk], closed_days=closed_days[year.pk]) for year in years]


def with_sessions(school_id: int, year: SchoolYear, *, since: date | None = None) -> SchoolYear:
    """The year with its sessions, and those before it from `since` on; one statement."""
    sessions = _sessions(school_id, since or year.starts_on, year.ends_on)
    at = sum(session.date < year.starts_on for session in sessions)
    return replace(year, sessions=sessions[at:], earlier=sessions[:at])


def year_to_date(school: School, as_at: date, *, with_last_year: bool = True) -> YearToDate:
    """Two statements. Raises NoAcademicYearError before the first academic year."""
    calendar = calendar_of(school)
    year = calendar.year_at(as_at)
    before = calendar.before(year) if with_last_year else None
    sessions = _by_year([one.pk for one in (year, before) if one])
    return YearToDate(
        as_at,
        replace(year, sessions=sessions[year.pk]),
        replace(before, sessions=sessions[before.pk]) if before else None,
        [other for other in calendar.years if other.pk not in sessions],
    )


def _by_year(years: Collection[int]) -> dict[int, list[SchoolSession]]:
    by_year: dict[int, list[SchoolSession]] = {pk: [] for pk in years}
    rows = Session.objects.filter(academic_year__in=years).order_by("date", "half")
    for pk, *session in rows.values_list("academic_year_id", *SESSION):
        by_year[pk].append(SchoolSession(*session))
    return by_year


def _sessions(school_id: int, first: date, last: date) -> list[SchoolSession]:
    rows = Session.objects.filter(school=school_id, date__range=(first, last))
    return [SchoolSession(*row) for row in rows.order_by("date", "half").values_list(*SESSION)]


def academic_year_at(school: School, on: date) -> AcademicYear:
    """The row of the year of a day, for what hangs on it. Raises NoAcademicYearError."""
    begun = school.academic_years.filter(starts_on__lte=on).order_by("-starts_on").first()
    if begun is None:
        raise NoAcademicYearError(calendar_of(school).why_none_by(on))
    return begun
