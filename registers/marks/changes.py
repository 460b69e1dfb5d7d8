"""What a save of marks asks for, finds and answers. No Django in this module."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from registers.marks.seals import Seal
from registers.rules.allowed_codes import PupilFacts


class MarkKey(NamedTuple):
    enrolment_id: int
    date: date
    half: int


@dataclass(frozen=True, slots=True)
class MarkChange:
    """What somebody wants a mark to be, and the version of it that they saw (0: no mark)."""

    key: MarkKey
    code: str
    seen: int
    minutes_late: int | None = None
    comment: str | None = None  # None leaves the comment as it is
    reason: str = ""
    paper: str | None = None  # what was written down beside a code that needs a paper

    def agrees_with(self, mark: "MarkNow") -> bool:
        """Whether the mark is so already, whatever is written down beside it."""
        return (mark.code, mark.minutes_late) == (self.code, self.minutes_late)


class MarkNow(NamedTuple):
    """A mark as it stands."""

    code: str
    version: int
    minutes_late: int | None
    source: int
    made_by_id: int | None
    made_at: datetime
    arrived_at: datetime | None = None  # where it had waited on a device


# What stands in a session that nobody has marked: its version is what a first save has seen.
NO_MARK = MarkNow("", 0, None, 0, None, datetime.min)


@dataclass(frozen=True, slots=True)
class LockedEnrolment:
    """An enrolment that this transaction holds: its facts, its seal, the database's clock.

    `ended_with` is the version with which the mark of the one session was taken back that
    `lock_class` reads (0: none was); None where marks were not read with it.
    """

    school_id: int
    facts: PupilFacts
    seal: Seal
    now: datetime
    ended_with: int | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, as the register must name them: SI 2024/208 asks for name and position."""

    user_id: int | None
    name: str
    position: str


class HowMade(NamedTuple):
    """How the marks of one call came to be, as the register keeps it beside each."""

    source: int
    by_id: int | None
    at: datetime
    arrived_at: datetime | None


@dataclass(slots=True)
class WriteResult:
    """What became of each change: exactly one of the first four."""

    saved: dict[MarkKey, int] = field(default_factory=dict)  # the version now
    unchanged: dict[MarkKey, int] = field(default_factory=dict)  # it was so already
    conflicts: dict[MarkKey, MarkNow | None] = field(default_factory=dict)  # as it stands
    refused: dict[MarkKey, str] = field(default_factory=dict)  # why, in words fit to show
    papers: dict[MarkKey, bool] = field(default_factory=dict)  # whether the paper it needs is held
    advice: dict[MarkKey, list[str]] = field(default_factory=dict)  # where a caller asked for it

    def stands(self, change: MarkChange) -> bool:
        """Whether the mark says now what the change asked for."""
        return change.key in self.saved or change.key in self.unchanged

    @property
    def advice_by_enrolment(self) -> dict[int, list[str]]:
        """Each sentence once for each pupil, however many sessions it is about."""
        found: dict[int, dict[str, None]] = {}
        for key, sentences in self.advice.items():
            found.setdefault(key.enrolment_id, {}).update(dict.fromkeys(sentences))
        return {enrolment: list(sentences) for enrolment, sentences in found.items()}


Check = Callable[[MarkChange, LockedEnrolment, MarkNow | None], str | None]
