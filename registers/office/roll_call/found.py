"""Who has been found in a roll call. No Django here, and no clock.

Several people tick at once, some without a connection. The latest press for a pupil counts,
whoever made it and whenever it came in; so two tablets that were apart agree as soon as both have
sent, in whatever order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from registers.register.devices import DeviceTimes
from registers.rules.grouping import keyed

LONGEST_WAIT = timedelta(hours=12)  # a tick that says it waited longer has a clock that was moved


@dataclass(frozen=True, slots=True, order=True)
class RollCallPress:
    """One press for one pupil; `number` settles what was pressed in the same moment."""

    made_at: datetime
    number: int
    enrolment_id: int
    is_found: bool
    made_by: int


def latest(ticks: Iterable[RollCallPress]) -> dict[int, RollCallPress]:
    """By enrolment, the press that counts."""
    return keyed(sorted(ticks), "enrolment_id")


def found(ticks: Iterable[RollCallPress]) -> dict[int, RollCallPress]:
    """Those who are found, each with the press that says so."""
    return {pk: tick for pk, tick in latest(ticks).items() if tick.is_found}


def pressed_at(times: DeviceTimes, now: datetime) -> datetime:
    """When a press was made by our clock, from how long the device says that it waited.

    How far the device's clock is off does not matter; where the wait makes no sense it is now.
    """
    waited = times.sent_at - times.made_at
    return now - waited if timedelta(0) <= waited <= LONGEST_WAIT else now


def all_found_at(expected: Iterable[int], ticks: Iterable[RollCallPress]) -> datetime | None:
    """When the last of those who were expected was found; None while somebody is missing."""
    presses, wanted = found(ticks), set(expected)
    if wanted - presses.keys():
        return None
    return max((presses[pk].made_at for pk in wanted), default=None)
