"""The weeks of a pupil's year and the steps taken in it, as the chart on paper shows them.

Plain values, no Django here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from absence.rules.effects import Effect
from interventions.packs.files import PackYear, PupilFile, Step
from registers.rules.calendar import school_weeks
from registers.rules.tally import NOTHING

MOST_STEPS = 24  # numbered on the chart; earlier ones stand in the chronology


@dataclass(frozen=True, slots=True)
class ComparedWeek:
    """One school week: sessions missed, and what the year group missed in it for each pupil."""

    monday: date
    authorised: int
    unauthorised: int
    possible: int
    of_year_group: float | None

    @property
    def missed(self) -> int:
        return self.authorised + self.unauthorised


def compared_weeks(pupil: PupilFile, year: PackYear) -> list[ComparedWeek]:
    """The school weeks of the year up to the last day that counts, in order."""
    by_week = pupil.figures_in(year).by_week
    begun = school_weeks(on for on in year.year.days if on <= year.as_at)
    others = year.missed_by_year_group.get(pupil.year_group, {})
    weeks = []
    for monday in sorted({*begun, *by_week}):
        tally = by_week.get(monday, NOTHING)
        missed, pupils = others.get(monday, (0, 0))
        weeks.append(
            ComparedWeek(
                monday,
                tally.authorised,
                tally.unauthorised,
                tally.possible,
                missed / pupils if pupils else None,
            )
        )
    return weeks


@dataclass(frozen=True, slots=True)
class NumberedStep:
    """A step that the chart numbers, with what was missed before it and after."""

    number: int
    on: date
    what: str
    effect: Effect


def numbered_steps(pupil: PupilFile, year: PackYear) -> list[NumberedStep]:
    """The latest steps up to the last day that counts, numbered in order."""
    chosen = [
        step
        for step in in_order(pupil.steps)
        if step.marks_the_trend and year.starts_on <= step.on <= year.as_at
    ][-MOST_STEPS:]
    effects = pupil.figures_in(year).effects(step.on for step in chosen)
    return [
        NumberedStep(number, step.on, step.what, effects[step.on])
        for number, step in enumerate(chosen, start=1)
    ]


def in_order(steps: Iterable[Step]) -> list[Step]:
    return sorted(steps, key=attrgetter("on"))
