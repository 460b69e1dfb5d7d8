"""When was a mark made that comes from a device, and may it stand? No Django, no clock here.

A mark goes up as it is made; where the wifi has dropped it waits on the device. It brings two times
of the device's clock: when it was made and when it was sent. The time between the two is how long
it waited, whatever the clock says; how far the second is from our own clock is how far the device
is off. So a mark that did not wait needs no clock but ours, and only one that did wait asks whether
the device's can be trusted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from registers.rules.clock import RegisterWindow

AT_ONCE = timedelta(seconds=10)  # a mark that was sent within this time did not wait
MOST_OFF = timedelta(minutes=2)  # a clock further off than this says nothing about when


class HeldReason(Enum):
    """Why a mark is for the office to accept."""

    ENDED = "the register had ended"
    CLOCK = "the clock of the device was wrong"


@dataclass(frozen=True, slots=True)
class DeviceTimes:
    """What a device says of a mark, by its own clock."""

    made_at: datetime
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class JudgedTime:
    """When a mark was made, as far as can be said; why it is held, where it is.

    `arrived_at` is set where the mark had waited. `clock_off` is how far the device's clock is
    ahead of ours (negative: behind), in whole seconds.
    """

    made_at: datetime
    arrived_at: datetime | None = None
    held: HeldReason | None = None
    clock_off: int = 0


def judge(times: DeviceTimes, *, now: datetime, window: RegisterWindow, ended: bool) -> JudgedTime:
    """When this mark was made, and whether it is held. `now` is when it came in.

    Made in time counts as taken in time: a mark that waited and comes in while the register is open
    stands with the time at which it was made. It is held where the register has ended meanwhile
    (`ended`), and where it waited by a clock that is more than two minutes off.
    """
    off = times.sent_at - now
    waited = times.sent_at - times.made_at
    seconds = round(off.total_seconds())
    over = HeldReason.ENDED if ended else None
    if timedelta(0) <= waited <= AT_ONCE:
        return JudgedTime(now, held=over, clock_off=seconds)
    if not _can_be_trusted(times, off, waited, window):
        return JudgedTime(times.made_at, now, HeldReason.CLOCK, seconds)
    return JudgedTime(min(times.made_at, now), now, over, seconds)


def _can_be_trusted(
    times: DeviceTimes, off: timedelta, waited: timedelta, window: RegisterWindow
) -> bool:
    """Neither off, nor set back while the mark waited, nor before the register opened."""
    return (
        abs(off) <= MOST_OFF
        and waited >= timedelta(0)
        and times.made_at >= window.opens_at - MOST_OFF
    )


def held_in_words(judged: JudgedTime, window: RegisterWindow) -> str:
    """Why the mark is held, in a sentence for the person who made it."""
    if judged.held is HeldReason.ENDED:
        at = window.ends_at
        why = f"The register ended at {at.hour}:{at:%M}, before this mark came in"
    else:
        why = f"The clock of this device is {clock_in_words(judged.clock_off)}"
    return f"{why}. The attendance office looks at it."


def clock_in_words(seconds: int) -> str:
    """How far a clock is off: `5 min fast`, `3 min slow`, `40 s fast`, `not to be trusted`."""
    if abs(seconds) < 1:
        return "not to be trusted"
    size = f"{abs(seconds) // 60} min" if abs(seconds) >= 60 else f"{abs(seconds)} s"
    return f"{size} {'fast' if seconds > 0 else 'slow'}"
