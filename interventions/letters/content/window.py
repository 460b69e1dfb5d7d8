"""Fits a name and address into the window of a DL envelope. No Django here.

The window always shows 20 to 100 mm across and 57 to 79 mm down, so the lines stand in a box of
78 by 26 mm: six at the usual size. A line that is too wide is parted at its commas as far as six
lines go, then set smaller, then folded; a seventh line joins its neighbour. Nothing is ever cut.
"""

from collections.abc import Sequence

POINT = 0.3528  # mm
WIDTH, HEIGHT = 72.0, 26.0  # mm; the box is 6 mm wider, since widths here are estimates
USUAL_SIZE, LEAST_SIZE, STEP = 10.25, 8.0, 0.25  # points
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


def part_at_commas(text: str, points: float = USUAL_SIZE) -> list[str]:
    """A line that is too wide as lines that end with its commas, as few as fit."""
    lines: list[str] = []
    for piece in text.split(","):
        together = f"{lines[-1]}, {piece.strip()}" if lines else piece.strip()
        if lines and width(together, points) <= WIDTH:
            lines[-1] = together
        elif piece.strip():
            lines.append(piece.strip())
    return [*(f"{line}," for line in lines[:-1]), *lines[-1:]]


def _parted(lines: Sequence[str]) -> tuple[list[str], float] | None:
    """Lines parted at commas where they are too wide, at the largest size at which they fit."""
    points = USUAL_SIZE
    while points >= LEAST_SIZE:
        parts = [
            part
            for line in lines
            for part in (part_at_commas(line, points) if width(line, points) > WIDTH else [line])
        ]
        if len(parts) <= MOST_LINES and all(width(part, points) <= WIDTH for part in parts):
            return parts, points
        points -= STEP
    return None


def _join_shortest(lines: list[str]) -> list[str]:
    """Two neighbours on one line, but neither the name nor the last line, the postcode."""
    at = min(range(1, len(lines) - 2), key=lambda n: width(lines[n]) + width(lines[n + 1]))
    return [*lines[:at], f"{lines[at]}, {lines[at + 1]}", *lines[at + 2 :]]


def address_in_window(name: str, address_lines: Sequence[str]) -> dict:
    """The lines, with the size in points and the leading in millimetres that let them fit."""
    lines = [" ".join(line.split()) for line in (name, *address_lines) if line.strip()]
    while len(lines) > MOST_LINES:
        lines = _join_shortest(lines)
    lines, points = _parted(lines) or (lines, LEAST_SIZE)
    folded = [piece for line in lines for piece in fold(line, points)]
    leading = min(USUAL_LEADING, HEIGHT / max(len(folded), 1))
    return {"lines": folded, "points": points, "leading": round(max(leading, LEAST_LEADING), 2)}


def space_above(lines: int, leading: float) -> float:
    """Millimetres from the top of the box to an address of so many lines, in its middle."""
    return max(0.0, round((HEIGHT - lines * leading) / 2, 2))
