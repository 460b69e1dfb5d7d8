"""Fits a name and address into the window of a DL envelope. No Django here.

The window always shows 20 to 100 mm across and 57 to 79 mm down, so the lines stand in a box of
78 by 26 mm: six at the usual size. A line that is too wide is set smaller, then folded; a seventh
line joins its neighbour. Nothing is ever cut.
"""

from collections.abc import Sequence

POINT = 0.3528  # mm
WIDTH, HEIGHT = 72.0, 26.0  # mm; the box is 6 mm wider, since widths here are estimates
USUAL_SIZE, LEAST_SIZE = 10.25, 8.0  # points
USUAL_LEADING, LEAST_LEADING = 4.3, 3.1  # mm
MOST_LINES = 6

NARROW, WIDE = frozenset("iljtfrI.,:;'’()-/ \N{NO-BREAK SPACE}"), frozenset("mwMW@%—")


def width(text: str, points: float = USUAL_SIZE) -> float:
    """About how many millimetres a text takes, rather too many than too few."""
    return sum(_ems(character) for character in text) * points * POINT


def _ems(character: str) -> float:
    if character in NARROW:
        return 0.34
    if character in WIDE:
        return 0.86
    if ord(character) >= 0x2E80:  # Chinese, Japanese and Korean fill the square
        return 1.0
    return 0.62 if character.isupper() else 0.54


def fold(text: str, points: float) -> list[str]:
    """A text as lines that fit, parted between words, or inside a word as the last resort."""
    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}", points) <= WIDTH:
            word = f"{lines.pop()} {word}"
        while width(word, points) > WIDTH:
            keep = next(n for n in range(len(word), 0, -1) if width(word[:n], points) <= WIDTH)
            lines.append(word[:keep])
            word = word[keep:]
        lines.append(word)
    return lines


def _join_shortest(lines: list[str]) -> list[str]:
    """Two neighbours on one line, but neither the name nor the last line, the postcode."""
    at = min(range(1, len(lines) - 2), key=lambda n: width(lines[n]) + width(lines[n + 1]))
    return [*lines[:at], f"{lines[at]}, {lines[at + 1]}", *lines[at + 2 :]]


def address_in_window(name: str, address_lines: Sequence[str]) -> dict:
    """The lines, with the size in points and the leading in millimetres that let them fit."""
    lines = [" ".join(line.split()) for line in (name, *address_lines) if line.strip()]
    while len(lines) > MOST_LINES:
        lines = _join_shortest(lines)
    points = USUAL_SIZE
    while points > LEAST_SIZE and any(width(line, points) > WIDTH for line in lines):
        points -= 0.25
    folded = [piece for line in lines for piece in fold(line, points)]
    leading = min(USUAL_LEADING, HEIGHT / max(len(folded), 1))
    return {"lines": folded, "points": points, "leading": round(max(leading, LEAST_LEADING), 2)}
