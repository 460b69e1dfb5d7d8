"""What is arranged for a pupil over weeks: part-time timetables, other provision, suspensions."""

from collections.abc import Callable
from random import Random

from registers.demo.chance import sample_weighted, some
from registers.demo.year.diary import AM, PM, Diary

COURSES = ("Construction", "Hair and beauty", "Motor vehicle", "Catering", "Land-based skills")
PART_TIME_PER_THOUSAND = 19
COLLEGE_PER_THOUSAND = 14
SUSPENDED_PER_THOUSAND = 109

Arrangement = Callable[[Diary, Random], None]


def arrange(diaries: list[Diary], rng: Random) -> None:
    """Each of the school's arrangements of a year, on pupils who have none yet."""
    free = [diary for diary in diaries if len(diary.marks) > 100]
    for arrangement, per_thousand, weight in ARRANGEMENTS:
        chosen = sample_weighted(rng, free, list(map(weight, free)), some(per_thousand, free))
        for diary in chosen:
            arrangement(diary, rng)
            free.remove(diary)


def suspend(diaries: list[Diary], rng: Random) -> None:
    """Suspensions of one to five days, several in a year for some; one permanent exclusion."""
    weights = list(map(_trouble, diaries))
    chosen = sample_weighted(rng, diaries, weights, some(SUSPENDED_PER_THOUSAND, diaries))
    _exclude(next(filter(_is_of_most_of_the_year, chosen), chosen[0]), rng)
    for diary in chosen:
        for _ in range(rng.choices((1, 2, 3, 5, 8), (46, 24, 14, 11, 5))[0]):
            _suspend_once(diary, rng)


def _is_of_most_of_the_year(diary: Diary) -> bool:
    return len(diary.marks) > 300


def _suspend_once(diary: Diary, rng: Random) -> None:
    """Unless it would touch another suspension."""
    start = rng.randrange(diary.first, diary.last + 1)
    length = rng.choices((1, 2, 3, 5), (38, 30, 17, 15))[0]
    if "E" not in (diary.at(day, AM) for day in range(start - 1, start + length + 1)):
        diary.put_days(start, length, "E")


def _exclude(diary: Diary, rng: Random) -> None:
    """Five days without provision; from the sixth the authority arranges it."""
    start = rng.randrange(diary.first, diary.last + 1)
    for day in range(start, min(start + 25, diary.last + 1)):
        if day < start + 5:
            diary.overwrite_day(day, "E")
        else:
            diary.overwrite_day(day, "K", "Alternative provision, arranged by the authority")


def part_time(diary: Diary, rng: Random) -> None:
    """C2: afternoons, or some whole days, for two to four months."""
    length = rng.randrange(40, 85)
    start = rng.randrange(diary.first, max(diary.first + 1, diary.last - length))
    afternoons = rng.random() < 0.65
    days_off = set(rng.sample(range(5), rng.choice((2, 3))))
    for day in range(start, min(start + length, diary.last + 1)):
        if afternoons:
            diary.put(day, PM, "C2")
        elif diary.year.days[day].weekday() in days_off:
            diary.put_day(day, "C2")


def college(diary: Diary, rng: Random) -> None:
    """B: a day a week at a college, in years 10 and 11."""
    weekday, course = rng.randrange(5), f"{rng.choice(COURSES)}, at the college"
    for day in range(diary.first, diary.last + 1):
        if diary.year.days[day].weekday() == weekday:
            diary.put_both(day, "B", course)


def hospital_school(diary: Diary, rng: Random) -> None:
    """K: education that the authority arranges, for some months."""
    length = rng.randrange(30, 110)
    start = rng.randrange(diary.first, max(diary.first + 1, diary.last - length))
    for day in range(start, min(start + length, diary.last + 1)):
        diary.put_both(day, "K", "Hospital and home education service")


def other_school(diary: Diary, rng: Random) -> None:
    """D: two or three days a week at the other school where the pupil is registered."""
    there = set(rng.sample(range(5), rng.choice((2, 3))))
    for day in range(diary.first, diary.last + 1):
        if diary.year.days[day].weekday() in there:
            diary.put_day(day, "D")


def wholly_at_other_school(diary: Diary, rng: Random) -> None:
    """D throughout: a pupil without one possible session here."""
    for day in range(diary.first, diary.last + 1):
        diary.put_day(day, "D")


def travelling(diary: Diary, rng: Random) -> None:
    """T: a parent's trade takes the family on the road for a week or two."""
    _days(diary, rng, rng.randrange(4, 9), "T")


def performing(diary: Diary, rng: Random) -> None:
    """C1: days on a stage, with the authority's licence."""
    _days(diary, rng, rng.randrange(6, 11), "C1", "Licensed performance")


def without_transport(diary: Diary, rng: Random) -> None:
    """Q: the authority has not arranged the way to school."""
    _days(diary, rng, 6, "Q")


def held(diary: Diary, rng: Random) -> None:
    _days(diary, rng, 2, "Y5")


def kept_home_by_health_rules(diary: Diary, rng: Random) -> None:
    _days(diary, rng, 3, "Y6")


def flooded(diary: Diary, rng: Random) -> None:
    """Y7 names its cause."""
    _days(diary, rng, 2, "Y7", "Burst water main, road closed")


def _days(diary: Diary, rng: Random, length: int, code: str, comment: str = "") -> None:
    start = rng.randrange(diary.first, max(diary.first + 1, diary.last - length))
    for day in range(start, min(start + length, diary.last + 1)):
        diary.put_both(day, code, comment)


def _anyone(diary: Diary) -> float:
    return 1.0


def _often_away(diary: Diary) -> float:
    return max(0.001, diary.level.place - 0.72) * (2.0 if diary.pupil.sen != "N" else 1.0)


def _older(diary: Diary) -> float:
    return 0.0001 + (diary.year_group >= 10) * (0.3 + diary.level.place)


def _trouble(diary: Diary) -> float:
    """Who is suspended: pupils who are often away, poorer, with needs not met, older."""
    weight = 0.15 + 3.2 * diary.level.place**4
    weight *= 1.6 if diary.pupil.family.fsm else 1.0
    weight *= 1.5 if diary.pupil.sen != "N" else 1.0
    return weight * (0.5 if diary.year_group == 7 else 1.0)


# In this order; each pupil has one at most.
ARRANGEMENTS: tuple[tuple[Arrangement, float, Callable[[Diary], float]], ...] = (
    (wholly_at_other_school, 1, _often_away),
    (other_school, 3, _often_away),
    (hospital_school, 2.6, _often_away),
    (part_time, PART_TIME_PER_THOUSAND, _often_away),
    (college, COLLEGE_PER_THOUSAND, _older),
    (travelling, 0.8, _anyone),
    (performing, 1.2, _anyone),
    (without_transport, 1, _anyone),
    (held, 1, _often_away),
    (kept_home_by_health_rules, 2, _anyone),
    (flooded, 2, _anyone),
)
