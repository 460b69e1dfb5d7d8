"""Bands and counts in words and shapes, for pages. No Django in this module."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from absence.rules.bands import Band
from registers.rules.tally import PERSISTENT, SEVERE
from registers.rules.wording import plural


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


def titles(bands: Sequence[Band]) -> dict[str, str]:
    """What each band is called beside the others, by its name: of two with one title, the later
    says where it begins: `Persistent, over 15%`."""
    found: dict[str, str] = {}
    for band in bands:
        title = band.title
        if title in found.values():
            edge = f"{float(band.edge * 100):g}%"
            title += f", {edge} or more" if band.inclusive else f", over {edge}"
        found[band.name] = title
    return found


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


def than_before(more: int, on: date) -> str:
    """`13 fewer than on 12 Feb`: so many more, or fewer where it is below nothing."""
    day = f"on {short_day(on)}"
    if not more:
        return f"as many as {day}"
    return f"{abs(more):,} {'more' if more > 0 else 'fewer'} than {day}"


def short_day(on: date) -> str:
    """20 Nov"""
    return f"{on.day} {on:%b}"


def long_day(on: date) -> str:
    """Friday 20 November 2026"""
    return f"{on:%A} {on.day} {on:%B %Y}"


def day_and_month(on: date) -> str:
    """Friday 20 November"""
    return f"{on:%A} {on.day} {on:%B}"


def ordinal(number: int) -> str:
    """56th"""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


def near_words(sessions: int) -> str:
    """four sessions"""
    words = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}
    return f"{words.get(sessions, str(sessions))} {plural(sessions, 'session', 'sessions')}"


def points(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """The difference of two rates in points, as they are shown; None where one is missing."""
    return None if now is None or before is None else now - before


def better_or_worse(points_up: Decimal) -> str:
    """`up 1.2 points`, `the same`."""
    if not points_up:
        return "the same"
    size = abs(points_up)
    return f"{'up' if points_up > 0 else 'down'} {size} {'point' if size == 1 else 'points'}"
