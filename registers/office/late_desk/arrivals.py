"""What the late desk makes of a pupil who has just come in. No Django, no clock of its own.

Before the register ends the pupil is late (L); after it the session counts as missed (U), unless a
better code stands, such as a dentist's appointment. Then the person at the desk is asked: the code
that stands can stay, with the time of arrival beside it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from registers.rules.clock import RegisterWindow
from registers.rules.codes import CODES, AttendanceCode, Category, Counts

LATE, AFTER_CLOSE, UNSETTLED = "L", "U", "N"


@dataclass(frozen=True, slots=True)
class Choice:
    """One press at the desk. `keeps` is a code that stands or is planned and stays."""

    code: str
    minutes: int
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """What can be done about a pupil who comes in: the first choice is the usual one.

    `settled` says, in words, why there is nothing to do; then there is no choice.
    """

    choices: tuple[Choice, ...]
    settled: str = ""

    @property
    def asks(self) -> bool:
        return len(self.choices) > 1


NOTHING_TO_DO = Arrival(())


@dataclass(frozen=True, slots=True)
class StandingMark:
    """The mark that stands as a pupil comes in: its code (empty: none), and the minutes in it."""

    symbol: str = ""
    minutes: int | None = None

    @property
    def settled(self) -> str:
        """Why it leaves nothing to do; empty where it does not."""
        code = CODES.get(self.symbol)
        if code is None:
            return ""
        if code.late:
            return "late already"
        if code.category is Category.PRESENT:
            return "present already"
        return "" if self.minutes is None else "in already"


NOT_MARKED = StandingMark()


class HasCodeAndMinutes(Protocol):
    """A mark, as the day's sheet or the register has it."""

    @property
    def code(self) -> str: ...

    @property
    def minutes_late(self) -> int | None: ...


def standing_of(mark: HasCodeAndMinutes | None) -> StandingMark:
    return StandingMark(mark.code, mark.minutes_late) if mark else NOT_MARKED


def late_code(window: RegisterWindow, now: datetime) -> str:
    """L until the register ends, U from then on."""
    return AFTER_CLOSE if window.has_ended(now) else LATE


def arrival(
    *,
    window: RegisterWindow,
    now: datetime,
    standing: StandingMark,
    planned: str | None = None,
) -> Arrival:
    """What the desk offers for a pupil with this mark and this plan.

    An N, an O or a G gives way to the clock: the pupil is here. Every other code that is no
    presence asks first.
    """
    if not window.has_opened(now):
        return Arrival((), "The register has not opened yet, so nobody is late.")
    if standing.settled:
        return Arrival((), standing.settled)
    by_clock = Choice(late_code(window, now), window.minutes_since_opening(now))
    return Arrival(_choices(by_clock, CODES.get(standing.symbol or planned or "")))


def _choices(by_clock: Choice, code: AttendanceCode | None) -> tuple[Choice, ...]:
    """What the clock gives, and beside it a better code that stands or is planned."""
    if code is None or code.counts is Counts.UNAUTHORISED:
        return (by_clock,)
    stays = Choice(code.symbol, by_clock.minutes, keeps=True)
    if by_clock.code == LATE:
        return (by_clock, stays)  # in time after all: that is attendance
    return (stays, by_clock)
