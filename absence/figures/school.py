"""What the marks add up to: one named query for each figure.

Whole school weeks come from the register's weekly totals, the days of part weeks from the marks
(see `sums`). Every figure takes a fixed number of statements, however many pupils it is about. All
counts are sessions, not days.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from absence.figures import pupils, roll, sums
from absence.figures.elsewhere import Elsewhere, elsewhere_in, year_before
from absence.figures.rows import NOTHING, AbsenceRow, SpellOnRoll
from absence.rules.measures import Band, Tally, band_of, bands_from_settings
from absence.rules.windows import Period, SchoolYear
from registers.models import AcademicYear, Enrolment, School, Session, WeekTally
from registers.rules.allowed_codes import day_in_words
from registers.rules.calendar import DAY
from registers.rules.pupils.names import sort_key


class NoAcademicYearError(LookupError):
    """The school has no academic year that had begun by the date; the words are fit to show."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The academic year of a date, the year before it if the school has one, and the date."""

    as_at: date
    year: SchoolYear
    before: SchoolYear | None

    @property
    def so_far(self) -> Period:
        return Period(self.year.starts_on, self.as_at)


@dataclass(frozen=True, slots=True)
class Absence:
    """The rows of the year so far, and of the year before up to the same point if it was asked.

    `groups_today` are the enrolments that are on the roll today with their registration group.
    """

    calendar: Calendar
    rows: list[AbsenceRow]
    last_year: list[AbsenceRow]
    tallies: dict[str, dict[int, Tally]]
    groups_today: dict[int, str]


def academic_year_at(school: School, on: date) -> AcademicYear:
    """The latest academic year whose first session is on or before the date."""
    return _academic_years_at(school, on)[0]


def _academic_years_at(school: School, on: date) -> list[AcademicYear]:
    """The year of the date and those before it, the latest first."""
    years = list(school.academic_years.order_by("-starts_on"))
    begun = [year for year in years if year.starts_on <= on]
    if begun:
        return begun
    if not years:
        raise NoAcademicYearError(f"{school.name} has no calendar yet, so there are no figures.")
    raise NoAcademicYearError(
        f"{school.name} has no academic year that had begun by {day_in_words(on)}: "
        f"its first session is on {day_in_words(years[-1].starts_on)}."
    )


def calendar_at(school: School, as_at: date, *, with_last_year: bool = True) -> Calendar:
    """Two statements. Raises NoAcademicYearError before the first academic year."""
    years = _academic_years_at(school, as_at)[: 2 if with_last_year else 1]
    days: dict[int, list[date]] = {year.pk: [] for year in years}
    due = Session.objects.filter(academic_year__in=days, is_open=True)
    for pk, day in due.order_by("date").values_list("academic_year_id", "date"):
        days[pk].append(day)
    this, *before = (
        SchoolYear(year.pk, year.name, year.starts_on, year.ends_on, tuple(days[year.pk]))
        for year in years
    )
    return Calendar(as_at, this, before[0] if before else None)


def absence_to(school: School, as_at: date) -> list[AbsenceRow]:
    """A row for each enrolment that had a session due, on roll, up to the date, in the academic
    year of the date, as the DfE counts (rule B12); by surname, forename, UPN and date of entry.

    Raises NoAcademicYearError before the first academic year, ValueError when the school's own
    bands cannot be read.
    """
    rows, _, _ = _to(school, as_at)
    return rows


def pupils_to(school: School, as_at: date) -> list[AbsenceRow]:
    """The same with one row for each pupil: a child who left and came back has the sums of all
    times on the roll of the year."""
    return pupils.one_for_each_pupil(*_to(school, as_at))


def _to(school: School, as_at: date) -> tuple[list[AbsenceRow], tuple[Band, ...], roll.Facts]:
    calendar = calendar_at(school, as_at, with_last_year=False)
    bands = bands_from_settings(school.bands)
    found = sums.sums_of(school.pk, {"year": calendar.so_far}, made_in=calendar.so_far)
    facts = roll.facts_of(school.pk)
    first, last = calendar.so_far.first, calendar.so_far.last
    spells = roll.spells_on_roll(Enrolment.objects.filter(school=school), first, last)
    tallies = found.tallies["year"]
    return (
        _rows(calendar.year, as_at, spells, facts, bands, tallies, found.made),
        bands,
        facts,
    )


def absence_of(
    school: School,
    calendar: Calendar,
    *,
    since: date | None = None,
    last_point: date | None = None,
    periods: Mapping[str, Period] | None = None,
    within: QuerySet[Enrolment] | None = None,
    today: date | None = None,
) -> Absence:
    """A row for each pupil with all that the pages show, in four statements.

    `since` is the day that the movement is measured from, `last_point` the day up to which the
    year before is counted, `periods` are further tallies by enrolment, `within` the enrolments
    that a person may see; `today` asks for those who are on the roll on that day.
    """
    as_at, year, before = calendar.as_at, calendar.year, calendar.before
    asked = dict(periods or {}) | {"year": calendar.so_far}
    if since and since >= year.starts_on:
        asked["earlier"] = Period(year.starts_on, since)
    if before:
        asked["last year"] = before.whole()
    if before and last_point:
        asked["last point"] = Period(before.starts_on, last_point)
    found = sums.sums_of(school.pk, asked, made_in=calendar.so_far)
    facts = roll.facts_of(school.pk, known_by=(year, as_at), pupils=True)
    own = Enrolment.objects.filter(school=school) if within is None else within
    first = before.starts_on if before else year.starts_on
    spells = roll.spells_on_roll(own, first, max(as_at, today or as_at))
    bands = bands_from_settings(school.bands)
    last_year = _pupils_last_year(spells, found.tallies)
    elsewhere = elsewhere_in(school.pk, year_before(year.starts_on))
    more = _More(found.tallies, facts, bands, calendar, last_year, elsewhere)
    rows = _rows(year, as_at, spells, facts, bands, found.tallies["year"], found.made, more)
    then = (
        _rows(before, last_point, spells, facts, bands, found.tallies["last point"])
        if before and last_point
        else []
    )
    return Absence(
        calendar,
        pupils.one_for_each_pupil(rows, bands, facts),
        pupils.one_for_each_pupil(then, bands, facts),
        found.tallies,
        _groups_on(today, spells, facts) if today else {},
    )


def _groups_on(today: date, spells: Collection[dict], facts: roll.Facts) -> dict[int, str]:
    return {
        spell["enrolment_id"]: facts.group_on(spell["enrolment_id"], today)
        for spell in spells
        if spell["starts_on"] <= today and (spell["leaves_on"] or today) >= today
    }


def _pupils_last_year(
    spells: Collection[dict], tallies: Mapping[str, dict[int, Tally]]
) -> dict[int, Tally]:
    """By pupil: a child who left and came back has the sessions of both spells."""
    found: dict[int, Tally] = {}
    of_spells = tallies.get("last year", {})
    for spell in spells:
        if tally := of_spells.get(spell["enrolment_id"]):
            found[spell["pupil_id"]] = found.get(spell["pupil_id"], NOTHING) + tally
    return found


@dataclass(frozen=True, slots=True)
class _More:
    """What `absence_of` adds to each row."""

    tallies: Mapping[str, dict[int, Tally]]
    facts: roll.Facts
    bands: tuple[Band, ...]
    calendar: Calendar
    last_year: Mapping[int, Tally]
    elsewhere: Mapping[int, tuple[Elsewhere, ...]]

    def of(self, spell: dict, band: Band | None) -> dict[str, Any]:
        year, as_at, pk = self.calendar.year, self.calendar.as_at, spell["enrolment_id"]
        earlier = self.tallies.get("earlier", {}).get(pk, NOTHING)
        leaves_on = min(spell["leaves_on"] or year.ends_on, year.ends_on)
        return {
            "earlier": earlier,
            "earlier_band": band_of(earlier, self.bands),
            "last_year": self.last_year.get(spell["pupil_id"], NOTHING),
            "elsewhere": self.elsewhere.get(spell["pupil_id"], ()),
            "characteristics": self.facts.characteristics_on(spell["pupil_id"], as_at),
            "in_band_since": self.facts.in_band_since([pk], band.name if band else ""),
            "to_come": year.sessions_in(as_at + DAY, leaves_on),
        }


def _rows(
    year: SchoolYear,
    as_at: date,
    spells: Collection[dict],
    facts: roll.Facts,
    bands: tuple[Band, ...],
    tallies: Mapping[int, Tally],
    made: Mapping[int, int] | None = None,
    more: _More | None = None,
) -> list[AbsenceRow]:
    """Without `made` nothing is said of the sessions that are not marked."""
    rows = []
    for spell in spells:
        pk, leaves_on = spell["enrolment_id"], spell["leaves_on"]
        last_on = min(as_at, leaves_on or as_at)
        sessions = year.sessions_in(max(spell["starts_on"], year.starts_on), last_on)
        if sessions:
            tally = tallies.get(pk, NOTHING)
            if made is not None:
                tally = _with_unmarked(tally, sessions - made.get(pk, 0))
            band = band_of(tally, bands)
            rows.append(
                AbsenceRow(
                    **spell,
                    year_group=facts.year_group_in(pk, year.starts_on),
                    registration_group=facts.group_on(pk, last_on),
                    tally=tally,
                    band=band,
                    spells=(SpellOnRoll(pk, spell["starts_on"], leaves_on),),
                    **(more.of(spell, band) if more else {}),
                )
            )
    return sorted(
        rows, key=lambda row: (sort_key(row.surname, row.forename), row.upn, row.starts_on)
    )


def _with_unmarked(tally: Tally, unmarked: int) -> Tally:
    return Tally(tally.attended, tally.authorised, tally.unauthorised, tally.late, unmarked)


def tallies_between(school: School, first: date, last: date) -> dict[int, Tally]:
    """The sessions of each enrolment of the school between two days, both included.

    An enrolment without a mark is missing. `unmarked` is not counted here.
    """
    return sums.sums_of(school.pk, {"all": Period(first, last)}).tallies["all"]


def weeks_of(
    enrolments: Collection[int], mondays: Collection[date]
) -> dict[int, dict[date, Tally]]:
    """The sessions of each of a page's enrolments in each of these complete weeks."""
    found: dict[int, dict[date, Tally]] = {pk: {} for pk in enrolments}
    rows = WeekTally.objects.filter(enrolment__in=enrolments, monday__in=mondays)
    for pk, monday, *counts in rows.values_list(
        "enrolment_id", "monday", "attended", "authorised", "unauthorised", "late"
    ):
        found[pk][monday] = Tally(*counts)
    return found


def weeks_together(
    weeks: Mapping[int, Mapping[date, Tally]], enrolments: Collection[int]
) -> dict[date, Tally]:
    """The weeks of one pupil, of all these times on the roll."""
    found: dict[date, Tally] = {}
    for pk in enrolments:
        for monday, tally in weeks.get(pk, {}).items():
            found[monday] = found.get(monday, NOTHING) + tally
    return found


def sessions_left(year: AcademicYear, as_at: date) -> Counter[date]:
    """The year's sessions after the date, by day."""
    rows = Session.objects.filter(
        academic_year=year, is_open=True, closed_because="", date__gt=as_at
    )
    return Counter(rows.values_list("date", flat=True))
