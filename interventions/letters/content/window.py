"""Fits a name and address into the window of a DL envelope. No Django here.

The window always shows 20 to 100 mm across and 57 to 79 mm down, so the lines stand in a box of
78 by 26 mm: six at the usual size. A line that is too wide is parted at its commas as far as six
lines go, then set smaller, then folded; a seventh line joins its neighbour. Nothing is ever cut.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

POINT = 0.3528  # mm
WIDTH, HEIGHT = 72.0, 26.0  # mm; the box is 6 mm wider, since widths here are estimates
USUAL_SIZE, LEAST_SIZE, STEP = 10.25, 8.0, 0.25  # points
SIZES = [USUAL_SIZE - STEP * n for n in range(round((USUAL_SIZE - LEAST_SIZE) / STEP) + 1)]
USUAL_LEADING, LEAST_LEADING = 4.3, 3.1  # mm
MOST_LINES = 6

NARROW, WIDE = frozenset("iljtfrI.,:;'’()-/ \N{NO-BREAK SPACE}"), frozenset("mwMW@%—")


def width(text: str, points: float = USUAL_SIZE) -> float:
    """About how many millimetres a text takes, rather too many than too few."""
    return sum(map(_ems, text)) * points * POINT


def fits(text: str, points: float) -> bool:
    return width(text, points) <= WIDTH


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
        if lines and fits(f"{lines[-1]} {word}", points):
            word = f"{lines.pop()} {word}"
        lines += _cut(word, points)
    return lines


def _cut(word: str, points: float) -> Iterator[str]:
    """A word in pieces that fit, the first ones as long as they can be."""
    while not fits(word, points):
        keep = next(n for n in range(len(word), 0, -1) if fits(word[:n], points))
        yield word[:keep]
        word = word[keep:]
    yield word


def part_at_commas(text: str, points: float = USUAL_SIZE) -> list[str]:
    """A line that is too wide as lines that end with its commas, as few as fit."""
    lines: list[str] = []
    for piece in filter(None, map(str.strip, text.split(","))):
        together = ", ".join([*lines[-1:], piece])
        if fits(together, points):
            lines[-1:] = [together]
        else:
            lines.append(piece)
    return [*(f"{line}," for line in lines[:-1]), *lines[-1:]]


def _parted(lines: Sequence[str]) -> tuple[list[str], float]:
    """Lines parted at commas where they are too wide, at the largest size at which they fit; as
    they are, and as small as can be, where they fit at none."""
    for points in SIZES:
        parts = list(chain.from_iterable(_parts(line, points) for line in lines))
        if len(parts) <= MOST_LINES and all(fits(part, points) for part in parts):
            return parts, points
    return list(lines), LEAST_SIZE


def _parts(line: str, points: float) -> list[str]:
    return [line] if fits(line, points) else part_at_commas(line, points)


def _join_shortest(lines: list[str]) -> list[str]:
    """Two neighbours on one line, but neither the name nor the last line, the postcode."""
    at = min(range(1, len(lines) - 2), key=lambda n: width(lines[n]) + width(lines[n + 1]))
    return [*lines[:at], f"{lines[at]}, {lines[at + 1]}", *lines[at + 2 :]]


def address_in_window(name: str, address_lines: Sequence[str]) -> dict:
    """The lines, with the size in points and the leading in millimetres that let them fit."""
    lines = list(filter(None, (" ".join(line.split()) for line in (name, *address_lines))))
    while len(lines) > MOST_LINES:
        lines = _join_shortest(lines)
    lines, points = _parted(lines)
    folded = list(chain.from_iterable(fold(line, points) for line in lines))
    leading = min(USUAL_LEADING, HEIGHT / max(len(folded), 1))
    return {"lines": folded, "points": points, "leading": round(max(leading, LEAST_LEADING), 2)}


def space_above(lines: int, leading: float) -> float:
    """Millimetres from the top of the box to an address of so many lines, in its middle."""
    return max(0.0, round((HEIGHT - lines * leading) / 2, 2))
