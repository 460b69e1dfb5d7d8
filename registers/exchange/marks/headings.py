"""The heading of a column of marks → which day and session, and what it holds. No Django here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from registers.exchange.marks.days import WrittenDay, cut_out, find_day, find_weekday
from registers.rules.codes import Half

AM = r"a\.?m\.?|mornings?"
PM = r"p\.?m\.?|afternoons?"
HALF = re.compile(rf"(?<![a-z])(?:(?P<AM>{AM})|(?P<PM>{PM}))(?![a-z])", re.IGNORECASE)
HOLDS = re.compile(
    r"(?P<MINUTES>\b(?:late\s+)?min(?:ute)?s?(?:\s+late)?\b)|(?P<COMMENT>\b(?:comments?|notes?)\b)",
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


class Holds(StrEnum):
    MARK = "mark"
    MINUTES = "minutes late"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class SessionHeading:
    """What a heading says: of a column of marks a day, a weekday or a half at least."""

    day: WrittenDay | None
    weekday: int | None
    half: Half | None
    holds: Holds
    of_week: bool = False  # the day is the week's, and the weekday counts from there

    @property
    def key(self) -> tuple[WrittenDay | None, int | None, Half | None]:
        """The session, as far as it is named."""
        return self.day, self.weekday, self.half

    @property
    def on_day(self) -> tuple[WrittenDay | None, int | None]:
        return self.day, self.weekday

    @property
    def has_day(self) -> bool:
        return self.on_day != (None, None)

    @property
    def is_weekday_alone(self) -> bool:
        return self.day is None and self.weekday is not None

    @property
    def is_whole(self) -> bool:
        """Whether it names one session by itself."""
        return None not in (self.day, self.half)

    @property
    def session(self) -> str:
        """AM or PM; empty for a column of the whole day."""
        return "" if self.half is None else self.half.name

    @property
    def is_of_session(self) -> bool:
        return self.has_day or self.half is not None


def read_heading(text: str) -> SessionHeading | None:
    """None for a column that is not of marks, such as “Surname”, “Total AM” or “Date of birth”."""
    plain = text.replace("_", " ").strip()
    day, rest = find_day(plain)
    weekday, rest = find_weekday(rest)
    half, rest = _half(rest)
    holds, rest = _holds(rest)
    of_week = weekday is not None and bool(WEEK.search(rest))
    says = SessionHeading(day, weekday, half, holds, of_week)
    return says if says.is_of_session and _is_idle(rest) else None


def _half(text: str) -> tuple[Half | None, str]:
    match, rest = cut_out(HALF, text)
    return (Half[str(match.lastgroup)] if match else None), rest


def _holds(text: str) -> tuple[Holds, str]:
    match, rest = cut_out(HOLDS, text)
    return (Holds[str(match.lastgroup)] if match else Holds.MARK), rest


def _is_idle(text: str) -> bool:
    """Whether nothing is left that would make it another column."""
    return not LETTERS.search(IDLE.sub(" ", WEEK.sub(" ", text)))


def is_called(text: str, names: frozenset[str]) -> bool:
    return " ".join(text.casefold().split()) in names


def find_column(columns: Sequence[str], names: frozenset[str]) -> int | None:
    """The place of the first column that is called by one of the names."""
    places = (place for place, column in enumerate(columns) if is_called(column, names))
    return next(places, None)


def is_week_heading(text: str) -> bool:
    """Whether a column holds the week that its row is about: “Week commencing”."""
    return bool(WEEK.search(text)) and _is_idle(text)
