"""Unique pupil numbers: a check letter, a local authority, and eight or nine more digits.

The arithmetic is python-stdnum's. Its list of local authorities is not used: authorities made since
2011, such as Cumberland, are not on it, and a school cannot wait for a library's next release.
"""

import re

from stdnum.gb import upn as arithmetic

from registers.rules.wording import shortened

LETTERS = "A-HJ-NP-RT-Z"  # no I, O or S, which are mistaken for digits
SHAPE = re.compile(rf"[{LETTERS}][0-9]{{11}}[0-9{LETTERS}]")


def normalise(text: str) -> str:
    """In capitals, without spaces; nothing is said about whether it is right."""
    return "".join(text.split()).upper()


def is_temporary(upn: str) -> bool:
    """A number that ends in a letter stands until the pupil's permanent one is known."""
    return upn[-1:].isalpha()


def why_not_upn(text: str) -> str | None:
    """Why this is no UPN, in a sentence fit to show; None when it is one.

    Upper or lower case and spaces are no reason: store what `normalise` makes of it.
    """
    upn = normalise(text)
    shown = shortened(upn, 20)
    if not upn:
        return "There is no UPN."
    if len(upn) != 13:
        return f"“{shown}” has {len(upn)} characters, and a UPN has 13."
    if not SHAPE.fullmatch(upn):
        return (
            f"“{upn}” is not a UPN: a letter, 11 digits, then a digit or, in a temporary UPN, "
            "a letter. I, O and S are never used."
        )
    letter = arithmetic.calc_check_digit(upn[1:])
    if letter != upn[0]:
        return f"“{upn}” has the wrong check letter: one of its characters is mistyped."
    return None
