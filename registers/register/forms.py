"""What a register sends, and the form of a cover.

The register is made by hand, row by row, so that it works as a plain form: each row carries its
enrolment, what was shown (version, code, minutes, comment) and what is chosen now.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date as Day
from typing import Any, cast

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from registers.marks.actions.writing import Change, MarkKey
from registers.models import Group, Paper, User
from registers.rules.codes import CODES, NEED_PAPER
from registers.web.fields import DayField
from registers.web.form_helpers import form_helper, primary
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

    def change(self, on: Day, half: int) -> Change:
        comment = self.comment if self.comment != self.said else None
        key = MarkKey(self.enrolment_id, on, half)
        return Change(key, self.code, self.seen, self.minutes, comment, paper=self.paper or None)


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


class Unreadable(ValueError):
    """What came is no register of ours."""


def read_register(sent: QueryDict, *, present: str) -> SentRegister:
    """The register in what a page sent. Raises Unreadable for what no page of ours sends."""
    try:
        register = SentRegister(
            save_key=uuid.UUID(sent.get("save_key", "")),
            reason=sent.get("reason", ""),
            on_paper=sent.get("on_paper", ""),
        )
        ids = [_row_number(one) for one in sent.getlist("row")]
    except ValueError:
        raise Unreadable from None
    if len(ids) > MOST_ROWS or len(set(ids)) < len(ids):
        raise Unreadable
    for enrolment in ids:
        register.rows[enrolment] = _read_row(sent, enrolment)
    _settle(register, sent.get("settle", ""))
    if sent.get("rest") == "present":
        for row in register.rows.values():
            if not row.code and not row.was_code and not row.problem:
                row.code, row.rest = present, True
    for row in register.rows.values():
        if row.comment != row.said and not row.code and not row.problem:
            row.problem = "A comment stands beside a mark: choose a code with it."
        if row.paper and not row.code and not row.problem:
            row.problem = "What a code needs stands beside a mark: choose the code with it."
    return register


def _row_number(text: str) -> int:
    """Raises ValueError."""
    number = number_of(text)
    if number is None:
        raise ValueError(text)
    return number


def _read_row(sent: QueryDict, enrolment: int) -> SentRow:
    row = SentRow(enrolment)
    try:
        version, row.was_code, minutes = sent.get(f"was-{enrolment}", "").split("|")
        row.seen, row.was_minutes = int(version), int(minutes) if minutes else None
    except ValueError:
        raise Unreadable from None
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


class CoverForm(forms.Form):
    """A group that somebody else takes on one day."""

    date = DayField(label="Day", missing="Choose the day of the cover")
    group = forms.ModelChoiceField(
        label="Group",
        queryset=Group.objects.none(),
        empty_label="Choose a group",
        error_messages={
            "required": "Choose the group whose registers are taken",
            "invalid_choice": "Choose a group of the list",
        },
    )
    user = forms.ModelChoiceField(
        label="Who takes them",
        queryset=User.objects.none(),
        empty_label="Choose a colleague",
        error_messages={
            "required": "Choose who takes them",
            "invalid_choice": "Choose somebody of this school’s staff",
        },
    )

    def __init__(self, *args: Any, groups: Any, staff: Any, today: Day, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["date"].initial = today
        self.fields["date"].widget.attrs["min"] = str(today)
        for name, found in (("group", groups), ("user", staff)):
            cast(forms.ModelChoiceField, self.fields[name]).queryset = found
        button = Div(primary("Give cover"), css_class="field")
        self.helper = form_helper(
            "Give cover", Div("date", "group", "user", button, css_class="fields-row")
        )

    def clean_date(self) -> Day:
        on: Day = self.cleaned_data["date"]
        if on < self.today:
            raise ValidationError("That day is over: choose today or a day to come")
        return on
