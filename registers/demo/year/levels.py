"""How much each pupil is away for illness and for no good reason, before chance has its say.

The whole school's spread is fixed: each pupil has a place from the best to the worst attender,
and a curve says what share of the year such a pupil misses. Who stands where depends on
free school meals and special needs. The curve and the shifts are tuned so that a school of a
thousand comes out near the published rates; see docs/building/demo-school.md.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain, starmap
from operator import itemgetter
from random import Random
from statistics import NormalDist

from registers.demo.people.pupils import DemoPupil
from registers.demo.year.calendar import DemoYear
from registers.rules.grouping import grouped

# (place from best 0 to worst 1, share of the year missed for codes I, O and N)
CURVE = (
    (0.0, 0.003),
    (0.10, 0.008),
    (0.30, 0.0175),
    (0.50, 0.0292),
    (0.64, 0.0455),
    (0.72, 0.067),
    (0.75, 0.086),
    (0.84, 0.097),
    (0.92, 0.142),
    (0.959, 0.250),
    (0.966, 0.460),
    (1.0, 0.910),
)
SEVERE = 0.4
# How far along the bell curve these groups stand, and how wide they spread.
FSM_SHIFT, FSM_SPREAD = 0.65, 0.95
SEN_SHIFT = {"N": 0.0, "K": 0.29, "E": 0.46}
SEN_SPREAD = {"N": 1.0, "K": 1.16, "E": 1.28}
DRIFT = 0.4  # how far a pupil moves from year to year, in standard deviations of the place
YEAR_GROUP_FACTOR = {7: 0.78, 8: 0.96, 9: 1.05, 10: 1.1, 11: 1.1}
# (share missed, part of it that is illness)
ILLNESS = ((0.0, 0.93), (0.03, 0.9), (0.06, 0.72), (0.12, 0.5), (0.3, 0.42), (1.0, 0.4))


Placed = tuple[float, str, DemoPupil]  # how far along, UPN
PLACE = itemgetter(0, 1)  # pupils are not compared


class AbsenceKind(Enum):
    """Why a pupil who is away a great deal is away."""

    ANXIOUS = 0.45
    DISENGAGED = 0.08
    UNWELL = 0.93

    @property
    def illness_part(self) -> float:
        return self.value


@dataclass(frozen=True, slots=True)
class Level:
    """A pupil's year: `place` from 0 to 1, `missed` the share of sessions, by illness in part."""

    place: float
    missed: float
    illness_part: float

    @property
    def severe(self) -> bool:
        return self.missed >= SEVERE

    @property
    def illness(self) -> float:
        return self.missed * self.illness_part

    @property
    def other(self) -> float:
        return self.missed * (1 - self.illness_part)


class Kinds:
    """Deals a kind to each severely absent pupil, who keeps it the next year.

    From shuffled decks of the usual mixture, so that a school has neither all of one kind.
    """

    DECK = (AbsenceKind.ANXIOUS,) * 4 + (AbsenceKind.DISENGAGED,) * 4 + (AbsenceKind.UNWELL,) * 2

    def __init__(self, rng: Random):
        self._rng = rng
        self._deck: list[AbsenceKind] = []
        self._dealt: dict[DemoPupil, AbsenceKind] = {}

    def of(self, pupil: DemoPupil) -> AbsenceKind:
        if pupil not in self._dealt:
            if not self._deck:
                self._deck = self._rng.sample(self.DECK, len(self.DECK))
            self._dealt[pupil] = self._deck.pop()
        return self._dealt[pupil]


def draw_scores(rng: Random, pupils: list[DemoPupil]) -> dict[DemoPupil, float]:
    """What a pupil brings from year to year: who is likelier to be away than the like."""
    return {pupil: rng.gauss(0, 1) for pupil in pupils}


def draw_levels(
    rng: Random, scores: dict[DemoPupil, float], kinds: Kinds, year: DemoYear
) -> dict[DemoPupil, Level]:
    """Each pupil's level in one year, for the pupils who have a score.

    Within a group the pupils are spread evenly over the bell curve, in the order of their drifted
    scores, so that chance makes no group better or worse as a whole.
    """
    groups = grouped(
        ((pupil.family.fsm, pupil.sen), (score + rng.gauss(0, DRIFT), pupil.upn, pupil))
        for pupil, score in scores.items()
    )
    order = sorted(chain.from_iterable(starmap(_on_bell, groups.items())), key=PLACE)
    return {
        pupil: _level(pupil, (rank + 0.5) / len(order), pupil.year_group(year), kinds)
        for rank, (_, _, pupil) in enumerate(order)
    }


def _on_bell(group: tuple[bool, str], members: list[Placed]) -> Iterator[Placed]:
    """The members of a group, spread evenly over its bell curve."""
    fsm, sen = group
    spread = SEN_SPREAD[sen] * (FSM_SPREAD if fsm else 1.0)
    bell = NormalDist(FSM_SHIFT * fsm + SEN_SHIFT[sen], spread)
    for rank, (_, upn, pupil) in enumerate(sorted(members, key=PLACE)):
        yield bell.inv_cdf((rank + 0.5) / len(members)), upn, pupil


def _level(pupil: DemoPupil, place: float, year_group: int, kinds: Kinds) -> Level:
    missed = _on_line(CURVE, place)
    if missed >= SEVERE:
        return Level(place, missed, kinds.of(pupil).illness_part)
    missed = min(missed * YEAR_GROUP_FACTOR[year_group], SEVERE - 0.01)
    return Level(place, missed, _on_line(ILLNESS, missed))


def _on_line(knots: tuple[tuple[float, float], ...], at: float) -> float:
    """Straight lines between the knots."""
    right = min(bisect_right(knots, (at, 2.0)), len(knots) - 1)
    (x0, y0), (x1, y1) = knots[right - 1], knots[right]
    return y0 + (y1 - y0) * (at - x0) / (x1 - x0)
