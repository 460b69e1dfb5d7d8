"""What a device sends of a register: marks as they were made, with the two times of its clock.

The body is JSON, written by `static/js/outbox.js`:

    {"key": UUID, "person": 7, "made_at": ms, "sent_at": ms, "on_paper": "",
     "changes": [{"enrolment": 1, "code": "L", "seen": 0, "minutes": 8, "comment": null,
                  "paper": ""}]}

`key` is made on the device, one for each thing that somebody does; `person` is the account that
made the marks; the times are milliseconds since 1970; `seen` is the version of the mark that stood
there; a comment of null leaves the comment alone; `paper` is what was written down beside a code
that needs a paper, and may be left out.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from registers.marks.changes import MarkChange, MarkKey
from registers.register.devices import DeviceTimes
from registers.register.forms import (
    LATE_CODES,
    MOST_MINUTES,
    MOST_ROWS,
    NO_MINUTES,
    UnreadableRegister,
    too_long,
)

LARGEST_VERSION = 32_000
LARGEST_ID = 2**31 - 1
LONGEST_CODE = 10  # what is longer is no code that somebody mistyped


@dataclass(frozen=True, slots=True)
class SentMarks:
    """One thing that somebody did on a device: a mark, or one press for many."""

    key: uuid.UUID
    person_id: int
    times: DeviceTimes
    on_paper: str = ""
    changes: list[MarkChange] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def read_marks(body: bytes, on: date, half: int) -> SentMarks:
    """What the device sent for this session. Raises Unreadable for what no page of ours sends."""
    try:
        sent = json.loads(body)
        rows = sent["changes"]
        marks = SentMarks(
            key=uuid.UUID(sent["key"]),
            person_id=whole(sent["person"], LARGEST_ID),
            times=DeviceTimes(moment(sent["made_at"]), moment(sent["sent_at"])),
            on_paper=_text(sent.get("on_paper"), 20),
        )
        if not 0 < len(rows) <= MOST_ROWS:
            raise ValueError("too few or too many marks")
        for row in rows:
            _read_change(marks, row, on, half)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise UnreadableRegister from None
    if len({change.key for change in marks.changes}) < len(marks.changes):
        raise UnreadableRegister
    return marks


def _read_change(marks: SentMarks, row: dict[str, Any], on: date, half: int) -> None:
    """A change, or why there is none, in words for its row."""
    key = MarkKey(whole(row["enrolment"], LARGEST_ID), on, half)
    code = _text(row["code"], LONGEST_CODE)
    comment, paper = _line(row.get("comment")), _line(row.get("paper"))
    minutes = row.get("minutes") if code in LATE_CODES else None
    if refused := too_long(comment, paper) or _why_no_minutes(minutes):
        marks.refused[key.enrolment_id] = refused
        return
    seen = whole(row["seen"], LARGEST_VERSION)
    said = None if row.get("comment") is None else comment
    marks.changes.append(MarkChange(key, code, seen, minutes or None, said, paper=paper or None))


def _why_no_minutes(minutes: Any) -> str:
    try:
        whole(0 if minutes is None else minutes, MOST_MINUTES)
    except ValueError:
        return NO_MINUTES
    return ""


def whole(value: Any, most: int) -> int:
    """A whole number from 0. Raises ValueError for anything else, True and 1.5 among it."""
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(value)
    return value


def _text(value: Any, longest: int) -> str:
    """Raises ValueError for what is no text, too long, or holds what no database keeps."""
    text = value or ""
    if not isinstance(text, str) or len(text) > longest or "\0" in text:
        raise ValueError("no text")
    text.encode()  # half a surrogate pair is no text either (a ValueError)
    return text


def _line(value: Any) -> str:
    """A text without line breaks, as long as nobody types."""
    return " ".join(_text(value, 100_000).split())


def moment(milliseconds: Any) -> datetime:
    if type(milliseconds) not in (int, float):
        raise ValueError("no time")
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
