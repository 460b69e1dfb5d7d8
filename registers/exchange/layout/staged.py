"""Checked marks on their way to the register: eight bytes each, kept with their enrolment.

A mark is one whole number, so that 700,000 of them take six megabytes, sort in a blink, and no
database is held while a folder is read. From the highest bits: the day and half, the code, the
minutes late, and the line of marks.csv that it came from.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from registers.rules.admission import is_on_roll
from registers.rules.allowed_codes import PupilFacts
from registers.rules.codes import CODES

SYMBOLS = tuple(CODES)
NUMBER = {symbol: number for number, symbol in enumerate(SYMBOLS)}
LINE_BITS, MINUTES_BITS, CODE_BITS = 24, 10, 6
SESSION_SHIFT = LINE_BITS + MINUTES_BITS + CODE_BITS
MOST_LINES = 1 << LINE_BITS


class StagedMark(NamedTuple):
    session: int  # twice the day's ordinal, plus the half
    code: str
    minutes_late: int | None
    line: int

    @property
    def date(self) -> date:
        return date.fromordinal(self.session >> 1)

    @property
    def half(self) -> int:
        return self.session & 1

    @property
    def place(self) -> tuple[int, int]:
        """Session and line: a line of a day or a grid has many marks, two lines may have one."""
        return self.session, self.line


def pack(ordinal: int, half: int, code: str, minutes: int | None, line: int) -> int:
    session = ordinal << 1 | half
    number = session << CODE_BITS | NUMBER[code]
    return (number << MINUTES_BITS | (0 if minutes is None else minutes + 1)) << LINE_BITS | line


def unpack(number: int) -> StagedMark:
    minutes = number >> LINE_BITS & (1 << MINUTES_BITS) - 1
    code = SYMBOLS[number >> LINE_BITS + MINUTES_BITS & (1 << CODE_BITS) - 1]
    return StagedMark(
        number >> SESSION_SHIFT, code, minutes - 1 if minutes else None, number & MOST_LINES - 1
    )


@dataclass
class StagedSpell:
    """A time on the roll with the marks that the folder has for it."""

    upn: str
    facts: PupilFacts
    enrolment_id: int | None = None  # None: not in Rollbook yet
    marks: "array[int]" = field(default_factory=lambda: array("q"))
    comments: dict[tuple[int, int], str] = field(default_factory=dict)  # by `StagedMark.place`

    @property
    def starts_on(self) -> date:
        return self.facts.starts_on

    @property
    def leaves_on(self) -> date | None:
        return self.facts.leaves_on

    def covers(self, on: date) -> bool:
        return is_on_roll(self.facts, on)

    def staged(self) -> Iterator[StagedMark]:
        return map(unpack, self.marks)
