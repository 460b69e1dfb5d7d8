"""The whole invented school: made year by year, then cut off at a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain, filterfalse, product
from math import inf
from operator import attrgetter, itemgetter
from random import Random

from registers.demo.chance import dice
from registers.demo.likeness import unlikeness
from registers.demo.people.pupils import DemoPupil, draw_pupils, on_roll
from registers.demo.people.staff import StaffMember, draw_staff
from registers.demo.year import arrangements, events, personal, recent
from registers.demo.year.calendar import DemoYear, first_year_of, school_year
from registers.demo.year.diary import Diary
from registers.demo.year.levels import Kinds, Level, draw_levels, draw_scores

# A school this large is drawn again, so many times at most, until its gaps are this near.
LARGE, DRAWS, NEAR = 600, 8, 0.27

DETAILS = {
    "URN": "999417",
    "LAESTAB": "8369417",
    "Name": "Ellerwick High School",
    "Headteacher": "Mrs R. Adeyemi-Clarke",
    "Address": "Saltergate Road, Ellerwick",
    "Postcode": "EW4 7QT",
    "Telephone": "01632 960417",
    "Email": "attendance@ellerwick.example",
}


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """`diaries` come pupil by pupil, each enrolment's years in order. Nothing is told after
    `until`, though the calendar runs to the end of its academic year."""

    seed: int
    until: date
    years: list[DemoYear]
    pupils: list[DemoPupil]
    diaries: list[Diary]
    staff: list[StaffMember]


def make_school(pupils: int = 1000, years: int = 2, seed: int = 1, *, until: date) -> DemoSchool:
    """A school of about so many pupils over so many academic years, the last up to `until`.

    The same arguments make the same school. A later `until` in the same academic year adds marks
    to it; the earlier ones stay, but for reasons that have become known since.
    """
    if pupils < 5 or years < 1:
        raise ValueError("A demonstration school has at least 5 pupils and 1 academic year.")
    last = first_year_of(until)
    span = [school_year(first) for first in range(last - years + 1, last + 1)]
    everyone = draw_pupils(dice(seed, "pupils"), size=pupils, years=span)
    diaries = _like_the_nation(everyone, span, seed)
    diaries = _with_newcomer(dice(seed, "newcomer"), everyone, diaries, until)
    _leave_open(diaries, span, until, seed)
    groups = sorted({diary.registration_group for diary in _of(span[-1], diaries)}, key=_by_year)
    staff = draw_staff(dice(seed, "staff"), pupils=pupils, registration_groups=groups)
    return DemoSchool(seed, until, span, everyone, diaries, staff)


def _like_the_nation(pupils: list[DemoPupil], years: list[DemoYear], seed: int) -> list[Diary]:
    """The first draw whose gaps between groups lie near the published ones, else the nearest."""
    if len(pupils) < LARGE:
        return _lived(pupils, years, seed, 0)
    nearest, best = inf, list[Diary]()
    for draw in range(DRAWS):
        diaries = _lived(pupils, years, seed, draw)
        far = unlikeness(_of(years[0], diaries))
        nearest, best = min((nearest, best), (far, diaries), key=itemgetter(0))
        if far <= NEAR:
            break
    return best


def _lived(pupils: list[DemoPupil], years: list[DemoYear], seed: int, draw: int) -> list[Diary]:
    """One draw of every diary, lived through year by year."""
    diaries = _diaries(pupils, years, seed, draw)
    for year in years:
        _live_through(_of(year, diaries), year, seed, draw)
    return diaries


def _diaries(pupils: list[DemoPupil], years: list[DemoYear], seed: int, draw: int) -> list[Diary]:
    """An empty diary for each enrolment and year that share a school day."""
    levels = _levels(pupils, years, seed, draw)
    return [
        Diary(pupil, enrolment, year, levels[year.name][pupil])
        for pupil in pupils
        for enrolment, year in product(pupil.enrolments, years)
        if enrolment.meets(year)
    ]


def _levels(
    pupils: list[DemoPupil], years: list[DemoYear], seed: int, draw: int
) -> dict[str, dict[DemoPupil, Level]]:
    """By name of the year, each pupil's who is here in it."""
    rng = dice(seed, draw, "levels")
    scores, kinds = draw_scores(rng, pupils), Kinds(rng)
    levels = {}
    for year in years:
        here = {pupil: score for pupil, score in scores.items() if pupil.is_here_in(year)}
        levels[year.name] = draw_levels(dice(seed, draw, "levels", year.name), here, kinds, year)
    return levels


def _of(year: DemoYear, diaries: Iterable[Diary]) -> list[Diary]:
    return [diary for diary in diaries if diary.year is year]


def _live_through(diaries: list[Diary], year: DemoYear, seed: int, draw: int) -> None:
    """Write a whole year, the weightiest reasons first."""
    rng = dice(seed, draw, "year", year.name)
    arrangements.arrange(diaries, rng)
    arrangements.suspend(diaries, rng)
    events.befall(diaries, rng)
    ill, away = personal.illness_season(rng, year), personal.away_season(year)
    for diary in diaries:
        own = dice(seed, draw, diary.pupil.upn, diary.enrolment.starts_on, year.name)
        personal.keep_appointments(diary, own)
        if diary.level.severe:
            personal.stay_away_for_long(diary, own)
        else:
            personal.fall_ill(diary, own, ill)
            personal.stay_away(diary, own, away)
        personal.come_late(diary, own)
    events.snow(diaries, rng)


def _with_newcomer(
    rng: Random, pupils: list[DemoPupil], diaries: list[Diary], until: date
) -> list[Diary]:
    """One pupil comes on the last school day and has no mark yet, hence no diary."""
    last_day = _last_school_day(diaries, until)
    here = list(filterfalse(attrgetter("came_back"), on_roll(pupils, last_day)))
    if not here:
        return diaries
    newcomer = rng.choice(here)
    newcomer.enrolments[0].starts_on = last_day
    return [diary for diary in diaries if diary.pupil is not newcomer]


def _last_school_day(diaries: Iterable[Diary], until: date) -> date:
    """The earliest day that there is, where school has not begun."""
    days = chain.from_iterable(diary.year.days for diary in diaries)
    return max(filter(until.__ge__, days), default=date.min)


def _leave_open(diaries: list[Diary], years: list[DemoYear], until: date, seed: int) -> None:
    begun = [year for year in years if year.days[0] <= until]
    if begun:
        recent.leave_open(_of(begun[-1], diaries), until, dice(seed, "recent"))


def _by_year(group: str) -> tuple[int, str]:
    digits = group.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits), group
