"""The marks that wait as the office sees them: by register, each beside the mark that stands."""

from dataclasses import dataclass, field
from datetime import date

from registers.marks.sources import SOURCES
from registers.models import Group, HeldMark, Mark, User
from registers.register.held_marks.mark_wording import (
    arrived_in_words,
    made_in_words,
    time_in_words,
    waited,
    why_in_words,
)
from registers.rules.clock import RegisterWindow
from registers.rules.codes import CODES, AttendanceCode


def is_ready(held: HeldMark, stands: Mark | None) -> bool:
    """Whether accepting takes nothing from anybody: a blank, the same code, or its maker's own
    earlier mark. By a wrong clock nothing is earlier."""
    if stands is None or stands.code_id == held.code_id:
        return True
    is_own = stands.made_by_id == held.made_by_id
    return is_own and held.why == HeldMark.Why.ENDED and stands.made_at < held.made_at


@dataclass(slots=True)
class HeldLine:
    """A held mark in words."""

    held: HeldMark
    window: RegisterWindow

    @property
    def code(self) -> AttendanceCode:
        return CODES[self.held.code_id]

    @property
    def made(self) -> str:
        return made_in_words(self.held)

    @property
    def arrived(self) -> str:
        return arrived_in_words(self.held)

    @property
    def waited(self) -> bool:
        return waited(self.held)

    @property
    def why(self) -> str:
        return why_in_words(self.held, self.window)


@dataclass(slots=True)
class HeldRow(HeldLine):
    """A mark that waits, beside what stands in the register now."""

    stands: Mark | None = None
    problem: str = ""  # why it could not be accepted just now

    @property
    def name(self) -> str:
        pupil = self.held.enrolment.pupil
        return f"{pupil.forename} {pupil.surname}"

    @property
    def seen(self) -> int:
        return self.stands.version if self.stands else 0

    @property
    def is_ticked(self) -> bool:
        return not self.problem and is_ready(self.held, self.stands)

    @property
    def is_same(self) -> bool:
        return self.stands is not None and self.stands.code_id == self.held.code_id

    @property
    def stands_said(self) -> str:
        """Who made the mark that stands, or how it came to be, and when."""
        if self.stands is None:
            return ""
        who = self.stands.made_by
        made = f"by {who}" if who else SOURCES[Mark.Source(self.stands.source)]
        return f"{made}, {time_in_words(self.stands.made_at, self.held.date)}"


@dataclass(slots=True)
class HeldRegister:
    """The marks of one register that wait."""

    group: Group
    date: date
    half: int
    rows: list[HeldRow] = field(default_factory=list)
    problem: str = ""

    @property
    def key(self) -> str:
        """What the form and the page's anchors call it."""
        return f"{self.group.pk}.{self.date}.{self.half}"

    @property
    def makers(self) -> list[User]:
        return list({row.held.made_by_id: row.held.made_by for row in self.rows}.values())

    @property
    def reasons(self) -> list[str]:
        """Why these marks are held, each reason once."""
        return list(dict.fromkeys(row.why for row in self.rows))

    @property
    def ticked(self) -> int:
        return sum(row.is_ticked for row in self.rows)
