"""The last days of a register: reasons not yet known, and blanks that the office has yet to fill.

Older reasons are settled, as the law asks within five school days of the session.
"""

from bisect import bisect_right
from datetime import date
from random import Random

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
    mark = next((code for half in (AM, PM) if (code := diary.at(day, half)) in shares), None)
    known = mark == "I" and diary.level.severe
    if mark and not known and rng.random() < shares[mark]:
        for half in (AM, PM):
            if diary.at(day, half) == mark:
                diary.overwrite(day, half, "N")


def _leave_blank(diaries: list[Diary], last: int, rng: Random) -> None:
    """Two registers not taken on the last afternoon, one the day before, and single blanks."""
    groups = sorted({diary.registration_group for diary in diaries if diary.covers(last)})
    untaken = rng.sample(groups, min(3, len(groups)))
    for diary in diaries:
        if diary.registration_group in untaken[:2]:
            diary.overwrite(last, PM, None)
        if diary.registration_group in untaken[2:]:
            diary.overwrite(last - 1, AM, None)
        for day in range(max(0, last - len(UNEXPLAINED)), last + 1):
            if rng.random() < BLANK_MARKS:
                diary.overwrite(day, rng.choice((AM, PM)), None)
