"""A cell's text → a value, or words that say what was expected. Nothing is ever guessed."""

import re
from datetime import date

from registers.exchange.problems.errors import WrongCell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import shortened
from registers.rules.calendar import is_academic_year
from registers.rules.codes import CODES, Half
from registers.rules.pupils import year_groups
from registers.rules.pupils.languages import tag_of

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
EXCEL_NUMBER = re.compile(r"\d{5}(\.\d+)?")
WHOLE_NUMBER = re.compile(r"0*[0-9]{1,9}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NO_MARK = "-"  # how several systems write that a session has no mark
MOST_MINUTES = 999


def read_date(text: str) -> date:
    if ISO.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise WrongCell(ProblemKind.NOT_A_DAY, cell=shortened(text)) from None
    if EXCEL_NUMBER.fullmatch(text):
        raise WrongCell(ProblemKind.SPREADSHEET_DAY, cell=shortened(text))
    raise WrongCell(ProblemKind.NOT_A_WRITTEN_DATE, cell=shortened(text))


def read_year_group(text: str) -> str:
    if (code := year_groups.normalise(text)) is None:
        raise WrongCell(
            ProblemKind.NOT_A_YEAR_GROUP, cell=shortened(text), expected=year_groups.EXPECTED
        )
    return code


def read_half(text: str) -> Half:
    if text.upper() not in Half.__members__:
        raise WrongCell(ProblemKind.NOT_A_SESSION, cell=shortened(text))
    return Half[text.upper()]


def read_flag(text: str) -> bool:
    if text.upper() not in ("Y", "N"):
        raise WrongCell(ProblemKind.NOT_A_FLAG, cell=shortened(text))
    return text.upper() == "Y"


def read_code(text: str) -> tuple[str, bool]:
    """The symbol or NO_MARK, and whether it had to be tidied: stray spaces, lower case."""
    if text in CODES:
        return text, False
    tidy = text.strip().upper()
    if tidy in ("", NO_MARK, "–", "—"):
        return NO_MARK, False
    if tidy in CODES:
        return tidy, True
    raise WrongCell(ProblemKind.NOT_A_CODE, cell=shortened(text))


def whole_number(text: str, within: range, kind: ProblemKind, **values: int) -> int:
    """Raises WrongCell for what is no number in plain digits, or none of `within`."""
    if WHOLE_NUMBER.fullmatch(text) and int(text) in within:
        return int(text)
    raise WrongCell(kind, cell=shortened(text), **values)


def read_minutes(text: str) -> int | None:
    if not text:
        return None
    minutes = range(MOST_MINUTES + 1)
    return whole_number(text, minutes, ProblemKind.NOT_MINUTES, most=MOST_MINUTES)


def read_urn(text: str) -> str:
    return _digits(text, 6)


def read_laestab(text: str) -> str:
    """Seven digits; 330/4001 is written for 3304001 too."""
    return _digits(text.replace("/", ""), 7)


def _digits(text: str, digits: int) -> str:
    if not re.fullmatch(rf"[0-9]{{{digits}}}", text):
        raise WrongCell(ProblemKind.NOT_DIGITS, digits=digits)
    return text


def read_academic_year(text: str) -> str:
    if not is_academic_year(text):
        raise WrongCell(ProblemKind.NOT_AN_ACADEMIC_YEAR, cell=shortened(text))
    return text


def read_email(text: str) -> str:
    if text and not EMAIL.fullmatch(text):
        raise WrongCell(ProblemKind.NOT_AN_EMAIL, cell=shortened(text))
    return text


def read_language(text: str) -> str:
    """The tag of a language, by its name or the tag itself: pl for Polish, pt-BR as it is."""
    tag = tag_of(text) if text else ""
    if tag is None:
        raise WrongCell(ProblemKind.NOT_A_LANGUAGE, cell=shortened(text))
    return tag


def read_priority(text: str) -> int:
    return whole_number(text, range(1, 100), ProblemKind.NOT_A_PRIORITY)
