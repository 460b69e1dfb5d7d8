"""When a pupil's attendance has clearly become better. No Django here.

Two spans of one academic year are compared: the last twenty school days, and everything before
them. Counts are sessions. Shares are compared in whole numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from absence.rules.bands import Band, band_of
from registers.rules.tally import Tally

RECENT_DAYS = 20  # school days: four whole weeks
FEWEST_RECENT = 30  # possible sessions of the forty: three weeks of them
FEWEST_BEFORE = 20  # possible sessions: two weeks, else "before" was no pattern
AT_MOST = Fraction(1, 3)  # of the share that was missed before


@dataclass(frozen=True, slots=True)
class Spans:
    """What was missed before the last weeks, and in them."""

    before: Tally
    recent: Tally


def is_better(spans: Spans) -> bool:
    """Whether less was missed lately than before: the least that good news may rest on."""
    before, recent = spans.before, spans.recent
    return (
        bool(before.absent and recent.possible)
        and recent.absent * before.possible < before.absent * recent.possible
    )


def is_going_well(spans: Spans, bands: Sequence[Band]) -> bool:
    """Clearly better: at most a third of the share missed before, and in the best band now.

    Before, the pupil was in a worse band than the best one. Both spans must be long enough to be
    no accident.
    """
    before, recent = spans.before, spans.recent
    if before.possible < FEWEST_BEFORE or recent.possible < FEWEST_RECENT:
        return False
    was, now = band_of(before, bands), band_of(recent, bands)
    if was is None or was == bands[0] or now != bands[0]:
        return False
    missed_now = recent.absent * before.possible * AT_MOST.denominator
    return missed_now <= before.absent * recent.possible * AT_MOST.numerator
