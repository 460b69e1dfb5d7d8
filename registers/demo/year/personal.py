"""Why one pupil is away or late: illness in spells, days of no good reason, appointments.

All rates are of sessions that the pupil could have attended.
"""

from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from math import exp
from random import Random

from registers.demo.chance import perhaps, perhaps_one_of, poisson
from registers.demo.year.calendar import DemoYear
from registers.demo.year.diary import AM, PM, Diary
from registers.rules.calendar import DAY, monday_of

# Illness by month, about one on average over a year's school days.
SEASON = {9: 0.68, 10: 0.95, 11: 1.15, 12: 1.4, 1: 1.1, 2: 1.15, 3: 1.0, 4: 0.85}
SUMMER = 0.82
WEEKDAY_ILL = (1.16, 0.96, 0.92, 0.94, 1.1)
WEEKDAY_AWAY = (1.2, 0.88, 0.82, 0.9, 1.3)
# (days, how many of a hundred spells)
ILL_SPELLS = ((0.5, 14), (1, 37), (2, 23), (3, 12), (4, 6), (5, 5), (8, 2), (15, 1))
AWAY_SPELLS = ((0.5, 34), (1, 42), (2, 12), (3, 6), (5, 6))
ILL_COMMENTS = ("Cold", "Stomach upset", "Flu", "Migraine", "Sore throat", "Parent rang", "Asthma")
MEDICAL_COMMENTS = ("Dentist", "Orthodontist", "Hospital clinic", "Optician", "Doctor")
LATE_COMMENTS = ("Bus late", "Overslept", "Traffic", "Walked a sibling to school", "Signed in")
ABSENT_COMMENTS = ("No reply to calls", "Reason given is not one we can agree", "Message left")
COMMENTS_OF = {"I": ILL_COMMENTS, "O": ABSENT_COMMENTS}

LATE_RATE, LATE_SHAPE = 0.0303, 0.75
LATE_AFTER_CLOSE = 0.105  # of late arrivals
APPOINTMENTS_IN_A_YEAR = 1.02

Weights = list[float]


def illness_season(rng: Random, year: DemoYear) -> Weights:
    """Cumulative weight of each school day, mean one: winter, two outbreaks, Monday, Friday."""
    peaks = (rng.randrange(50, 68), rng.randrange(80, 105))
    heights = (rng.uniform(0.5, 0.9), rng.uniform(0.2, 0.5))
    raw = []
    for day, day_date in enumerate(year.days):
        weight = SEASON.get(day_date.month, SUMMER) * WEEKDAY_ILL[day_date.weekday()]
        for peak, height in zip(peaks, heights, strict=True):
            weight *= 1 + height * exp(-(((day - peak) / 6) ** 2))
        raw.append(weight)
    return _cumulative(raw)


def away_season(year: DemoYear) -> Weights:
    """The same for truancy: it grows over the year, and Fridays are favoured."""
    return _cumulative(
        [
            WEEKDAY_AWAY[day_date.weekday()] * (0.8 + 0.4 * day / len(year.days))
            for day, day_date in enumerate(year.days)
        ]
    )


def fall_ill(diary: Diary, rng: Random, season: Weights) -> None:
    """Spells of illness; a half day is a pupil sent home or better by noon."""
    missed = diary.level.illness / (1 - diary.level.other)
    comments = partial(perhaps_one_of, rng, 0.14, ILL_COMMENTS)
    _spells(diary, rng, season, missed, ILL_SPELLS, "I", comments)


def stay_away(diary: Diary, rng: Random, season: Weights) -> None:
    """Days and afternoons without a reason that the school could accept; some have their day."""
    habit = rng.randrange(5) if rng.random() < 0.3 and diary.level.other > 0.03 else None
    comments = partial(perhaps_one_of, rng, 0.06, ABSENT_COMMENTS)
    _spells(diary, rng, season, diary.level.other, AWAY_SPELLS, "O", comments, habit)


def stay_away_for_long(diary: Diary, rng: Random) -> None:
    """Severe absence: runs of days away and days in; it may set in or ease over the year."""
    trend = rng.choices((0.0, 0.9, -0.7), (55, 33, 12))[0]
    away, code, run = rng.random() < diary.level.missed, "O", 5.0 + rng.random() * 6
    for day in range(diary.first, diary.last + 1):
        through = day / len(diary.year.days) - 0.5
        missed = max(0.04, min(0.97, diary.level.missed * (1 + trend * through)))
        leaving = 1 / run if away else min(0.9, missed / (run * (1 - missed)))
        if rng.random() < leaving:
            away = not away
            code = perhaps(rng, diary.level.illness_part, "I") or "O"
        if away:
            comment = perhaps_one_of(rng, 0.04, COMMENTS_OF[code])
            _be_away(diary, rng, day, code, comment)


def _be_away(diary: Diary, rng: Random, day: int, code: str, comment: str) -> None:
    """The whole day, now and then the afternoon alone."""
    if rng.random() < 0.08:
        diary.put(day, PM, code, comment)
    else:
        diary.put_day(day, code, comment)


def keep_appointments(diary: Diary, rng: Random) -> None:
    """Dentists and clinics: a half day mostly, on no particular day."""
    for _ in range(poisson(rng, APPOINTMENTS_IN_A_YEAR * len(diary.marks) / 380)):
        day, half = rng.randrange(diary.first, diary.last + 1), rng.choice((AM, AM, PM))
        comment = perhaps_one_of(rng, 0.6, MEDICAL_COMMENTS)
        if rng.random() < 0.4:
            diary.put_day(day, "M", comment)
        else:
            diary.put(day, half, "M", comment)


def come_late(diary: Diary, rng: Random) -> None:
    """Mornings mostly, and the same pupils mostly; after the register has closed it is a U."""
    rate = LATE_RATE * (0.42 + 1.16 * diary.level.place)
    rate *= rng.gammavariate(LATE_SHAPE, 1 / LATE_SHAPE)
    for _ in range(poisson(rng, min(rate, 0.35) * len(diary.marks) * 1.12)):
        day = rng.randrange(diary.first, diary.last + 1)
        half = AM if rng.random() < 0.86 else PM
        is_after_close = rng.random() < LATE_AFTER_CLOSE
        comment = perhaps_one_of(rng, 0.12, LATE_COMMENTS)
        if is_after_close:
            diary.put(day, half, "U", comment, minutes=rng.randrange(31, 130))
        else:
            diary.put(day, half, "L", comment, minutes=min(28, 1 + int(rng.expovariate(0.13))))


def _spells(
    diary: Diary,
    rng: Random,
    season: Weights,
    missed: float,
    lengths: tuple[tuple[float, int], ...],
    code: str,
    comments: Callable[[], str],
    habit: int | None = None,
) -> None:
    """Spells of these lengths until about `missed` of the pupil's sessions are written."""
    days, weights = zip(*lengths, strict=True)
    before = season[diary.first - 1] if diary.first else 0.0
    span = season[diary.last] - before
    left = missed * span * rng.uniform(0.85, 1.15)
    while left > 0:
        length = rng.choices(days, weights)[0]
        left -= length
        if left < 0 and rng.random() > (left + length) / length:
            break
        day = bisect_left(season, before + rng.random() * span)
        if habit is not None and rng.random() < 0.6:
            day = _move_to(diary, day, habit)
        _spell(diary, rng, day, length, code, comments())


def _spell(diary: Diary, rng: Random, day: int, length: float, code: str, comment: str) -> None:
    """From that day on; a longer spell may begin at noon or end at noon."""
    if length < 1:
        diary.put(day, PM if rng.random() < 0.65 else AM, code, comment)
        return
    diary.put_day(day, code, comment)
    for later in range(day + 1, day + round(length)):
        if rng.random() < 0.03:
            diary.put(later, AM, code)
        else:
            diary.put_day(later, code)


def _move_to(diary: Diary, day: int, weekday: int) -> int:
    """The same week's day of habit, where the school met on it."""
    target = monday_of(diary.year.days[day]) + weekday * DAY
    return next(iter(diary.year.among({target})), day)


def _cumulative(weights: list[float]) -> Weights:
    mean = sum(weights) / len(weights)
    return list(accumulate(weight / mean for weight in weights))
