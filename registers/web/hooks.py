"""Facts that a lower page shows and a higher floor knows. Each is filled when the site starts.

Imports run one way: the call list of the morning may not ask `absence` what persistent absence is.
So it asks here, and `absence` has put its answer here.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AbsenceSummary:
    """How much of a year a pupil has missed, in words; `is_over` a line that the law names."""

    words: str
    is_over: bool


NOTHING_KNOWN = AbsenceSummary("", False)


def _nothing(attended: int, authorised: int, unauthorised: int) -> AbsenceSummary:
    return NOTHING_KNOWN


_standing: Callable[[int, int, int], AbsenceSummary] = _nothing


def fill_standing(answer: Callable[[int, int, int], AbsenceSummary]) -> None:
    global _standing
    _standing = answer


def standing_of(attended: int, authorised: int, unauthorised: int) -> AbsenceSummary:
    """The standing of a pupil with so many sessions of each kind in the year so far."""
    return _standing(attended, authorised, unauthorised)
