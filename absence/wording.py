"""Bands and counts in words and shapes, for pages. No Django in this module."""

from collections.abc import Sequence

from absence.measures import PERSISTENT, SEVERE, Band


def many(number: int, one: str, more: str = "") -> str:
    """1 pupil, 1,035 pupils."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def _per_cent(band: Band) -> str:
    """The attendance at the band's edge: 92, or 92.5 where the edge is no whole number."""
    attendance = (1 - band.edge) * 100
    return f"{float(attendance):g}"


def attendance_range(bands: Sequence[Band], index: int) -> str:
    """The attendance that a band holds: `under 92, over 90%`."""
    band = bands[index]
    top = _per_cent(band)
    if index == len(bands) - 1:
        return f"{top}% or less" if band.inclusive else f"under {top}%"
    start = top if band.inclusive else f"under {top}"
    following = bands[index + 1]
    if following.inclusive:
        return f"{start}, over {_per_cent(following)}%"
    return f"{start} to {_per_cent(following)}%"


def shape(bands: Sequence[Band], index: int) -> int:
    """How full the band's square is, 1 to 6, whatever names and edges a school has chosen.

    Empty for the best, half full next to persistent absence, full for severe absence.
    """
    band = bands[index]
    if band.edge >= SEVERE:
        return 6
    if band.edge >= PERSISTENT:
        return 4 if bands[index - 1].edge < PERSISTENT else 5
    next_is_persistent = index + 1 < len(bands) and bands[index + 1].edge >= PERSISTENT
    if index == 0:
        return 1
    return 3 if next_is_persistent else 2
