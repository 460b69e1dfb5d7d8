"""Who is on the site, from the marks and the signing in and out. No Django, no clock of its own.

For a fire it is worse to leave out a child who is in than to look for one who is not. So a child
without a mark is looked for, and one who signed out and was marked present later counts as in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from registers.rules.codes import CODES, Category


class Where(Enum):
    """In the words of the page."""

    HERE = "on site"
    LOOK = "look for"
    AWAY = "not on site"


@dataclass(frozen=True, slots=True)
class Seen:
    """A mark as far as it says where a child is. `arrived_late` is in minutes."""

    code: str
    made_at: datetime
    arrived_late: int | None = None

    @property
    def is_in(self) -> bool:
        """Present or late; after the register ended too; or an appointment that was over."""
        code = CODES[self.code]
        return code.category is Category.PRESENT or code.late or self.arrived_late is not None


@dataclass(frozen=True, slots=True)
class Outing:
    """One signing out; `returned_at` is None for a child who is still out."""

    left_at: datetime
    returned_at: datetime | None


@dataclass(frozen=True, slots=True)
class Presence:
    where: Where
    note: str = ""  # what helps to find the child; never why somebody is away


def clock(at: datetime) -> str:
    """9.05am, 1.20pm: as papers of schools write it. `at` is local already."""
    return f"{at.hour % 12 or 12}.{at.minute:02}{'am' if at.hour < 12 else 'pm'}"


def presence(
    *,
    now_mark: Seen | None,
    earlier_mark: Seen | None = None,
    outings: Sequence[Outing] = (),
    opens_at: datetime | None = None,
) -> Presence:
    """Where a child is, by the mark of the session that is on and that of the one before.

    `opens_at` is when the session's register opened, for the time of a late arrival. Times are
    local. Of several outings only the last one says anything.
    """
    last = max(outings, key=lambda outing: outing.left_at, default=None)
    out = last is not None and last.returned_at is None
    if now_mark is not None and now_mark.is_in:
        if last is not None and out:
            if now_mark.made_at <= last.left_at:
                return Presence(Where.AWAY, f"signed out at {clock(last.left_at)}")
            return Presence(
                Where.HERE, f"Signed out at {clock(last.left_at)}, marked present since"
            )
        if last is not None and last.returned_at is not None:
            return Presence(Where.HERE, f"Back at {clock(last.returned_at)}")
        return Presence(Where.HERE, _late_note(now_mark, opens_at))
    if last is not None and out:
        return Presence(Where.AWAY, f"signed out at {clock(last.left_at)}")
    if last is not None and last.returned_at is not None:
        return Presence(Where.HERE, f"Back at {clock(last.returned_at)}")
    if now_mark is not None:
        return Presence(Where.AWAY)
    if earlier_mark is not None:
        was_in = earlier_mark.is_in
        return Presence(
            Where.LOOK,
            "No mark yet; here this morning" if was_in else "No mark yet; away this morning",
        )
    return Presence(Where.LOOK, "No mark yet")


def _late_note(mark: Seen, opens_at: datetime | None) -> str:
    if mark.arrived_late is None or opens_at is None:
        return ""
    minutes = opens_at.hour * 60 + opens_at.minute + mark.arrived_late
    at = opens_at.replace(hour=minutes // 60 % 24, minute=minutes % 60)
    return f"Late, in at {clock(at)}"
