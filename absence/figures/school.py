"""What the marks of a school add up to: one named query for each figure.

Weeks come from the register's weekly totals, the smaller part of a part week from the marks (see
`sums`). Every figure takes a fixed number of statements, however many pupils it is about. All
counts are sessions, not days.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from absence.figures import roll, sums
from absence.figures.building import PageFacts, RowSources
from absence.figures.calendar import YearToDate, year_to_date
from absence.figures.elsewhere import elsewhere_in, year_before
from absence.figures.pupils import one_for_each_pupil
from absence.figures.rows import AbsenceRow
from absence.rules.bands import Band, bands_from_settings
from absence.rules.windows import Period
from registers.models import Enrolment, School
from registers.models.roll.enrolment import EnrolmentQuerySet
from registers.rules.tally import NOTHING, Tally


@dataclass(frozen=True, slots=True)
class SchoolToDate:
    """A school up to a day, read once: its calendar, its bands, and a row for each pupil who had a
    session due."""

    school: School
    calendar: YearToDate
    bands: tuple[Band, ...]
    rows: list[AbsenceRow]
    lately_from: date | None = None  # the first of the last school days that were asked for
    lately: Mapping[int, Tally] = field(default_factory=dict)  # the tallies since, by enrolment

    @property
    def rows_on_roll(self) -> list[AbsenceRow]:
        """Those of pupils who are on the roll on the day."""
        return [row for row in self.rows if row.is_on_roll(self.calendar.as_at)]


def read_school(school: School, as_at: date, *, lately: int = 0) -> SchoolToDate:
    """Five statements; `lately` asks for the last so many school days by themselves. Raises
    NoAcademicYearError, or ValueError when the school's own bands cannot be read."""
    calendar = year_to_date(school, as_at, with_last_year=False)
    last_days = calendar.year.latest_days(lately, as_at) if lately else []
    more = {"lately": Period(last_days[0], as_at)} if last_days else {}
    sources, tallies = _sources(school, calendar, more)
    rows = one_for_each_pupil(sources.rows(), sources.bands, sources.facts)
    return SchoolToDate(
        school,
        calendar,
        sources.bands,
        rows,
        last_days[0] if last_days else None,
        tallies.get("lately", {}),
    )


def absence_to(school: School, as_at: date) -> list[AbsenceRow]:
    """A row for each enrolment that had a session due, on roll, up to the date, in the academic
    year of the date, as the DfE counts (rule B12); by surname, forename, UPN and date of entry.

    Raises as `read_school` does.
    """
    sources, _ = _sources(school, year_to_date(school, as_at, with_last_year=False), {})
    return sources.rows()


def pupils_to(school: School, as_at: date) -> list[AbsenceRow]:
    """The same with one row for each pupil: a child who left and came back has the sums of all
    times on the roll of the year."""
    return read_school(school, as_at).rows


def _sources(
    school: School, calendar: YearToDate, more: Mapping[str, Period]
) -> tuple[RowSources, Mapping[str, dict[int, Tally]]]:
    """With the tallies of further periods, by name and enrolment."""
    so_far = calendar.so_far
    counted = _sums(school, calendar, {"year": so_far, **more})
    sources = RowSources(
        calendar.year,
        calendar.as_at,
        roll.spells_on_roll(
            Enrolment.objects.filter(school=school), so_far.first, calendar.year.ends_on
        ),
        roll.facts_of(school.pk),
        bands_from_settings(school.bands),
        counted.tallies["year"],
        counted.made,
    )
    return sources, counted.tallies


def _sums(
    school: School, calendar: YearToDate, periods: Mapping[str, Period]
) -> sums.PeriodTallies:
    """With the marks made in the year so far."""
    return sums.sums_of(
        school.pk,
        periods,
        made_in="year",
        closed=calendar.closed_so_far,
        may_have_marks=calendar.may_have_marks,
    )


@dataclass(frozen=True, slots=True)
class Absence:
    """The rows of the year so far, and of the year before up to the same point if it was asked.

    `groups_today` are the enrolments that are on the roll today with their registration group.
    """

    calendar: YearToDate
    rows: list[AbsenceRow]
    last_year: list[AbsenceRow]
    tallies: dict[str, dict[int, Tally]]
    groups_today: dict[int, str]


def absence_of(
    school: School,
    calendar: YearToDate,
    *,
    since: date | None = None,
    last_point: date | None = None,
    periods: Mapping[str, Period] | None = None,
    within: EnrolmentQuerySet | None = None,
    today: date | None = None,
) -> Absence:
    """A row for each pupil with all that the pages show, in four statements.

    `since` is the day that the movement is measured from, `last_point` the day up to which the
    year before is counted, `periods` are further tallies by enrolment, `within` the enrolments
    that a person may see; `today` asks for those who are on the roll on that day.
    """
    as_at, year, before = calendar.as_at, calendar.year, calendar.before
    wanted = dict(periods or {}) | _periods(calendar, since, last_point)
    counted = _sums(school, calendar, wanted)
    facts = roll.facts_of(school.pk, known_by=(year, as_at), pupils=True)
    own = Enrolment.objects.filter(school=school) if within is None else within
    last_on = max(year.ends_on, as_at, today or as_at)
    spells = roll.spells_on_roll(own, (before or year).starts_on, last_on)
    bands = bands_from_settings(school.bands)
    tallies = counted.tallies
    page = PageFacts(
        tallies.get("earlier", {}),
        _by_pupil(spells, tallies.get("last year", {})),
        elsewhere_in(school.pk, year_before(year.starts_on)),
    )
    this = RowSources(year, as_at, spells, facts, bands, tallies["year"], counted.made, page)
    then: list[AbsenceRow] = []
    if before and last_point:
        point = tallies["last point"]
        then = RowSources(before, last_point, spells, facts, bands, point).rows()
    return Absence(
        calendar,
        one_for_each_pupil(this.rows(), bands, facts),
        one_for_each_pupil(then, bands, facts),
        tallies,
        _groups_on(today, spells, facts) if today else {},
    )


def _periods(
    calendar: YearToDate, since: date | None, last_point: date | None
) -> dict[str, Period]:
    year, before = calendar.year, calendar.before
    periods = {"year": calendar.so_far}
    if since and since >= year.starts_on:
        periods["earlier"] = Period(year.starts_on, since)
    if before:
        periods["last year"] = Period(before.starts_on, before.ends_on)
        if last_point:
            periods["last point"] = Period(before.starts_on, last_point)
    return periods


def _groups_on(today: date, spells: Collection[dict], facts: roll.Facts) -> dict[int, str]:
    return {
        spell["enrolment_id"]: facts.group_on(spell["enrolment_id"], today)
        for spell in spells
        if spell["starts_on"] <= today <= (spell["leaves_on"] or today)
    }


def _by_pupil(spells: Collection[dict], tallies: Mapping[int, Tally]) -> dict[int, Tally]:
    """A child who left and came back has the sessions of both times on the roll."""
    by_pupil: dict[int, Tally] = {}
    for spell in spells:
        if tally := tallies.get(spell["enrolment_id"]):
            by_pupil[spell["pupil_id"]] = by_pupil.get(spell["pupil_id"], NOTHING) + tally
    return by_pupil


def tallies_between(school: School, first: date, last: date) -> dict[int, Tally]:
    """The sessions of each enrolment of the school between two days, both included.

    An enrolment without a mark is missing. `unmarked` is not counted here.
    """
    return sums.sums_of(school.pk, {"all": Period(first, last)}).tallies["all"]
