"""What a register sends.

The register is made by hand, row by row, so that it works as a plain form: each row carries its
enrolment, what was shown (version, code, minutes, comment) and what is chosen now.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date as Day

from django.http import QueryDict

from registers.marks.actions.writing import MarkChange, MarkKey
from registers.models import Paper
from registers.rules.codes import CODES, NEED_PAPER
from registers.web.parameters import number_of

MOST_MINUTES = 600
LONGEST_COMMENT = 500
LONG_PAPER = f"Keep what the code needs to {Paper.MOST} characters."
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
    def is_changed(self) -> bool:
        said = self.paper if self.code in NEED_PAPER else ""
        return bool(self.problem or said) or (self.code, self.minutes, self.comment) != (
            self.was_code,
            self.was_minutes,
            self.said,
        )

    @property
    def is_unasked(self) -> bool:
        """Something is written down for a code that needs no paper."""
        return bool(self.paper and self.code) and self.code not in NEED_PAPER

    def fill_with(self, code: str) -> None:
        """As with everybody who has no mark yet."""
        if not (self.code or self.was_code or self.problem):
            self.code, self.rest = code, True

    def check_for_a_code(self) -> None:
        """A comment or a paper alone is no mark."""
        if self.code or self.problem:
            return
        if self.paper:
            self.problem = "What a code needs stands beside a mark: choose the code with it."
        if self.comment != self.said:
            self.problem = "A comment stands beside a mark: choose a code with it."

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
    def to_save(self) -> list[SentRow]:
        return [row for row in self.rows.values() if self._is_to_save(row)]

    @property
    def wrong(self) -> list[SentRow]:
        return [row for row in self.rows.values() if row.problem]

    @staticmethod
    def _is_to_save(row: SentRow) -> bool:
        return row.is_changed and not row.problem and not row.undecided


class UnreadableRegister(ValueError):
    """What came is no register of ours."""


def read_register(sent: QueryDict, *, present: str) -> SentRegister:
    """The register in what a page sent. Raises Unreadable for what no page of ours sends."""
    register = _register_without_rows(sent)
    for enrolment in _row_numbers(sent.getlist("row")):
        register.rows[enrolment] = _read_row(sent, enrolment)
    _settle(register, sent.get("settle", ""))
    if sent.get("rest") == "present":
        for row in register.rows.values():
            row.fill_with(present)
    for row in register.rows.values():
        row.check_for_a_code()
    return register


def _register_without_rows(sent: QueryDict) -> SentRegister:
    try:
        save_key = uuid.UUID(sent.get("save_key", ""))
    except ValueError:
        raise UnreadableRegister from None
    return SentRegister(save_key, reason=sent.get("reason", ""), on_paper=sent.get("on_paper", ""))


def _row_numbers(texts: list[str]) -> list[int]:
    numbers = [number for text in texts if (number := number_of(text)) is not None]
    if not len(texts) == len(set(numbers)) <= MOST_ROWS:
        raise UnreadableRegister
    return numbers


def _read_row(sent: QueryDict, enrolment: int) -> SentRow:
    row = SentRow(enrolment)
    try:
        version, row.was_code, minutes = sent.get(f"was-{enrolment}", "").split("|")
        row.seen, row.was_minutes = int(version), int(minutes) if minutes else None
    except ValueError:
        raise UnreadableRegister from None
    row.said = sent.get(f"said-{enrolment}", "")
    row.comment = " ".join(sent.get(f"comment-{enrolment}", "").split())
    row.paper = " ".join(sent.get(f"paper-{enrolment}", "").split())
    row.undecided = f"clash-{enrolment}" in sent
    _read_code(row, sent.get(f"code-{enrolment}", ""), sent.get(f"other-{enrolment}", ""))
    row.minutes_typed = sent.get(f"minutes-{enrolment}", "").strip()
    code = CODES.get(row.code)
    if code is not None and code.late:
        _read_minutes(row)
    if len(row.comment) > LONGEST_COMMENT:
        row.problem = f"Keep the comment to {LONGEST_COMMENT} characters."
    if len(row.paper) > Paper.MOST:
        row.problem = LONG_PAPER
    return row


def _read_code(row: SentRow, quick: str, other: str) -> None:
    """The quick codes and the list stand side by side: the one that was moved counts."""
    if not (quick and other) or quick == other:
        row.code = quick or other
    elif quick == row.was_code:
        row.code = other
    elif other == row.was_code:
        row.code = quick
    else:
        row.code = quick
        row.problem = f"Two codes are chosen, {quick} and {other}. Choose one of them."


def _read_minutes(row: SentRow) -> None:
    if not row.minutes_typed:
        return
    minutes = number_of(row.minutes_typed)
    if minutes is not None and minutes <= MOST_MINUTES:
        row.minutes = minutes or None
    else:
        row.problem = "Write the minutes late as a whole number, such as 8."


def _settle(register: SentRegister, answer: str) -> None:
    """One of the two answers to a row that two people had marked: `<enrolment>:theirs|mine`."""
    number, _, whose = answer.partition(":")
    row = register.rows.get(number_of(number) or 0)
    if row is None or whose not in (THEIRS, MINE):
        return
    row.undecided = False
    if whose == THEIRS:
        row.code, row.minutes, row.comment = row.was_code, row.was_minutes, row.said
        row.paper = row.problem = ""
