"""Which codes a teacher may set: a few for every day; the office sets the others. No Django."""

from collections.abc import Sequence
from typing import Protocol

from registers.rules.codes import CODES, Category

ALWAYS = ("/", "\\", "L", "N")  # no register can be taken without these
USUAL = (*ALWAYS, "M", "I")  # a parent or the pupil often tells the teacher of these first


class HasEverydayCodes(Protocol):
    everyday_codes: Sequence[str]


def choosable() -> list[str]:
    """What a school may give its teachers: codes in force of the regulations.

    `#` closes a session and Z stands for no pupil of the roll: neither is ever a teacher's.
    """
    return [
        code.symbol
        for code in CODES.values()
        if code.in_force_until is None and code.category is not Category.OUTSIDE
    ]


def everyday_codes(school: HasEverydayCodes) -> list[str]:
    """The symbols that a teacher of this school may set, in the order of the national list."""
    chosen = {*ALWAYS, *(school.everyday_codes or USUAL)}
    return [symbol for symbol in choosable() if symbol in chosen]
