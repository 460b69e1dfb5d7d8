"""The admission register's rules: times on the roll, and why a name is taken off. No Django here.

The grounds are those of regulation 9(1) of SI 2024/208, in our own words and with their letters; no
other ground deletes the name of a pupil of compulsory school age.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from registers.rules.allowed_codes import day_in_words

LEADING_NUMBER = re.compile(r"\d+", re.ASCII)

GROUNDS: dict[str, str] = {
    "9(1)(a) Registered at another school": "Not where both schools agreed to dual registration.",
    "9(1)(b) Nursery education ended": "Does not go on to this school’s reception class.",
    "9(1)(c) Dual registered, the other schools agree": "Stays at the other school alone.",
    "9(1)(d) School attendance order names another school": "The authority changed the order.",
    "9(1)(e) School attendance order revoked": "The authority found other education suitable.",
    "9(1)(f) Home education, the parent has written": "The parent’s notice must be in writing.",
    "9(1)(g) Moved too far away": "No longer lives within a reasonable distance.",
    "9(1)(h) Not returned after leave, and not found": "After ten school days and enquiries.",
    "9(1)(i) Absent for 20 school days, and not found": (
        "Every session in a row G, N or O, and enquiries together with the authority."
    ),
    "9(1)(j) Detained under a sentence": "And not expected back when it ends.",
    "9(1)(k) Died": "",
    "9(1)(l) Over compulsory school age, and leaving": "From the last Friday of June of year 11.",
    "9(1)(m) Boarding fees not paid": "Boarders at maintained schools and academies.",
    "9(1)(n) No longer a pupil of an independent or special school": "Non-maintained schools.",
    "9(1)(o) Permanently excluded": "When the review is over, or its time has passed.",
    "Outside compulsory school age, and no longer attends": "",
}
FARTHEST_AHEAD = timedelta(days=3 * 365)
EARLIEST = date(1990, 1, 1)
NO_LAST_DAY = "Give the last day on the roll, or choose no ground"


@dataclass(frozen=True, slots=True)
class Spell:
    """A time on the roll as somebody wants it; both days are included."""

    starts_on: date
    leaves_on: date | None = None
    leaving_ground: str = ""
    kind: str = "main"


class Dates(Protocol):
    """Whatever has the two days of a time on the roll."""

    @property
    def starts_on(self) -> date: ...

    @property
    def leaves_on(self) -> date | None: ...


def is_on_roll(spell: Dates, on: date) -> bool:
    return spell.starts_on <= on <= (spell.leaves_on or date.max)


def is_on_roll_between(spell: Dates, first: date, last: date) -> bool:
    """On one of the days at least."""
    return spell.starts_on <= last and first <= (spell.leaves_on or date.max)


def last_day(spell: Dates) -> date:
    """Of one without an end, the last day that there is."""
    return spell.leaves_on or date.max


def what_is_wrong(
    spell: Spell, *, born_on: date | None, others: Iterable[Spell], today: date
) -> dict[str, str]:
    """What must be put right: the field, and a sentence for each."""
    wrong = _wrong_entry(spell, born_on, today) | _wrong_leaving(spell)
    for other in others:
        if overlap(spell, other) and "leaves_on" not in wrong:
            field = "starts_on" if other.starts_on <= spell.starts_on else "leaves_on"
            wrong.setdefault(field, _overlaps(other))
    return wrong


def _wrong_entry(spell: Spell, born_on: date | None, today: date) -> dict[str, str]:
    if not EARLIEST <= spell.starts_on <= today + FARTHEST_AHEAD:
        return {"starts_on": "Choose a date of entry from 1990 to three years from now"}
    if born_on and born_on >= spell.starts_on:
        born = day_in_words(born_on)
        return {"starts_on": f"The date of birth, {born}, is not before this day"}
    return {}


def _wrong_leaving(spell: Spell) -> dict[str, str]:
    if spell.leaves_on is None:
        return {"leaves_on": NO_LAST_DAY} if spell.leaving_ground else {}
    wrong = {}
    if spell.leaves_on < spell.starts_on:
        entry = day_in_words(spell.starts_on)
        wrong["leaves_on"] = f"The date of entry, {entry}, is after this day"
    if not spell.leaving_ground:
        wrong["leaving_ground"] = "Choose the ground on which the name is taken off the roll"
    return wrong


def _overlaps(other: Spell) -> str:
    return (
        f"The pupil is on the roll already from {day_in_words(other.starts_on)} "
        f"{until_in_words(other.leaves_on)}: two times on the roll cannot overlap"
    )


def until_in_words(last: date | None) -> str:
    """Of a time on the roll and the like: until its last day, or without an end."""
    return f"until {day_in_words(last)}" if last else "without an end"


def overlap(one: Dates, other: Dates) -> bool:
    return is_on_roll_between(one, other.starts_on, last_day(other))


def in_natural_order(names: Iterable[str]) -> list[str]:
    """7, 8, 10, then R, and 9B before 10A: numbers by size, before words."""
    return sorted(names, key=_natural_rank)


def _natural_rank(name: str) -> tuple[bool, int, str]:
    number = LEADING_NUMBER.match(name)
    return (number is None, int(number[0]) if number else 0, name)
