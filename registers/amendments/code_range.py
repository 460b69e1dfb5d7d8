"""One code over a range of sessions: what would change, what stays, what may not be. No Django."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple

from registers.rules.codes import CODES, Category, Half

PRESENT = {Half.AM: "/", Half.PM: "\\"}
# Of a child who came in, or was at an approved activity; U came in too, after the register ended.
WAS_IN = frozenset(
    code.symbol
    for code in CODES.values()
    if code.late or code.category in (Category.PRESENT, Category.APPROVED_ACTIVITY)
)


class MarksWanted(Enum):
    """Which marks of the range are meant."""

    ABSENT = "absent"  # absences and sessions without a mark: what a child who was in has stays
    EVERY = "every"


class HalfDay(NamedTuple):
    date: date
    half: int


class CurrentMark(NamedTuple):
    """A mark as it stands."""

    code: str
    version: int


UNMARKED = CurrentMark("", 0)


class RangeState(Enum):
    CHANGES = "changes"
    SAME = "same"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RangeSession:
    """One session of the range. `seen` is the version of the mark, 0 where there is none."""

    session: HalfDay
    before: str
    after: str
    seen: int
    state: RangeState
    why: str = ""


def code_for(symbol: str, half: int) -> str:
    """Present is / in the morning and \\ in the afternoon; every other code is itself."""
    return PRESENT[Half(half)] if symbol in PRESENT.values() else symbol


def between(sessions: Iterable[HalfDay], first: HalfDay, last: HalfDay) -> list[HalfDay]:
    """The sessions from `first` to `last`, both inclusive, in order."""
    return sorted(found for found in sessions if first <= found <= last)


def lines_of(
    sessions: Sequence[HalfDay],
    marks: Mapping[HalfDay, CurrentMark],
    *,
    symbol: str,
    which: MarksWanted,
    why_not: Callable[[str, HalfDay], str | None],
) -> list[RangeSession]:
    """What the code would do to each session. `why_not` answers in words fit to show."""
    return [
        _line(session, marks.get(session, UNMARKED), symbol, which, why_not) for session in sessions
    ]


def _line(
    session: HalfDay,
    mark: CurrentMark,
    symbol: str,
    which: MarksWanted,
    why_not: Callable[[str, HalfDay], str | None],
) -> RangeSession:
    after = code_for(symbol, session.half)
    before, seen = mark
    if before == after:
        return RangeSession(session, before, after, seen, RangeState.SAME)
    if which is MarksWanted.ABSENT and before in WAS_IN:
        return RangeSession(session, before, before, seen, RangeState.KEPT)
    if (why := why_not(after, session)) is not None:
        return RangeSession(session, before, after, seen, RangeState.REFUSED, why)
    return RangeSession(session, before, after, seen, RangeState.CHANGES)
