"""What a letter is made of, as plain values. No Django here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LetterSchool:
    name: str
    headteacher: str
    address_lines: Sequence[str]
    telephone: str
    email: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom one copy goes to; `language` is a BCP 47 tag, empty where it is not known."""

    name: str
    address_lines: Sequence[str]
    language: str


@dataclass(frozen=True, slots=True)
class LetterPupil:
    forename: str
    surname: str
    year_group: str
    registration_group: str
    sex: str
    born_on: date | None = None
