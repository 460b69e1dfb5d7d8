"""What happens to many at once: trips, fixtures, festivals, holidays, examinations, snow."""

from datetime import date
from itertools import product
from operator import attrgetter
from random import Random

import holidays

from registers.demo.chance import by_luck, perhaps, perhaps_one_of, poisson, some
from registers.demo.year.calendar import DemoYear
from registers.demo.year.diary import AM, PM, Diary, of_year_group
from registers.rules.grouping import grouped_by

# Festival of a culture: the country whose public holidays give its days, and their names there.
FESTIVALS = {"eid": ("TR", ("Eid al-Fitr", "Eid al-Adha")), "diwali": ("SG", ("Diwali",))}
TRIPS = ("Art gallery", "Theatre", "Geography fieldwork", "Science museum", "University visit")
LEAVE_COMMENTS = ("Family funeral", "Wedding of a close relative", "Leave agreed by the head")
BEFORE_WINTER = (12, 68)  # school days of the year: the snow comes after these
TRIP_DAYS_PER_PUPIL = 1.53
HOLIDAYS_PER_THOUSAND_FAMILIES = 148
LEAVE_IN_A_YEAR = 0.43


def befall(diaries: list[Diary], rng: Random) -> None:
    """All of a year's events but the snow, which comes last and takes every session."""
    _work_experience(diaries, rng)
    _study_leave(diaries, rng)
    _festivals(diaries, rng)
    _trips(diaries, rng)
    _fixtures(diaries, rng)
    _interviews(diaries, rng)
    _holidays(diaries, rng)
    _leave(diaries, rng)
    _bus_breaks_down(diaries, rng)
    _roof_leaks(diaries, rng)
    _travel_disrupted(diaries, rng)


def snow(diaries: list[Diary], rng: Random) -> None:
    """Y4 for all on one day of the deep winter: the school was due to meet and could not."""
    day = rng.choice(diaries[0].year.in_months(1, 2))
    for diary in diaries:
        diary.overwrite_day(day, "Y4")


def _work_experience(diaries: list[Diary], rng: Random) -> None:
    """A week in June for year 10; a third found no place and are at school."""
    year = diaries[0].year
    mondays = [day for day in year.in_months(6) if year.days[day].weekday() == 0]
    monday = rng.choice(mondays)
    for diary in by_luck(rng, 0.68, of_year_group(diaries, 10)):
        diary.put_days(monday, 5, "W")


def _study_leave(diaries: list[Diary], rng: Random) -> None:
    """Year 11, in the weeks of public examinations, sparingly: single days between papers."""
    days = diaries[0].year.days
    exams = [n for n, day in enumerate(days) if (5, 20) <= (day.month, day.day) <= (6, 26)]
    for diary in by_luck(rng, 0.4, of_year_group(diaries, 11)):
        for day in rng.sample(exams, rng.randrange(1, 5)):
            diary.put_day(day, "S")


def _festivals(diaries: list[Diary], rng: Random) -> None:
    """R: the days that a family's faith sets apart, where they fall in term."""
    year = diaries[0].year
    days_of = {festival: year.among(_festival_days(festival, year)) for festival in FESTIVALS}
    for diary in diaries:
        for day in by_luck(rng, 0.6, days_of.get(diary.pupil.family.keeps or "", ())):
            diary.put_day(day, "R")


def _festival_days(festival: str, year: DemoYear) -> set[date]:
    country, names = FESTIVALS[festival]
    years = (year.starts_on.year, year.ends_on.year)
    calendar = holidays.country_holidays(country, years=years, language="en_US")
    named = sorted((item for item in calendar.items() if item[1] in names), reverse=True)
    first = {(name, day.year): day for day, name in named}
    return set(first.values())


def _trips(diaries: list[Diary], rng: Random) -> None:
    """Day trips of thirty or so from one year group, until each pupil has had a day or two."""
    for group in grouped_by(diaries, attrgetter("year_group")).values():
        for _ in range(max(1, round(len(group) * TRIP_DAYS_PER_PUPIL / 33))):
            _trip(group, rng)


def _trip(group: list[Diary], rng: Random) -> None:
    day, where = rng.randrange(12, len(group[0].year.days) - 3), rng.choice(TRIPS)
    for diary in rng.sample(group, min(36, len(group))):
        if rng.random() < 0.97 - 0.5 * diary.level.missed:
            diary.put_day(day, "V", perhaps(rng, 0.1, where))


def _fixtures(diaries: list[Diary], rng: Random) -> None:
    """P: the same players, on afternoons."""
    players = rng.sample(diaries, some(120, diaries))
    for number in range(6):
        days = rng.sample(range(len(diaries[0].year.days)), 6)
        for day, diary in product(days, players[number::6]):
            diary.put(day, PM, "P")


def _interviews(diaries: list[Diary], rng: Random) -> None:
    """J1: year 11 at colleges, from November to March."""
    season = diaries[0].year.in_months(11, 12, 1, 2, 3)
    for diary in by_luck(rng, 0.3, of_year_group(diaries, 11)):
        half = rng.choice((AM, PM, None))
        day = rng.choice(season)
        if half is None:
            diary.put_day(day, "J1", "College interview")
        else:
            diary.put(day, half, "J1", "College interview")


def _holidays(diaries: list[Diary], rng: Random) -> None:
    """A family goes away in term: G for all its children; now and then the head agrees, a C."""
    households = list(grouped_by(diaries, _household).values())
    near_breaks = _near_breaks(diaries[0].year.days)
    for household in rng.sample(households, some(HOLIDAYS_PER_THOUSAND_FAMILIES, households)):
        length = rng.choices((1, 2, 3, 5, 8, 10), (14, 18, 16, 34, 8, 10))[0]
        start = rng.choice(near_breaks) if rng.random() < 0.6 else rng.randrange(3, 186)
        code = perhaps(rng, 0.04, "C") or "G"
        comment = perhaps(rng, 0.5, "Family holiday")
        for diary in household:
            diary.put_days(start, length, code, comment)


def _household(diary: Diary) -> int:
    return id(diary.pupil.family)


def _near_breaks(days: tuple[date, ...]) -> list[int]:
    """Days shortly before and after a break of a week or more."""
    breaks = [day for day in range(1, len(days)) if (days[day] - days[day - 1]).days > 7]
    near = map(sum, product(breaks, (-5, -4, -3, -2, -1, 0)))
    return [*near, *range(len(days) - 8, len(days))]


def _leave(diaries: list[Diary], rng: Random) -> None:
    """C: funerals, weddings and other leave that the head has agreed; for a few it is weeks."""
    for diary in diaries:
        for _ in range(poisson(rng, LEAVE_IN_A_YEAR * len(diary.marks) / 380)):
            start = rng.randrange(diary.first, diary.last + 1)
            length = rng.choices((0, 1, 2, 3, 5, 15), (14, 46, 22, 10, 6, 2))[0]
            comment = perhaps_one_of(rng, 0.7, LEAVE_COMMENTS)
            if not length:
                diary.put(start, PM, "C", comment)
            diary.put_days(start, length, "C", comment)


def _bus_breaks_down(diaries: list[Diary], rng: Random) -> None:
    """Y1 for the morning, for those who live too far to walk."""
    day = rng.randrange(*BEFORE_WINTER)
    for diary in rng.sample(diaries, some(24, diaries)):
        diary.put(day, AM, "Y1", "School bus did not run")


def _roof_leaks(diaries: list[Diary], rng: Random) -> None:
    """Y3: one year group cannot be housed for a day."""
    day = rng.randrange(*BEFORE_WINTER)
    for diary in of_year_group(diaries, 8):
        diary.put_day(day, "Y3")


def _travel_disrupted(diaries: list[Diary], rng: Random) -> None:
    """Y2 for a few, on a day when an emergency closed the roads."""
    day = rng.randrange(*BEFORE_WINTER)
    for diary in rng.sample(diaries, some(6, diaries)):
        diary.put_day(day, "Y2")
