"""The bands that the pupil has been in, and the calls home, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.safestring import SafeString

from absence.rules.bands import Band
from absence.rules.wording import shape, titles
from interventions.pupil.page import DatedFact
from registers.models import FollowUp

WORSE = SafeString('<span class="move move-worse">Worse</span>')
BETTER = SafeString('<span class="move move-better">Better</span>')


@dataclass(frozen=True, slots=True)
class BandMove:
    """A band that the pupil came into; `change` is how much fuller its square is than before."""

    fact: DatedFact
    title: str
    shape: int
    change: int

    @property
    def on(self) -> date:
        return self.fact.until or self.fact.on

    @property
    def direction(self) -> str | SafeString:
        """Worse or better than before; nothing where it is as good."""
        if not self.change:
            return ""
        return WORSE if self.change > 0 else BETTER


def band_moves(standings: Sequence[DatedFact], bands: Sequence[Band]) -> list[BandMove]:
    """The latest first, each against the one before it; the first of the year against itself."""
    names = titles(bands)
    shapes = {band.name: shape(bands, number) for number, band in enumerate(bands)}
    fullness = [shapes.get(fact.kind, 0) for fact in standings]
    changes = [now - before for now, before in pairwise(fullness)]
    return [
        BandMove(fact, names.get(fact.kind, fact.kind), shapes.get(fact.kind, 1), change)
        for fact, change in zip(standings, [*changes, 0], strict=False)
    ]


@dataclass(frozen=True, slots=True)
class CallHome:
    """A try to find out why the pupil was absent on a day."""

    on: date
    channel: str
    outcome: str


def calls_home(follow_ups: Sequence[DatedFact]) -> list[CallHome]:
    channels, outcomes = dict(FollowUp.Channel.choices), dict(FollowUp.Outcome.choices)
    return [
        CallHome(
            fact.on,
            channels.get(fact.kind, fact.kind),
            ". ".join(filter(None, [outcomes.get(fact.value, fact.value), fact.words])),
        )
        for fact in follow_ups
    ]
