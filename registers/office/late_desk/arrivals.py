"""What the late desk makes of a pupil who has just come in. No Django, no clock of its own.

Before the register ends the pupil is late (L); after it the session counts as missed (U), unless a
better code stands, such as a dentist's appointment. Then the person at the desk is asked: the code
that stands can stay, with the time of arrival beside it.
"""

from dataclasses import dataclass
from datetime import datetime

from registers.rules.clock import RegisterWindow
from registers.rules.codes import CODES, Category, Counts

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


def late_code(window: RegisterWindow, now: datetime) -> str:
    """L until the register ends, U from then on."""
    return AFTER_CLOSE if window.has_ended(now) else LATE


def arrival(
    *,
    window: RegisterWindow,
    now: datetime,
    standing: str | None,
    minutes: int | None = None,
    planned: str | None = None,
) -> Arrival:
    """What the desk offers for a pupil with this mark (None: none yet) and this plan.

    `minutes` are those of the mark that stands. An N, an O or a G gives way to the clock: the
    pupil is here. Every other code that is no presence asks first.
    """
    if not window.has_opened(now):
        return Arrival((), "The register has not opened yet, so nobody is late.")
    if settled := _settled(standing, minutes):
        return Arrival((), settled)
    by_clock = Choice(late_code(window, now), window.minutes_since_opening(now))
    code = CODES.get(standing or planned or "")
    if code is None or code.counts is Counts.UNAUTHORISED:
        return Arrival((by_clock,))
    stays = Choice(code.symbol, by_clock.minutes, keeps=True)
    if by_clock.code == LATE:
        return Arrival((by_clock, stays))  # in time after all: that is attendance
    return Arrival((stays, by_clock))


def _settled(standing: str | None, minutes: int | None) -> str:
    """Why a mark that stands leaves nothing to do; empty where it does not."""
    code = CODES.get(standing or "")
    if code is None:
        return ""
    if code.late:
        return "late already"
    if code.category is Category.PRESENT:
        return "present already"
    return "" if minutes is None else "in already"
