"""The papers that follow the marks of one call: what they need, and what they need no more."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from registers.marks.actions import papers
from registers.marks.changes import MarkChange, MarkKey, MarkNow
from registers.rules.codes import NEED_PAPER


def list_needed(
    changes: Sequence[MarkChange], there: Mapping[MarkKey, MarkNow], by_id: int | None
) -> dict[MarkKey, bool]:
    """List what these changes need; whether it is held. No statement where they need nothing.

    `there` are the marks as they stood before.
    """
    needing = [change for change in changes if change.code in NEED_PAPER]
    fewer = [change.key for change in changes if _needs_no_more(change, there.get(change.key))]
    listed = _list(
        [*fewer, *(change.key for change in needing)],
        said=[_said(change) for change in needing if change.paper],
        by_id=by_id,
        fewer=bool(fewer),
    )
    return _held_papers(needing, listed)


def list_fewer(marks: Mapping[MarkKey, MarkNow], by_id: int | None) -> None:
    """The same where these marks were taken out of the register."""
    needed = [key for key, mark in marks.items() if mark.code in NEED_PAPER]
    _list(needed, by_id=by_id, fewer=True)


def _list(keys: Collection[MarkKey], **how: Any) -> papers.Listed:
    if not keys:
        return {}
    days = [key.date for key in keys]
    pupils = sorted({key.enrolment_id for key in keys})
    return papers.list_papers(pupils, first=min(days), last=max(days), **how)


def _held_papers(needing: Iterable[MarkChange], listed: papers.Listed) -> dict[MarkKey, bool]:
    found = {
        change.key: papers.paper_on(listed, change.key.enrolment_id, change.code, change.key.date)
        for change in needing
    }
    return {key: paper.completed_at is not None for key, paper in found.items() if paper}


def _needs_no_more(change: MarkChange, mark: MarkNow | None) -> bool:
    """Whether the mark needed a paper as it was, and by another code no longer does."""
    return mark is not None and mark.code in NEED_PAPER and mark.code != change.code


def _said(change: MarkChange) -> papers.PaperDetails:
    return papers.PaperDetails(
        change.key.enrolment_id, change.code, change.key.date, change.paper or ""
    )
