"""The table of a letter's dates: as many of the latest spells as the page has room for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from interventions.rules import wording
from registers.rules.wording import listed

MOST_LINES = 9  # of the table at the usual size
LINES_WHEN_CLOSE = 8  # in a letter that is set closer because its names are very long
LINES_WHEN_CLOSEST = 6  # in the last setting before a second page
LINES_OF_THE_SUM = 2  # what the sentence about earlier spells takes from them
REASON_FITS = 22  # characters of a reason on one line


def latest_rows(spells: Sequence[Mapping], *, lines: int) -> list[dict]:
    """The latest spells, in order, as many as fit; all of them where all fit."""
    if _lines(spells) > lines:
        lines -= LINES_OF_THE_SUM
    start = len(spells)
    while start and _lines(spells[start - 1 :]) <= lines:
        start -= 1
    return [_row(spell) for spell in spells[start:]]


def earlier(spells: Sequence[Mapping]) -> dict | None:
    """The spells that have no row, summed: how long, between which dates, for what reasons."""
    if not spells:
        return None
    first = date.fromisoformat(spells[0]["first_on"])
    last = date.fromisoformat(max(spell["last_on"] for spell in spells))
    return {
        "missed": wording.days(sum(spell["sessions"] for spell in spells)),
        "period": wording.short_period(first, last),
        "times": len(spells),
        "reasons": listed(_reasons(spells)),
    }


def _lines(spells: Sequence[Mapping]) -> int:
    return sum(1 + (len(spell["reason"]) > REASON_FITS) for spell in spells)


def _row(spell: Mapping) -> dict:
    first, last = (date.fromisoformat(spell[end]) for end in ("first_on", "last_on"))
    return {
        "when": wording.short_range(first, last),
        "how_long": wording.how_long(spell["sessions"], spell["half"]),
        "reason": spell["reason"],
    }


def _reasons(spells: Sequence[Mapping]) -> list[str]:
    """Days by reason, the three largest by name and the rest together."""
    sums = Counter[str]()
    for spell in spells:
        sums[spell["reason"]] += spell["sessions"]
    largest = sorted(sums, key=lambda reason: (-sums[reason], reason))
    named, others = largest[:3], largest[3:]
    said = [f"{reason.lower()} {wording.days(sums[reason])}" for reason in named]
    if others:
        said.append(f"other reasons {wording.days(sum(map(sums.__getitem__, others)))}")
    return said
