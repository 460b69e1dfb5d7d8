"""The heading of a column of marks → which day and session, and what it holds. No Django here."""

import re
from dataclasses import dataclass
from enum import Enum

from registers.exchange.marks.days import WrittenDay, find_day, find_weekday
from registers.rules.codes import Half

AM = r"a\.?m\.?|mornings?"
PM = r"p\.?m\.?|afternoons?"
HALF = re.compile(rf"(?<![a-z])(?:(?P<am>{AM})|(?P<pm>{PM}))(?![a-z])", re.IGNORECASE)
HOLDS = re.compile(
    r"(?P<minutes>\b(?:late\s+)?min(?:ute)?s?(?:\s+late)?\b)|(?P<comment>\b(?:comments?|notes?)\b)",
    re.IGNORECASE,
)
WEEK = re.compile(
    r"\bw(?:ee)?k\b\.?\s*(?:no\.?|beginning|commencing|starting|start|ending|of)?|\bw\s*/?\s*[bce]\b",
    re.IGNORECASE,
)
# What may stand beside a session in a heading and says nothing of its own.
IDLE = re.compile(
    r"\b(?:marks?|codes?|sessions?|reg(?:istration|ister)?|attendance|date|day)\b", re.IGNORECASE
)
LETTERS = re.compile(r"[^\W_]|[%#£]")
# What systems call the columns of a row per mark.
DATE_NAMES = frozenset(
    {"date", "mark date", "attendance date", "session date", "day", "event date"}
)
SESSION_NAMES = frozenset(
    {"session", "session name", "am/pm", "ampm", "session type", "half", "part"}
)
CODE_NAMES = frozenset(
    {"code", "mark", "attendance mark", "attendance code", "mark code", "session mark"}
)


class Holds(Enum):
    MARK = "mark"
    MINUTES = "minutes late"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class SessionHeading:
    """What a heading says. A day, a weekday, a half: at least one of them is there."""

    day: WrittenDay | None
    weekday: int | None
    half: Half | None
    holds: Holds
    of_week: bool = False  # the day is the week's, and the weekday counts from there


def read_heading(text: str) -> SessionHeading | None:
    """None for a column that is not of marks, such as “Surname”, “Total AM” or “Date of birth”."""
    plain = text.replace("_", " ").strip()
    day, rest = find_day(plain) or (None, plain)
    weekday, rest = find_weekday(rest) or (None, rest)
    half, rest = _half(rest)
    if day is None and weekday is None and half is None:
        return None
    holds, rest = _holds(rest)
    if not _is_idle(rest):
        return None
    of_week = weekday is not None and bool(WEEK.search(rest))
    return SessionHeading(day, weekday, half, holds, of_week)


def _half(text: str) -> tuple[Half | None, str]:
    found = HALF.search(text)
    if not found:
        return None, text
    return Half.AM if found["am"] else Half.PM, HALF.sub(" ", text, count=1)


def _is_idle(text: str) -> bool:
    """Whether nothing is left that would make it another column."""
    return not LETTERS.search(IDLE.sub(" ", WEEK.sub(" ", text)))


def is_called(text: str, names: frozenset[str]) -> bool:
    return " ".join(text.casefold().split()) in names


def is_week_heading(text: str) -> bool:
    """Whether a column holds the week that its row is about: “Week commencing”."""
    return bool(WEEK.search(text)) and _is_idle(text)


def _holds(text: str) -> tuple[Holds, str]:
    found = HOLDS.search(text)
    if not found:
        return Holds.MARK, text
    kind = Holds.MINUTES if found["minutes"] else Holds.COMMENT
    return kind, text[: found.start()] + " " + text[found.end() :]
