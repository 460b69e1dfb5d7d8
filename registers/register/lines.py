"""The rows of a class register's page, each with what was sent for it and could not be saved."""

from dataclasses import dataclass, field
from enum import Enum

from registers.register.actions.answers import SaveAnswer
from registers.register.forms import SentRegister, SentRow, nothing_sent
from registers.register.rows import RegisterRow
from registers.rules.codes import CODES, AttendanceCode


class PageMode(Enum):
    """What the page is for, now and for this person."""

    TAKE = "take"
    LATE = "late"  # it has ended with blanks, and the person may fill them
    READ = "read"
    AHEAD = "ahead"  # not open yet

    @property
    def is_form(self) -> bool:
        """Whether marks are made on the page."""
        return self in (PageMode.TAKE, PageMode.LATE)


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A row of the register as the page shows it.

    `shown` is what stands in its fields: what was sent and could not be saved, else the mark.
    """

    row: RegisterRow
    mode: PageMode
    quick: tuple[AttendanceCode, ...]  # those with a button of their own
    shown: SentRow
    is_sent: bool = False
    refused: str = ""
    is_conflict: bool = False

    @property
    def editable(self) -> bool:
        is_blank = self.row.mark is None
        return self.mode is PageMode.TAKE or (self.mode is PageMode.LATE and is_blank)

    @property
    def is_stopped(self) -> bool:
        """Whether the list above the register names it."""
        return self.is_conflict or bool(self.refused)

    @property
    def is_ahead(self) -> bool:
        return self.mode is PageMode.AHEAD

    @property
    def chosen(self) -> AttendanceCode | None:
        """The code that the row shows: the one chosen here before the one that stands."""
        return CODES.get(self.shown.code)

    @property
    def beyond(self) -> AttendanceCode | None:
        """The code chosen, where it is none of the quick ones."""
        return None if self.chosen in self.quick else self.chosen

    @property
    def was(self) -> str:
        """What the page was built from, as it comes back: version, code, minutes."""
        mark = self.row.stands
        return f"{mark.version}|{mark.code}|{mark.minutes}"


@dataclass(slots=True)
class RegisterColumn:
    """One of the page's two columns."""

    lines: list[RegisterLine]
    start: int | None = None  # the number that it begins with, where that is not 1


@dataclass(slots=True)
class SaveProblems:
    """What stood in the way of a save, for the page that is shown again."""

    sent: SentRegister = field(default_factory=nothing_sent)
    refused: dict[int, str] = field(default_factory=dict)
    conflicts: set[int] = field(default_factory=set)
    whole: str = ""  # why nothing at all was saved
    saved: int = 0

    def __bool__(self) -> bool:
        return bool(self.refused or self.conflicts or self.whole)

    @property
    def reason(self) -> str:
        """Why the marks are entered late, as it was typed."""
        return self.sent.reason

    @property
    def on_paper(self) -> str:
        """Who took the register on paper, as it was chosen."""
        return self.sent.on_paper

    @property
    def left(self) -> dict[int, SentRow]:
        """What was sent and could not be saved, by enrolment."""
        stopped = self.refused.keys() | self.conflicts
        if self.whole:
            stopped |= {row.enrolment_id for row in self.sent.changed}
        return {pk: row for pk, row in self.sent.rows.items() if pk in stopped}


def problems_of(sent: SentRegister, answer: SaveAnswer) -> SaveProblems:
    """What is left over. Marks by others stay where somebody was only one of the rest."""
    conflicts = [sent.rows[mark["enrolment"]] for mark in answer.conflicts]
    two_marks = {row.enrolment_id for row in conflicts if not row.gives_way()}
    refused = {mark["enrolment"]: mark["why"] for mark in answer.refused}
    return SaveProblems(
        sent,
        refused | sent.problems,
        conflicts=two_marks | sent.undecided,
        saved=len(answer.saved),
    )
