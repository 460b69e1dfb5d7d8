"""Who is on the site, from the marks and the signing in and out. No Django, no clock of its own.

For a fire it is worse to leave out a child who is in than to look for one who is not. So a child
without a mark is looked for, and one who signed out and was marked present later counts as in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from registers.rules.codes import CODES


class Whereabouts(Enum):
    """In the words of the page."""

    HERE = "on site"
    LOOK = "look for"
    AWAY = "not on site"


@dataclass(frozen=True, slots=True)
class MarkSeenAt:
    """A mark as far as it says where a child is. `arrived_late` is in minutes."""

    code: str
    made_at: datetime
    arrived_late: int | None = None

    @property
    def is_in(self) -> bool:
        """Present or late; after the register ended too; or an appointment that was over."""
        return CODES[self.code].is_on_site or self.arrived_late is not None


@dataclass(frozen=True, slots=True)
class Presence:
    where: Whereabouts
    note: str = ""  # what helps to find the child; never why somebody is away


def clock(at: datetime) -> str:
    """9.05am, 1.20pm: as papers of schools write it. `at` is local already."""
    return f"{at.hour % 12 or 12}.{at.minute:02}{'am' if at.hour < 12 else 'pm'}"


@dataclass(frozen=True, slots=True)
class TimeOut:
    """One signing out; `returned_at` is None for a child who is still out."""

    left_at: datetime
    returned_at: datetime | None

    @property
    def is_out(self) -> bool:
        return self.returned_at is None

    @property
    def presence(self) -> Presence:
        """Where the child is by the outing alone."""
        if self.returned_at is None:
            return Presence(Whereabouts.AWAY, f"signed out at {clock(self.left_at)}")
        return Presence(Whereabouts.HERE, f"Back at {clock(self.returned_at)}")


def presence(
    *,
    now_mark: MarkSeenAt | None,
    earlier_mark: MarkSeenAt | None = None,
    outings: Sequence[TimeOut] = (),
    opens_at: datetime | None = None,
) -> Presence:
    """Where a child is, by the mark of the session that is on and that of the one before.

    `opens_at` is when the session's register opened, for the time of a late arrival. Times are
    local. Of several outings only the last one says anything.
    """
    last = max(outings, key=lambda outing: outing.left_at, default=None)
    if now_mark is not None and now_mark.is_in:
        return _marked_in(now_mark, last, opens_at)
    if last is not None:
        return last.presence
    if now_mark is not None:
        return Presence(Whereabouts.AWAY)
    return Presence(Whereabouts.LOOK, _no_mark_note(earlier_mark))


def _marked_in(mark: MarkSeenAt, last: TimeOut | None, opens_at: datetime | None) -> Presence:
    """Of a child whom the session's register has in: it is away where it signed out since."""
    if last is None:
        return Presence(Whereabouts.HERE, _late_note(mark, opens_at))
    if last.is_out and last.left_at < mark.made_at:
        note = f"Signed out at {clock(last.left_at)}, marked present since"
        return Presence(Whereabouts.HERE, note)
    return last.presence


def _no_mark_note(earlier: MarkSeenAt | None) -> str:
    if earlier is None:
        return "No mark yet"
    return "No mark yet; here this morning" if earlier.is_in else "No mark yet; away this morning"


def _late_note(mark: MarkSeenAt, opens_at: datetime | None) -> str:
    if mark.arrived_late is None or opens_at is None:
        return ""
    minutes = opens_at.hour * 60 + opens_at.minute + mark.arrived_late
    at = opens_at.replace(hour=minutes // 60 % 24, minute=minutes % 60)
    return f"Late, in at {clock(at)}"
