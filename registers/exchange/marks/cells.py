"""What a cell of a day or a grid holds: a mark, its minutes, or a morning and an afternoon."""

import re

from registers.rules.codes import CODES, Half

LATE_WITH_MINUTES = re.compile(
    r"([LU])\s*[(:]?\s*(\d{1,3})\s*(?:m|mins?|minutes?)?\s*\)?", re.IGNORECASE
)
APART = re.compile(r"[\s,;|]+")
NOTHING = ("-", "#")


def part_minutes(text: str) -> tuple[str, str]:
    """“L 12” or “L (12 min)” → L and 12; any other cell as it is, and no minutes."""
    if len(text) < 2 or text[0] not in "LUlu":
        return text, ""
    found = LATE_WITH_MINUTES.fullmatch(text)
    return (found[1], found[2]) if found else (text, "")


def part_day(text: str) -> list[tuple[Half | None, str]]:
    r"""The marks of a cell that stands for a whole day: “/\”, “/ N”, “II” → morning, afternoon.

    A cell with one code is given back without a half: the file does not say which.
    """
    parts = [part for part in APART.split(text) if part]
    if len(parts) == 1:
        parts = _glued(parts[0])
    if len(parts) == 2:
        return [(Half.AM, parts[0]), (Half.PM, parts[1])]
    return [(None, text)]


def _glued(text: str) -> list[str]:
    if text in CODES:
        return [text]
    for cut in (1, 2):
        one, two = text[:cut], text[cut:]
        if _is_code(one) and _is_code(two):
            return [one, two]
    return [text]


def _is_code(text: str) -> bool:
    return text in CODES or text in NOTHING
