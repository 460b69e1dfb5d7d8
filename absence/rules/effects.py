"""Attendance before and after an action: the same number of school days on both sides.

Plain values in, plain values out. No Django here. All counts are sessions (half days) but `days`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from registers.rules.tally import NOTHING, Tally
from registers.rules.wording import first_so, many

SCHOOL_DAYS = 20  # at most, on each side: four school weeks
FEW_DAYS = 5  # under a school week says nothing yet
BEFORE_AN_ACTION = timedelta(days=2 * SCHOOL_DAYS + 50)  # twenty school days and a summer


@dataclass(frozen=True, slots=True)
class Effect:
    """What was missed in the `days` school days before an action and in as many since.

    The day of the action belongs to neither. It says what came after, not what caused it.
    """

    days: int
    before: Tally
    after: Tally
    before_from: date | None = None
    after_until: date | None = None

    @property
    def is_known(self) -> bool:
        """Whether both sides have a possible session to speak of."""
        return bool(self.before.possible and self.after.possible)

    @property
    def before_per_mille(self) -> int:
        """What was missed before, in thousandths of the possible sessions: for a bar."""
        return 1000 * self.before.absent // max(self.before.possible, 1)

    @property
    def after_per_mille(self) -> int:
        return 1000 * self.after.absent // max(self.after.possible, 1)

    @property
    def is_early(self) -> bool:
        """Too few days to read anything from."""
        return self.days < FEW_DAYS

    @property
    def says_something(self) -> bool:
        return self.is_known and not self.is_early

    @property
    def words(self) -> str:
        """`Missed 11 of 40 sessions in the 20 school days before, 4 of 36 in the 20 since.`"""
        if not self.days:
            return "No school days on both sides yet."
        if not self.is_known:
            return f"No possible sessions on one side of it, in {many(self.days, 'school day')}."
        said = (
            f"Missed {self.before.absent} of {many(self.before.possible, 'session')} in the "
            f"{many(self.days, 'school day')} before, {self.after.absent} of "
            f"{self.after.possible} in the {self.days} since."
        )
        return f"{said} Too early to say." if self.is_early else said

    @property
    def direction(self) -> str:
        """`fewer`, `more` or `as many` missed since, by share of the possible sessions.

        Compared in whole numbers; empty where there is nothing, or too little, to compare.
        """
        if not self.says_something:
            return ""
        before = self.before.absent * self.after.possible
        after = self.after.absent * self.before.possible
        return first_so((after == before, "as many"), (after < before, "fewer"), otherwise="more")


def effects(
    actions: Iterable[date],
    *,
    by_day: Mapping[date, Tally],
    school_days: Sequence[date],
    at_most: int = SCHOOL_DAYS,
) -> dict[date, Effect]:
    """For each day on which something was done, what was missed before it and since.

    `school_days` are the days on which this pupil was due, in order, each there once, up to the
    last day that counts; `by_day` what was marked on them. Both sides have the same number of
    school days, `at_most` or as many as the shorter side has. Sums are made once for all actions.
    """
    sums = [NOTHING]
    for day in school_days:
        sums.append(sums[-1] + by_day.get(day, NOTHING))
    return {on: _effect(on, school_days, sums, at_most) for on in set(actions)}


def _effect(on: date, days: Sequence[date], sums: Sequence[Tally], at_most: int) -> Effect:
    left, right = bisect_left(days, on), bisect_right(days, on)
    count = min(at_most, left, len(days) - right)
    if not count:
        return Effect(0, NOTHING, NOTHING)
    return Effect(
        count,
        before=sums[left] - sums[left - count],
        after=sums[right + count] - sums[right],
        before_from=days[left - count],
        after_until=days[right + count - 1],
    )
