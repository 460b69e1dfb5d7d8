"""The bands of absence: a school's own or the usual ones, and which one a tally is in.

Plain values, no Django here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from registers.rules.tally import PERSISTENT, SEVERE, Tally

LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Band:
    """Tallies whose share of sessions missed is over `edge` (or on it, where `inclusive`), up to
    the next band's edge. `name` is the band's range of attendance, in the school's words."""

    name: str
    title: str
    edge: Fraction
    inclusive: bool

    def begins_at_or_before(self, absent: int, possible: int) -> bool:
        missed, line = absent * self.edge.denominator, possible * self.edge.numerator
        return missed > line or (self.inclusive and missed == line)


DEFAULT_BANDS = (
    Band("100-95", "Good", Fraction(0), inclusive=True),
    Band("<95-92", "Watch", Fraction(5, 100), inclusive=False),
    Band("<92-90", "At risk", Fraction(8, 100), inclusive=False),
    Band("90-85", "Persistent", PERSISTENT, inclusive=True),
    Band("<85-50", "Persistent", Fraction(15, 100), inclusive=False),
    Band("50 and under", "Severe", SEVERE, inclusive=True),
)


def band_of(tally: Tally, bands: Sequence[Band]) -> Band | None:
    """The last band that has begun at this tally; None without possible sessions."""
    absent, possible = tally.absent, tally.possible
    if possible <= 0:
        return None
    for band in reversed(bands):
        if band.begins_at_or_before(absent, possible):
            return band
    return None


def bands_from_settings(settings: object) -> tuple[Band, ...]:
    """A school's own bands, from the share missed least to most; the default where it has none.

    Raises ValueError, in words fit to show, unless every share from none to all falls in exactly
    one band and exactly a tenth and exactly a half fall in the band above their line.
    """
    if not isinstance(settings, list):
        raise ValueError("The bands must be a list.")
    if not settings:
        return DEFAULT_BANDS
    bands = tuple(_band(number, setting) for number, setting in enumerate(settings, start=1))
    _check_names(bands)
    _check_edges(bands)
    return bands


def _band(number: int, setting: object) -> Band:
    fields = {"name", "title", "edge", "inclusive"}
    if not isinstance(setting, dict) or set(setting) != fields:
        raise ValueError(f"Band {number} must have a name, a title, an edge and inclusive.")
    name, title, inclusive = setting["name"], setting["title"], setting["inclusive"]
    for what, words in (("name", name), ("title", title)):
        if not isinstance(words, str) or not words.strip():
            raise ValueError(f"Band {number} has no {what}.")
        if len(words.strip()) > LONGEST_NAME:
            raise ValueError(f"The {what} of band {number} is over {LONGEST_NAME} letters long.")
    if not isinstance(inclusive, bool):
        raise ValueError(f"Band {number}: inclusive must be true or false.")
    return Band(name.strip(), title.strip(), _edge(number, setting["edge"]), inclusive)


def _edge(number: int, edge: object) -> Fraction:
    """Words, not a JSON number: a tenth as a binary fraction is not a tenth."""
    wrong = f"Band {number}: the edge must be a share from 0 to 1, such as “1/10” or “10%”."
    if not isinstance(edge, str):
        raise ValueError(wrong)
    per_cent = edge.strip().endswith("%")
    try:
        share = Fraction(edge.strip().removesuffix("%").strip()) / (100 if per_cent else 1)
    except (ValueError, ZeroDivisionError):
        raise ValueError(wrong) from None
    if not 0 <= share <= 1:
        raise ValueError(wrong)
    return share


def _check_names(bands: Sequence[Band]) -> None:
    names = [band.name for band in bands]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"Two bands are called “{name}”. Give each its own name.")


def _check_edges(bands: Sequence[Band]) -> None:
    if bands[0].edge != 0 or not bands[0].inclusive:
        raise ValueError(f"“{bands[0].name}”, the first band, must begin at 0 and hold it.")
    for before, band in pairwise(bands):
        if (band.edge, not band.inclusive) <= (before.edge, not before.inclusive):
            raise ValueError(f"“{band.name}” must begin after “{before.name}”.")
    for band in bands:
        if band.edge in EDGES_HELD and not band.inclusive:
            raise ValueError(f"“{band.name}” {EDGES_HELD[band.edge]}.")


EDGES_HELD = {
    PERSISTENT: "must hold exactly a tenth: that is over the line",
    SEVERE: "must hold exactly half: that is over the line",
    Fraction(1): "is empty: nobody misses more than all sessions",
}
