"""The last days of a register: reasons not yet known, and blanks that the office has yet to fill.

Older reasons are settled, as the law asks within five school days of the session.
"""

from bisect import bisect_right
from datetime import date
from random import Random

from registers.demo.chance import by_luck
from registers.demo.year.diary import AM, PM, Diary

# By school days gone since: the part of unexplained absence, and of illness, that is still an N.
UNEXPLAINED = ((0.95, 0.34), (0.8, 0.16), (0.65, 0.08), (0.5, 0.04), (0.4, 0.02))
BLANK_MARKS = 0.004


def leave_open(diaries: list[Diary], until: date, rng: Random) -> None:
    """Write N and blanks into these diaries of one year, up to `until`."""
    last = bisect_right(diaries[0].year.days, until) - 1
    if last < 0:
        return
    for diary in diaries:
        for gone, (of_unexplained, of_ill) in enumerate(UNEXPLAINED):
            _doubt(diary, last - gone, {"O": of_unexplained, "I": of_ill}, rng)
    _leave_blank(diaries, last, rng)


def _doubt(diary: Diary, day: int, shares: dict[str, float], rng: Random) -> None:
    """One answer for the whole day; the reason of a long absence is known."""
    mark = next(filter(shares.__contains__, diary.on(day)), None)
    if mark is None or (mark == "I" and diary.level.severe):
        return
    if rng.random() < shares[mark]:
        diary.replace(day, mark, "N")


def _leave_blank(diaries: list[Diary], last: int, rng: Random) -> None:
    """Two registers not taken on the last afternoon, one the day before, and single blanks."""
    untaken = _untaken(diaries, last, rng)
    days = range(max(0, last - len(UNEXPLAINED)), last + 1)
    for diary in diaries:
        if diary.registration_group in untaken:
            diary.overwrite(*untaken[diary.registration_group], None)
        for day in by_luck(rng, BLANK_MARKS, days):
            diary.overwrite(day, rng.choice((AM, PM)), None)


def _untaken(diaries: list[Diary], last: int, rng: Random) -> dict[str, tuple[int, int]]:
    """By registration group the day and half of its register that was not taken."""
    groups = sorted({diary.registration_group for diary in diaries if diary.covers(last)})
    chosen = rng.sample(groups, min(3, len(groups)))
    return dict(zip(chosen, ((last, PM), (last, PM), (last - 1, AM)), strict=False))
