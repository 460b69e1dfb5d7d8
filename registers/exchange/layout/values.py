"""A cell's text → a value, or words that say what was expected. Nothing is ever guessed."""

import re
from datetime import date

from registers.exchange.layout.problems import shown
from registers.rules.calendar import is_academic_year
from registers.rules.codes import CODES, Half
from registers.rules.pupils import year_groups
from registers.rules.pupils.languages import tag_of

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
EXCEL_NUMBER = re.compile(r"\d{5}(\.\d+)?")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
EXPECTED = "write dates as year-month-day, such as 2025-09-02"
NO_MARK = "-"  # how several systems write that a session has no mark
MOST_MINUTES = 999


class WrongCell(ValueError):
    """Why a cell cannot be what its column says, in words."""


def read_date(text: str) -> date:
    if ISO.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise WrongCell(f"{shown(text)} is no day of the calendar") from None
    if EXCEL_NUMBER.fullmatch(text):
        raise WrongCell(
            f"{shown(text)} looks like a spreadsheet's number for a day: give the column a date "
            f"format, and {EXPECTED}"
        )
    raise WrongCell(f"{shown(text)} is not a date as it must be written: {EXPECTED}")


def read_year_group(text: str) -> str:
    if (code := year_groups.normalise(text)) is None:
        raise WrongCell(f"{shown(text)} is not a year group: write {year_groups.EXPECTED}")
    return code


def read_half(text: str) -> Half:
    if text.upper() not in Half.__members__:
        raise WrongCell(f"{shown(text)} is not a session: write AM or PM")
    return Half[text.upper()]


def read_flag(text: str) -> bool:
    if text.upper() not in ("Y", "N"):
        raise WrongCell(f"{shown(text)} is neither Y nor N")
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
    raise WrongCell(f"{shown(text)} is not an attendance code")


def read_minutes(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:9]) > MOST_MINUTES:
        raise WrongCell(f"{shown(text)} is not a number of minutes from 0 to {MOST_MINUTES}")
    return int(text)


def read_academic_year(text: str) -> str:
    if not is_academic_year(text):
        raise WrongCell(f"{shown(text)} is not an academic year: write it as 2025/26")
    return text


def read_email(text: str) -> str:
    if text and not EMAIL.fullmatch(text):
        raise WrongCell(f"{shown(text)} is not an e-mail address")
    return text


def read_language(text: str) -> str:
    """The tag of a language, by its name or the tag itself: pl for Polish, pt-BR as it is."""
    tag = tag_of(text) if text else ""
    if tag is None:
        raise WrongCell(f"{shown(text)} is not a language: write its name in English, or its tag")
    return tag


def read_priority(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= 99:
        raise WrongCell(f"{shown(text)} is not a priority from 1 to 99")
    return int(text)
