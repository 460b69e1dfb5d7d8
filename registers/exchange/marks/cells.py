"""What a cell of a day or a grid holds: a mark, its minutes, or a morning and an afternoon."""

import re
from functools import lru_cache

from registers.rules.codes import CODES

LATE_WITH_MINUTES = re.compile(
    r"([LU])\s*[(:]?\s*(\d{1,3})\s*(?:m|mins?|minutes?)?\s*\)?", re.IGNORECASE
)
PART = re.compile(r"[^\s,;|]+")
_CODE = "|".join(map(re.escape, sorted([*CODES, "-"], key=len)))
GLUED = re.compile(f"({_CODE})({_CODE})")
BOTH = ("AM", "PM")


@lru_cache  # a file has few different cells, and each of them many times
def part_minutes(text: str) -> tuple[str, str]:
    """“L 12” or “L (12 min)” → L and 12; any other cell as it is, and no minutes."""
    late = LATE_WITH_MINUTES.fullmatch(text)
    return (late[1], late[2]) if late else (text, "")


def part_day(text: str) -> list[tuple[str, str]]:
    r"""The marks of a cell that stands for a whole day: “/\”, “/ N”, “II” → AM and PM.

    A cell with one code is given back without a session: the file does not say which.
    """
    parts = PART.findall(text)
    if len(parts) == 1:
        parts = _unglued(parts[0])
    return list(zip(BOTH, parts, strict=True)) if len(parts) == len(BOTH) else [("", text)]


def _unglued(text: str) -> list[str]:
    """Two codes that touch, apart; C1 is one code."""
    two = GLUED.fullmatch(text)
    return [text] if two is None or text in CODES else list(two.groups())
