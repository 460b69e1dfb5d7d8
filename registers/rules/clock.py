"""When a register opens, is due, is overdue and ends, and how it stands. No Django, no clock here.

A session is a date and a half; only its register has times. They are the school's, on the wall of
Europe/London, and everything here is an aware moment, so that the clocks may change between two
registers. `now` always comes from the caller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from registers.rules.codes import Half

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
EVERY_DAY = range(7)


class RegisterTimes(Protocol):
    """What a school has decided: its times from the beginning, and those that came later.

    `later_times` are rows of `from_on` (a date as text), `weekdays` (Monday 0; empty: every day),
    `morning_at`, `afternoon_at` (hours and minutes as text) and `minutes`; see `times_on`.
    """

    @property
    def morning_at(self) -> time: ...
    @property
    def afternoon_at(self) -> time: ...
    @property
    def register_minutes(self) -> int: ...
    @property
    def later_times(self) -> Sequence[Mapping[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class DayTimes:
    """The register times of one day at one school: when each is called and how long it is open."""

    morning_at: time
    afternoon_at: time
    minutes: int

    def at(self, half: int) -> time:
        return self.morning_at if half == Half.AM else self.afternoon_at


def times_on(school: RegisterTimes, on: date) -> DayTimes:
    """The times of a day: those that were in force then, so that the past keeps its own.

    Of what the school decided, the row counts whose first day is the latest that is not after the
    day; of two from the same day, the one for this weekday before the one for every day.
    """
    rows = [row for row in school.later_times if _is_in_force(row, on)]
    if not rows:
        return DayTimes(school.morning_at, school.afternoon_at, school.register_minutes)
    row = max(rows, key=lambda row: (row["from_on"], bool(row["weekdays"])))
    return DayTimes(
        time.fromisoformat(row["morning_at"]),
        time.fromisoformat(row["afternoon_at"]),
        row["minutes"],
    )


def _is_in_force(row: Mapping[str, Any], on: date) -> bool:
    weekdays = row["weekdays"] or EVERY_DAY
    return row["from_on"] <= on.isoformat() and on.weekday() in weekdays


@dataclass(frozen=True, slots=True)
class RegisterWindow:
    """The time in which a register is taken: from `opens_at` up to, and without, `ends_at`."""

    opens_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """How long a register can be taken."""
        return (self.ends_at - self.opens_at) // MINUTE

    def has_opened(self, now: datetime) -> bool:
        return now >= self.opens_at

    def has_ended(self, now: datetime) -> bool:
        return now >= self.ends_at

    def is_open(self, now: datetime) -> bool:
        return self.has_opened(now) and not self.has_ended(now)

    def is_half_gone(self, now: datetime) -> bool:
        """From here on a register that nobody has taken is overdue."""
        return now - self.opens_at >= (self.ends_at - self.opens_at) / 2

    def minutes_left(self, now: datetime) -> int:
        """Begun minutes count: 1 in the last one, 0 when it has ended."""
        return max(0, -((now - self.ends_at) // MINUTE))

    def minutes_since_opening(self, now: datetime) -> int:
        """Whole minutes, 0 before the opening: how late somebody is who comes in now."""
        return max(0, (now - self.opens_at) // MINUTE)

    def per_mille_gone(self, now: datetime) -> int:
        """How much of the time has gone, 0 to 1000."""
        gone = (now - self.opens_at) * 1000 // (self.ends_at - self.opens_at)
        return min(1000, max(0, gone))


def register_window(school: RegisterTimes, on: date, half: int) -> RegisterWindow:
    """When the register of this session opens and ends at the school, by the times of its day."""
    times = times_on(school, on)
    opens_at = datetime.combine(on, times.at(half), tzinfo=LONDON)
    ends_at = opens_at.astimezone(UTC) + times.minutes * MINUTE
    return RegisterWindow(opens_at, ends_at.astimezone(LONDON))


class RegisterState(Enum):
    """How a register stands. The value is what is said of it."""

    NO_PUPILS = "No pupils"
    CLOSED = "Closed"
    NOT_YET = "Not open yet"
    DUE = "Due"
    OVERDUE = "Overdue"
    OPEN = "Open"
    INCOMPLETE = "Incomplete"
    TAKEN = "Taken"
    ENDED = "Ended"
    BLANKS = "Ended with blanks"
    NOT_TAKEN = "Not taken"

    @property
    def needs_somebody(self) -> bool:
        """Whether it waits for a person now."""
        return self in WAITING or self in LEFT_OVER


WAITING = frozenset(
    {RegisterState.DUE, RegisterState.OVERDUE, RegisterState.OPEN, RegisterState.INCOMPLETE}
)
LEFT_OVER = frozenset({RegisterState.BLANKS, RegisterState.NOT_TAKEN})


@dataclass(frozen=True, slots=True)
class RegisterProgress:
    """What has been done of a register. `opened` and `taken`: whether somebody has."""

    pupils: int
    marked: int
    opened: bool = False
    taken: bool = False

    @property
    def blanks(self) -> int:
        return max(0, self.pupils - self.marked)

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has marked it, or somebody opened it and never saved."""
        return not self.marked or (self.opened and not self.taken)


def state_of(
    progress: RegisterProgress, window: RegisterWindow, now: datetime, *, is_open: bool = True
) -> RegisterState:
    """How the register stands; `is_open` is False for a session that was due and not held.

    Complete means without blanks, whoever made the marks. A register that nobody took is not
    taken, though the late desk or a plan may have marked some of its pupils.
    """
    if not is_open:
        return RegisterState.CLOSED
    if not progress.pupils:
        return RegisterState.NO_PUPILS
    if not window.has_opened(now):
        return RegisterState.NOT_YET
    if window.has_ended(now):
        return _after_the_end(progress)
    return _while_open(progress, is_half_gone=window.is_half_gone(now))


def _while_open(progress: RegisterProgress, *, is_half_gone: bool) -> RegisterState:
    if not progress.blanks:
        return RegisterState.TAKEN
    if progress.taken:
        return RegisterState.INCOMPLETE
    if is_half_gone:
        return RegisterState.OVERDUE
    return RegisterState.OPEN if progress.opened else RegisterState.DUE


def _after_the_end(progress: RegisterProgress) -> RegisterState:
    if not progress.blanks:
        return RegisterState.ENDED
    return RegisterState.NOT_TAKEN if progress.is_untouched else RegisterState.BLANKS
