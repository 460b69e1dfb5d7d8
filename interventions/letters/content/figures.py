"""The figures of a letter, in sessions (half days), as JSON can keep them. No Django here.

They are frozen when a letter is approved; the words around them are not (see `gather`).
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from operator import attrgetter

from absence.rules.measures import absences_left
from absence.rules.pupil_marks import (
    AbsenceSpell,
    PupilMark,
    missed_by_code,
    spells_of_absence,
    tallies_by_week,
)
from interventions.letters.content.files import LetterPupil
from interventions.rules import wording
from registers.rules.calendar import monday_of
from registers.rules.codes import Category
from registers.rules.tally import PERSISTENT, tally_of

FEWEST_FOR_A_MEDIAN = 10  # pupils: in a smaller year group a median could point at a child
CALENDAR_WEEKS = 13  # school weeks in the calendar and in the bars of a letter


def absence_figures(
    *,
    marks: Sequence[PupilMark],
    pupil: LetterPupil,
    period_starts_on: date,
    as_at: date,
    year_ends_on: date,
    possible_by_year_end: int,
    year_group_absent: Sequence[int],
    today: date,
    recent_from: date | None = None,
) -> dict:
    """The figures of a letter, in sessions, as JSON can keep them.

    `possible_by_year_end` are the pupil's possible sessions of the whole year, those to `as_at`
    among them; `year_group_absent` has the sessions missed by each pupil of the year group in the
    period; `recent_from` begins the last weeks, which good news is about.
    """
    counted = sorted(mark for mark in marks if period_starts_on <= mark.date <= as_at)
    symbols = [mark.symbol for mark in counted]
    tally = tally_of(symbols)
    possible_by_year_end = max(possible_by_year_end, tally.possible)
    return {
        "year_group": pupil.year_group,
        "first_on": _first_possible(counted, period_starts_on).isoformat(),
        "as_at": as_at.isoformat(),
        "year_ends_on": year_ends_on.isoformat(),
        "year_is_over": max(today, as_at) >= year_ends_on,
        "possible": tally.possible,
        "attended": tally.attended,
        "authorised": tally.authorised,
        "unauthorised": tally.unauthorised,
        "missed": tally.absent,
        "not_counted": sum(map(_was_not_possible, counted)),
        "persistently_absent": tally.persistently_absent,
        "severely_absent": tally.severely_absent,
        "missed_by_code": missed_by_code(symbols),
        "spells": list(map(_spell, spells_of_absence(counted, wording.REASONS))),
        "possible_by_year_end": possible_by_year_end,
        "to_spare": absences_left(PERSISTENT, now=tally, possible_by_year_end=possible_by_year_end),
        "year_median": _median(year_group_absent),
        "days": _days(counted),
        "weeks": _weeks(counted),
        "recent": _recent(counted, recent_from) if recent_from else None,
    }


def _first_possible(counted: Sequence[PupilMark], period_starts_on: date) -> date:
    possible = filter(attrgetter("code.possible"), counted)
    return next(map(attrgetter("date"), possible), period_starts_on)


def _spell(spell: AbsenceSpell) -> dict:
    return {
        "first_on": spell.first_on.isoformat(),
        "last_on": spell.last_on.isoformat(),
        "half": spell.half,
        "sessions": spell.sessions,
        "reason": spell.reason,
    }


def _days(counted: Sequence[PupilMark]) -> list[list]:
    """The school days of the last weeks: date, and for each half 1 missed, 0 attended, or null."""
    days: dict[date, list] = {}
    for mark in filter(_is_of_a_school_day, counted):
        day = days.setdefault(mark.date, [mark.date.isoformat(), None, None])
        day[1 + mark.half] = int(mark.code.is_absence) if mark.code.possible else None
    latest = sorted(set(map(monday_of, days)))[-CALENDAR_WEEKS:]
    return [day for on, day in days.items() if monday_of(on) in latest]


def _weeks(counted: Sequence[PupilMark]) -> list[list]:
    """The school weeks, the latest ones: first day of it, sessions missed, sessions possible."""
    possible = list(filter(attrgetter("code.possible"), counted))
    first_days = {monday_of(mark.date): mark.date for mark in reversed(possible)}
    by_week = tallies_by_week((mark.date, mark.symbol) for mark in possible)
    return [
        [first_days[monday].isoformat(), by_week[monday].absent, by_week[monday].possible]
        for monday in sorted(by_week)[-CALENDAR_WEEKS:]
    ]


def _recent(counted: Sequence[PupilMark], first: date) -> dict:
    """The last weeks against the time before them."""
    begins = bisect_left(counted, first, key=attrgetter("date"))
    before, recent = (
        tally_of(mark.symbol for mark in marks) for marks in (counted[:begins], counted[begins:])
    )
    return {
        "first_on": first.isoformat(),
        "missed": recent.absent,
        "possible": recent.possible,
        "missed_before": before.absent,
        "possible_before": before.possible,
    }


def _is_of_a_school_day(mark: PupilMark) -> bool:
    """A holiday (#) or a day before joining (Z) is none."""
    return mark.code.category is not Category.OUTSIDE


def _was_not_possible(mark: PupilMark) -> bool:
    """A school day that could not count."""
    return _is_of_a_school_day(mark) and not mark.code.possible


def _median(absent: Sequence[int]) -> int | None:
    """The sessions that half of the pupils have not gone over; None for a small year group."""
    if len(absent) < FEWEST_FOR_A_MEDIAN:
        return None
    return sorted(absent)[(len(absent) - 1) // 2]
