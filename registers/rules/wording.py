"""Numbers, days and lists in words, for every page and message. No Django in this module."""

from collections.abc import Iterable
from datetime import date, datetime


def many(number: int, one: str, more: str = "") -> str:
    """1 pupil, 1,035 pupils."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def plural(number: int, one: str, more: str) -> str:
    """The word alone: stands for 1, stand for others."""
    return one if number == 1 else more


def listed(parts: Iterable[str]) -> str:
    """Words in a row: a, b and c."""
    *first, last = [*parts] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def shortened(text: str, most: int) -> str:
    """At most so many characters, and a sign that there were more."""
    return text if len(text) <= most else f"{text[:most]}…"


def first_so(*cases: tuple[object, str], otherwise: str = "") -> str:
    """Of (is so, words) the words of the first that is so."""
    return next((words for is_so, words in cases if is_so), otherwise)


def all_so(*cases: tuple[object, str]) -> list[str]:
    """Of (is so, words) the words of each that is so, in order."""
    return [words for is_so, words in cases if is_so]


def clock_time(at: datetime) -> str:
    """8:45. `at` is local already."""
    return f"{at.hour}:{at:%M}"


def day_and_month(on: date) -> str:
    """Friday 20 November"""
    return f"{on:%A} {on.day} {on:%B}"
