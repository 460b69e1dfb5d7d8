"""What the page of a class register shows of each row, and which codes it offers."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from django.urls import reverse
from django.utils import timezone

from registers.register.actions.saving import RegisterKey, SaveAnswer
from registers.register.forms import SentRegister, SentRow
from registers.register.page import PRESENT, RegisterSheet
from registers.register.rows import RegisterRow
from registers.register.staff import staff_of
from registers.rules.allowed_codes import paper_needed
from registers.rules.clock import RegisterState, register_window
from registers.rules.codes import CODES, AttendanceCode, Half
from registers.rules.everyday_codes import everyday_codes
from registers.web.access import SchoolViewer

SURE_OF_NOBODY = "Z"  # for pupils who are not on the roll: it is nobody's in a register


class PageMode(Enum):
    """What the page is for, now and for this person."""

    TAKE = "take"
    LATE = "late"  # it has ended with blanks, and the person may fill them
    READ = "read"
    AHEAD = "ahead"  # not open yet


@dataclass(slots=True)
class RegisterLine:
    """A row of the register with what was sent for it and could not be saved."""

    row: RegisterRow
    sent: SentRow | None = None
    refused: str = ""
    is_conflict: bool = False
    editable: bool = True

    @property
    def code(self) -> str:
        """The code that the row shows: the one chosen here before the one that stands."""
        return self.sent.code if self.sent else self.row.code

    @property
    def minutes(self) -> str:
        if self.sent:
            return self.sent.minutes_typed
        mark = self.row.mark
        return str(mark.minutes_late) if mark and mark.minutes_late else ""

    @property
    def comment(self) -> str:
        return self.sent.comment if self.sent else self.row.comment

    @property
    def paper(self) -> str:
        """What was typed for the code and could not be saved yet."""
        return self.sent.paper if self.sent else ""

    @property
    def was(self) -> str:
        """What the page was built from, as it comes back: version, code, minutes."""
        mark = self.row.mark
        return f"{mark.version}|{mark.code}|{mark.minutes_late or ''}" if mark else "0||"

    @property
    def is_open(self) -> bool:
        """Whether the second line of the row is shown at once."""
        return bool(self.refused)


@dataclass(slots=True)
class SaveProblems:
    """What stood in the way of a save, for the page that is shown again."""

    sent: SentRegister | None = None
    refused: dict[int, str] = field(default_factory=dict)
    conflicts: set[int] = field(default_factory=set)
    whole: str = ""  # why nothing at all was saved
    saved: int = 0

    def stopped(self, enrolment_id: int) -> bool:
        """Whether what was sent for this pupil could not be saved."""
        if enrolment_id in self.refused or enrolment_id in self.conflicts:
            return True
        if self.sent is None or not self.whole:
            return False
        row = self.sent.rows.get(enrolment_id)
        return row is not None and row.is_changed


def problems_of(sent: SentRegister, answer: SaveAnswer) -> SaveProblems:
    """What is left over. Marks by others stay where somebody was only one of the rest."""
    left = {row["enrolment"] for row in answer.conflicts}
    conflicts = {pk for pk in left if not sent.rows[pk].rest}
    for pk in left - conflicts:
        sent.rows[pk].code = sent.rows[pk].was_code
    undecided = {row.enrolment_id for row in sent.rows.values() if row.undecided and row.is_changed}
    refused = {row["enrolment"]: row["why"] for row in answer.refused}
    wrong = {row.enrolment_id: row.problem for row in sent.wrong}
    return SaveProblems(
        sent, refused | wrong, conflicts=conflicts | undecided, saved=len(answer.saved)
    )


def context_of(
    viewer: SchoolViewer,
    key: RegisterKey,
    sheet: RegisterSheet,
    problems: SaveProblems,
    now: datetime,
) -> dict[str, Any]:
    """All that the page's template takes."""
    mode, state = mode_of(viewer, sheet, now), sheet.state(now)
    lines = [_line(row, problems, mode) for row in sheet.rows]
    others = _others(viewer, key) if mode in (PageMode.TAKE, PageMode.LATE) else ()
    return {
        "sheet": sheet,
        "mode": mode.value,
        "state": state,
        "left_over": state in (RegisterState.BLANKS, RegisterState.NOT_TAKEN),
        "now": now,
        "minutes_left": sheet.window.minutes_left(now),
        "gone": sheet.window.per_mille_gone(now),
        "half_gone": sheet.window.is_half_gone(now),
        "columns": _columns(lines),
        "counted": sheet.counted,
        "quick": _quick(key.half),
        "every": _offered(key),
        "others": others,
        "papers": tuple(code for code in others if paper_needed(code)),
        "problems": problems,
        "failed": problems.whole,
        "lost": [line for line in lines if line.sent] if problems.whole else [],
        "save_key": uuid.uuid4(),
        "may_amend": viewer.may("amend_mark"),
        "may_keep": viewer.may("keep_pupils"),
        "staff": staff_of(viewer) if _can_be_on_paper(viewer, sheet, mode) else (),
        "other_ahead": not register_window(viewer.school, key.date, 1 - key.half).has_opened(now),
        "is_today": key.date == timezone.localdate(),
        "faces": _faces(viewer, key, sheet),
    }


def _faces(viewer: SchoolViewer, key: RegisterKey, sheet: RegisterSheet) -> str:
    """The address of the one picture with all photos of the page; "" where nobody has one."""
    if not sheet.faces:
        return ""
    words = {"group_id": key.group_id, "date": key.date, "faces": sheet.faces}
    return reverse("registers:photos_of_group", kwargs={"urn": viewer.school.urn, **words})


def mode_of(viewer: SchoolViewer, sheet: RegisterSheet, now: datetime) -> PageMode:
    if sheet.can_be_taken(now):
        return PageMode.TAKE
    if not sheet.window.has_opened(now):
        return PageMode.AHEAD
    blanks = any(row.mark is None for row in sheet.rows)
    if not sheet.closed_because and blanks and viewer.may("amend_mark"):
        return PageMode.LATE
    return PageMode.READ


def _can_be_on_paper(viewer: SchoolViewer, sheet: RegisterSheet, mode: PageMode) -> bool:
    """Whether this person may type in a register that somebody else took on paper."""
    if mode is PageMode.LATE:
        return True
    untaken = sheet.register is not None and sheet.register.taken_at is None
    return mode is PageMode.TAKE and untaken and viewer.may("amend_mark")


def _line(row: RegisterRow, problems: SaveProblems, mode: PageMode) -> RegisterLine:
    pk = row.enrolment_id
    sent = problems.sent.rows[pk] if problems.sent and problems.stopped(pk) else None
    return RegisterLine(
        row,
        sent=replace(sent) if sent else None,
        refused=problems.refused.get(pk, ""),
        is_conflict=pk in problems.conflicts and row.mark is not None,
        editable=mode is PageMode.TAKE or (mode is PageMode.LATE and row.mark is None),
    )


def _columns(lines: list[RegisterLine]) -> list[list[RegisterLine]]:
    """The page's two columns, the first as long as the second or one longer."""
    half = -(-len(lines) // 2)
    return [column for column in (lines[:half], lines[half:]) if column]


def _quick(half: int) -> list[AttendanceCode]:
    return [CODES[PRESENT[Half(half)]], CODES["N"], CODES["L"]]


def _others(viewer: SchoolViewer, key: RegisterKey) -> tuple[str, ...]:
    """The codes of the list behind the three dots: a teacher's are those of every day."""
    without = {code.symbol for code in _quick(key.half)} | {SURE_OF_NOBODY}
    others = [symbol for symbol in _offered(key) if symbol not in without]
    if viewer.own_groups is None:
        return tuple(others)
    everyday = set(everyday_codes(viewer.school))
    return tuple(symbol for symbol in others if symbol in everyday)


def _offered(key: RegisterKey) -> tuple[str, ...]:
    """Every code that a mark of this session can have, whoever makes it."""
    return tuple(
        code.symbol
        for code in CODES.values()
        if code.in_force(key.date) and code.half in (None, key.half)
    )
