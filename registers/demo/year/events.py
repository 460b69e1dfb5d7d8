"""What happens to many at once: trips, fixtures, festivals, holidays, examinations, snow."""

from datetime import date
from random import Random

import holidays

from registers.demo.chance import poisson, some
from registers.demo.year.calendar import DemoYear
from registers.demo.year.diary import AM, PM, Diary

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
    days = diaries[0].year.days
    day = rng.choice([n for n, day in enumerate(days) if day.month in (1, 2)])
    for diary in diaries:
        for half in (AM, PM):
            diary.overwrite(day, half, "Y4")


def _work_experience(diaries: list[Diary], rng: Random) -> None:
    """A week in June for year 10; a third found no place and are at school."""
    days = diaries[0].year.days
    monday = rng.choice([n for n, d in enumerate(days) if d.month == 6 and d.weekday() == 0])
    for diary in diaries:
        if diary.year_group == 10 and rng.random() < 0.68:
            for day in range(monday, monday + 5):
                diary.put_day(day, "W")


def _study_leave(diaries: list[Diary], rng: Random) -> None:
    """Year 11, in the weeks of public examinations, sparingly: single days between papers."""
    days = diaries[0].year.days
    exams = [n for n, day in enumerate(days) if (5, 20) <= (day.month, day.day) <= (6, 26)]
    for diary in diaries:
        if diary.year_group == 11 and rng.random() < 0.4:
            for day in rng.sample(exams, rng.randrange(1, 5)):
                diary.put_day(day, "S")


def _festivals(diaries: list[Diary], rng: Random) -> None:
    """R: the days that a family's faith sets apart, where they fall in term."""
    year = diaries[0].year
    kept = {
        festival: [n for n, day in enumerate(year.days) if day in _festival_days(festival, year)]
        for festival in FESTIVALS
    }
    for diary in diaries:
        for day in kept.get(diary.pupil.family.keeps or "", ()):
            if rng.random() < 0.6:
                diary.put_day(day, "R")


def _festival_days(festival: str, year: DemoYear) -> set[date]:
    country, names = FESTIVALS[festival]
    years = (year.starts_on.year, year.ends_on.year)
    calendar = holidays.country_holidays(country, years=years, language="en_US")
    found = sorted((day, name) for day, name in calendar.items() if name in names)
    first: dict[tuple[str, int], date] = {}
    for day, name in found:
        first.setdefault((name, day.year), day)
    return set(first.values())


def _trips(diaries: list[Diary], rng: Random) -> None:
    """Day trips of thirty or so from one year group, until each pupil has had a day or two."""
    by_year: dict[int, list[Diary]] = {}
    for diary in diaries:
        by_year.setdefault(diary.year_group, []).append(diary)
    for group in by_year.values():
        for _ in range(max(1, round(len(group) * TRIP_DAYS_PER_PUPIL / 33))):
            day, where = rng.randrange(12, len(group[0].year.days) - 3), rng.choice(TRIPS)
            for diary in rng.sample(group, min(36, len(group))):
                if rng.random() < 0.97 - 0.5 * diary.level.missed:
                    diary.put_day(day, "V", where if rng.random() < 0.1 else "")


def _fixtures(diaries: list[Diary], rng: Random) -> None:
    """P: the same players, on afternoons."""
    players = rng.sample(diaries, some(120, diaries))
    teams = [players[n::6] for n in range(6)]
    for team in teams:
        for day in rng.sample(range(len(diaries[0].year.days)), 6):
            for diary in team:
                diary.put(day, PM, "P")


def _interviews(diaries: list[Diary], rng: Random) -> None:
    """J1: year 11 at colleges, from November to March."""
    days = diaries[0].year.days
    season = [n for n, day in enumerate(days) if day.month in (11, 12, 1, 2, 3)]
    for diary in diaries:
        if diary.year_group == 11 and rng.random() < 0.3:
            half = rng.choice((AM, PM, None))
            day = rng.choice(season)
            if half is None:
                diary.put_day(day, "J1", "College interview")
            else:
                diary.put(day, half, "J1", "College interview")


def _holidays(diaries: list[Diary], rng: Random) -> None:
    """A family goes away in term: G for all its children; now and then the head agrees, a C."""
    households: dict[int, list[Diary]] = {}
    for diary in diaries:
        households.setdefault(id(diary.pupil.family), []).append(diary)
    near_breaks = _near_breaks(diaries[0].year.days)
    count = some(HOLIDAYS_PER_THOUSAND_FAMILIES, list(households))
    for household in rng.sample(list(households.values()), count):
        length = rng.choices((1, 2, 3, 5, 8, 10), (14, 18, 16, 34, 8, 10))[0]
        start = rng.choice(near_breaks) if rng.random() < 0.6 else rng.randrange(3, 186)
        code = "C" if rng.random() < 0.04 else "G"
        comment = "Family holiday" if rng.random() < 0.5 else ""
        for diary in household:
            for day in range(start, start + length):
                diary.put_day(day, code, comment if day == start else "")


def _near_breaks(days: tuple[date, ...]) -> list[int]:
    """Days shortly before and after a break of a week or more."""
    breaks = [n for n in range(1, len(days)) if (days[n] - days[n - 1]).days > 7]
    near = [n + step for n in breaks for step in (-5, -4, -3, -2, -1, 0)]
    return near + list(range(len(days) - 8, len(days)))


def _leave(diaries: list[Diary], rng: Random) -> None:
    """C: funerals, weddings and other leave that the head has agreed; for a few it is weeks."""
    for diary in diaries:
        for _ in range(poisson(rng, LEAVE_IN_A_YEAR * len(diary.marks) / 380)):
            start = rng.randrange(diary.first, diary.last + 1)
            length = rng.choices((0, 1, 2, 3, 5, 15), (14, 46, 22, 10, 6, 2))[0]
            comment = rng.choice(LEAVE_COMMENTS) if rng.random() < 0.7 else ""
            if not length:
                diary.put(start, PM, "C", comment)
            for day in range(start, start + length):
                diary.put_day(day, "C", comment if day == start else "")


def _bus_breaks_down(diaries: list[Diary], rng: Random) -> None:
    """Y1 for the morning, for those who live too far to walk."""
    day = rng.randrange(*BEFORE_WINTER)
    for diary in rng.sample(diaries, some(24, diaries)):
        diary.put(day, AM, "Y1", "School bus did not run")


def _roof_leaks(diaries: list[Diary], rng: Random) -> None:
    """Y3: one year group cannot be housed for a day."""
    day = rng.randrange(*BEFORE_WINTER)
    for diary in diaries:
        if diary.year_group == 8:
            diary.put_day(day, "Y3")


def _travel_disrupted(diaries: list[Diary], rng: Random) -> None:
    """Y2 for a few, on a day when an emergency closed the roads."""
    day = rng.randrange(*BEFORE_WINTER)
    for diary in rng.sample(diaries, some(6, diaries)):
        diary.put_day(day, "Y2")
