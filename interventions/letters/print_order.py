"""The order in which letters go into their envelopes."""

from collections.abc import Sequence

from interventions.models import LetterCopy

ORDERS = {
    "postcode": "By postcode, as a post room sorts them",
    "name": "By the pupil’s surname",
}


def in_order(copies: Sequence[LetterCopy], order: str) -> list[LetterCopy]:
    """By postcode and recipient, or by the pupil's name; the copies bring their pupil."""
    return sorted(copies, key=_by_name if order == "name" else _by_postcode)


def _by_postcode(copy: LetterCopy) -> tuple[str, str, int]:
    lines = copy.address.splitlines()
    return ("".join(lines[-1].split()).upper() if lines else "", copy.recipient, copy.pk)


def _by_name(copy: LetterCopy) -> tuple[str, str, int]:
    pupil = copy.letter.enrolment.pupil
    return (pupil.sort_key, "", copy.pk)
