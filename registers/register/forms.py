"""What a register sends.

The register is made by hand, row by row, so that it works as a plain form: each row carries its
enrolment, what was shown (version, code, minutes, comment) and what is chosen now.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date as Day

from django.http import QueryDict

from registers.marks.changes import MarkChange, MarkKey
from registers.models import Paper
from registers.rules.codes import CODES, NEED_PAPER
from registers.web.parameters import number_of, numbers_of

MOST_MINUTES = 600
LONGEST_COMMENT = 500
LONG_PAPER = f"Keep what the code needs to {Paper.MOST} characters."
NO_MINUTES = "Write the minutes late as a whole number, such as 8."
LATE_CODES = frozenset(code.symbol for code in CODES.values() if code.late)
MOST_ROWS = 1_000
THEIRS, MINE = "theirs", "mine"


@dataclass(slots=True)
class SentRow:
    """One row as it came back: what was shown, and what is chosen now."""

    enrolment_id: int
    seen: int = 0
    was_code: str = ""
    was_minutes: int | None = None
    said: str = ""
    code: str = ""
    minutes_typed: str = ""
    minutes: int | None = None
    comment: str = ""
    paper: str = ""  # what was written down beside a code that needs a paper
    problem: str = ""
    undecided: bool = False  # shown as two marks for one pupil, and no answer yet
    rest: bool = False  # marked with everybody else, not by itself

    @property
    def wants_paper(self) -> bool:
        return self.code in NEED_PAPER

    @property
    def is_changed(self) -> bool:
        brings_paper = bool(self.paper) and self.wants_paper
        return bool(self.problem) or brings_paper or self._chosen != self._was

    @property
    def _chosen(self) -> tuple[str, int | None, str]:
        return self.code, self.minutes, self.comment

    @property
    def _was(self) -> tuple[str, int | None, str]:
        return self.was_code, self.was_minutes, self.said

    @property
    def is_unasked(self) -> bool:
        """Something is written down for a code that needs no paper."""
        return bool(self.paper and self.code) and not self.wants_paper

    def fill_with(self, code: str) -> None:
        """As with everybody who has no mark yet; nothing without a code."""
        if code and not (self.code or self.was_code or self.problem):
            self.code, self.rest = code, True

    def check_for_a_code(self) -> None:
        """A comment or a paper alone is no mark."""
        if self.code or self.problem:
            return
        if self.comment != self.said:
            self.problem = "A comment stands beside a mark: choose a code with it."
        elif self.paper:
            self.problem = "What a code needs stands beside a mark: choose the code with it."

    def check_lengths(self) -> None:
        self.problem = too_long(self.comment, self.paper) or self.problem

    def gives_way(self) -> bool:
        """Whether a mark by somebody else stays, since the pupil was only one of the rest."""
        if self.rest:
            self.code = self.was_code
        return self.rest

    def leave(self) -> None:
        """Back to what was shown."""
        self.code, self.minutes, self.comment = self._was
        self.paper = self.problem = ""

    def change(self, on: Day, half: int) -> MarkChange:
        comment = self.comment if self.comment != self.said else None
        key = MarkKey(self.enrolment_id, on, half)
        return MarkChange(
            key, self.code, self.seen, self.minutes, comment, paper=self.paper or None
        )


@dataclass(slots=True)
class SentRegister:
    """A whole register as it came back."""

    save_key: uuid.UUID
    rows: dict[int, SentRow] = field(default_factory=dict)
    reason: str = ""
    on_paper: str = ""

    @property
    def changed(self) -> list[SentRow]:
        return [row for row in self.rows.values() if row.is_changed]

    @property
    def to_save(self) -> list[SentRow]:
        return [row for row in self.changed if not (row.problem or row.undecided)]

    @property
    def unasked(self) -> list[SentRow]:
        return [row for row in self.rows.values() if row.is_unasked and not row.problem]

    @property
    def problems(self) -> dict[int, str]:
        """What is wrong with its rows, by enrolment."""
        return {pk: row.problem for pk, row in self.rows.items() if row.problem}

    @property
    def undecided(self) -> set[int]:
        """The enrolments with two marks and no answer yet."""
        return {row.enrolment_id for row in self.changed if row.undecided}


def nothing_sent() -> SentRegister:
    """Of a page that was only asked for."""
    return SentRegister(uuid.UUID(int=0))


class UnreadableRegister(ValueError):
    """What came is no register of ours."""


def too_long(comment: str, paper: str) -> str:
    """What is longer than the register keeps, in words; empty where all of it fits."""
    if len(paper) > Paper.MOST:
        return LONG_PAPER
    if len(comment) > LONGEST_COMMENT:
        return f"Keep the comment to {LONGEST_COMMENT} characters."
    return ""


def read_register(sent: QueryDict, *, present: str) -> SentRegister:
    """The register in what a page sent. Raises Unreadable for what no page of ours sends."""
    register = _register_without_rows(sent)
    for enrolment in _row_numbers(sent.getlist("row")):
        register.rows[enrolment] = _read_row(sent, enrolment)
    _settle(register, sent.get("settle", ""))
    rest = present if sent.get("rest") == "present" else ""
    for row in register.rows.values():
        row.fill_with(rest)
        row.check_for_a_code()
    return register


def _register_without_rows(sent: QueryDict) -> SentRegister:
    try:
        save_key = uuid.UUID(sent.get("save_key", ""))
    except ValueError:
        raise UnreadableRegister from None
    return SentRegister(save_key, reason=sent.get("reason", ""), on_paper=sent.get("on_paper", ""))


def _row_numbers(texts: list[str]) -> list[int]:
    numbers = numbers_of(texts)
    if not len(texts) == len(set(numbers)) <= MOST_ROWS:
        raise UnreadableRegister
    return numbers


def _read_row(sent: QueryDict, enrolment: int) -> SentRow:
    def field_of(name: str) -> str:
        return sent.get(f"{name}-{enrolment}", "")

    row = SentRow(
        enrolment,
        said=field_of("said"),
        comment=" ".join(field_of("comment").split()),
        paper=" ".join(field_of("paper").split()),
        minutes_typed=field_of("minutes").strip(),
        undecided=bool(field_of("clash")),
    )
    _read_was(row, field_of("was"))
    _read_code(row, field_of("code"), field_of("other"))
    if row.code in LATE_CODES:
        _read_minutes(row)
    row.check_lengths()
    return row


def _read_was(row: SentRow, text: str) -> None:
    """What the page was built from: version, code, minutes."""
    try:
        version, row.was_code, minutes = text.split("|")
        row.seen, row.was_minutes = int(version), int(minutes) if minutes else None
    except ValueError:
        raise UnreadableRegister from None


def _read_code(row: SentRow, quick: str, other: str) -> None:
    """The quick codes and the list stand side by side: the one that was moved counts."""
    chosen = list(dict.fromkeys(filter(None, (quick, other))))
    moved = [code for code in chosen if code != row.was_code]
    row.code = next(iter(moved or chosen), "")
    if len(moved) > 1:
        row.problem = f"Two codes are chosen, {quick} and {other}. Choose one of them."


def _read_minutes(row: SentRow) -> None:
    if not row.minutes_typed:
        return
    minutes = number_of(row.minutes_typed)
    if minutes is None or minutes > MOST_MINUTES:
        row.problem = NO_MINUTES
    else:
        row.minutes = minutes or None


def _settle(register: SentRegister, answer: str) -> None:
    """One of the two answers to a row that two people had marked: `<enrolment>:theirs|mine`."""
    number, _, whose = answer.partition(":")
    row = register.rows.get(number_of(number) or 0)
    if row is None or whose not in (THEIRS, MINE):
        return
    row.undecided = False
    if whose == THEIRS:
        row.leave()
