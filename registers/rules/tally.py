"""How marks count: sessions attended and missed, and the two lines of the law. No Django here.

All counts are sessions, not days. Lines are compared in whole numbers, so that nobody crosses one,
or misses it, by rounding; a rate is rounded once, where it is shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from registers.rules.codes import ATTENDED, AUTHORISED, LATE, UNAUTHORISED

PERSISTENT = Fraction(1, 10)
SEVERE = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Tally:
    """Sessions by how they count. `late` is L and U, which are in the other counts already;
    `unmarked` sessions are in no other."""

    attended: int = 0
    authorised: int = 0
    unauthorised: int = 0
    late: int = 0
    unmarked: int = 0

    @property
    def absent(self) -> int:
        return self.authorised + self.unauthorised

    @property
    def possible(self) -> int:
        return self.attended + self.authorised + self.unauthorised

    def __add__(self, other: "Tally") -> "Tally":
        """Of two pupils or two periods: a group's rate comes from its sums, never from a mean."""
        return Tally(
            self.attended + other.attended,
            self.authorised + other.authorised,
            self.unauthorised + other.unauthorised,
            self.late + other.late,
            self.unmarked + other.unmarked,
        )

    def __sub__(self, part: "Tally") -> "Tally":
        """What is left of a period without one of its parts."""
        return Tally(
            self.attended - part.attended,
            self.authorised - part.authorised,
            self.unauthorised - part.unauthorised,
            self.late - part.late,
            self.unmarked - part.unmarked,
        )

    def missed_at_least(self, share: Fraction) -> bool:
        """Exactly on the line is over it. Never true without a possible session."""
        possible = self.possible
        return possible > 0 and self.absent * share.denominator >= possible * share.numerator

    @property
    def persistently_absent(self) -> bool:
        return self.missed_at_least(PERSISTENT)

    @property
    def severely_absent(self) -> bool:
        return self.missed_at_least(SEVERE)

    @property
    def attendance_rate(self) -> Decimal | None:
        return rate(self.attended, self.possible)

    @property
    def absence_rate(self) -> Decimal | None:
        return rate(self.absent, self.possible)


NOTHING = Tally()


def rate(part: int, possible: int) -> Decimal | None:
    """Per cent to one place, a half rounded up, for showing only. None of none possible."""
    if possible <= 0:
        return None
    return Decimal((2000 * part + possible) // (2 * possible)).scaleb(-1)


def in_per_cent(rate: Decimal | None) -> str:
    """As it is shown: 0.0% of none attended, a dash of none possible."""
    return "–" if rate is None else f"{rate}%"


def total(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, start=NOTHING)


def tally_of(symbols: Iterable[str], *, unmarked: int = 0) -> Tally:
    """What the codes of some marks add up to; what is no code counts for nothing."""
    return tally_of_counts(Counter(symbols), unmarked=unmarked)


def tally_of_counts(marks: Mapping[str, int], *, unmarked: int = 0) -> Tally:
    """The same from the number of marks of each code."""
    return Tally(
        attended=_number(marks, ATTENDED),
        authorised=_number(marks, AUTHORISED),
        unauthorised=_number(marks, UNAUTHORISED),
        late=_number(marks, LATE),
        unmarked=unmarked,
    )


def _number(marks: Mapping[str, int], symbols: Iterable[str]) -> int:
    return sum(marks.get(symbol, 0) for symbol in symbols)
