"""What a save answers, mark by mark; kept, so that the same key again gets the same answer."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from registers import policies
from registers.marks.changes import MarkKey, MarkNow, WriteResult
from registers.models import SaveReceipt
from registers.models.school.staff import User

RECEIPTS_STAY = timedelta(days=31)
NOTHING_HELD: Mapping[MarkKey, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SaveAnswer:
    """What a save did, mark by mark; the same for a repeat of the same save."""

    saved: list[dict] = field(default_factory=list)
    conflicts: list[dict] = field(default_factory=list)
    refused: list[dict] = field(default_factory=list)
    held: list[dict] = field(default_factory=list)
    repeated: bool = False

    @property
    def advised(self) -> list[dict]:
        """The marks of `saved` that are allowed and odd."""
        return [mark for mark in self.saved if "advice" in mark]


class RepeatedSaveError(Exception):
    """Another request with this key was first."""


def once(save: Callable[[], SaveAnswer], save_key: uuid.UUID, by: User) -> SaveAnswer:
    """What the save answers; the first answer, when another request with its key was faster."""
    try:
        with transaction.atomic():
            return save()
    except RepeatedSaveError:
        earlier = earlier_answer(save_key, by)
        if earlier is None:
            raise policies.Refused("This save's key belongs to somebody else.") from None
        return earlier


def earlier_answer(save_key: uuid.UUID, by: User) -> SaveAnswer | None:
    """What this person was answered under the key before."""
    receipts = SaveReceipt.objects.filter(pk=save_key, by=by)
    return next(map(repeated, receipts.values_list("answer", flat=True)), None)


def repeated(answer: Mapping[str, list[dict]]) -> SaveAnswer:
    """The answer that a receipt keeps, given again."""
    return SaveAnswer(**answer, repeated=True)


def keep_answer(
    save_key: uuid.UUID,
    by: User,
    written: WriteResult,
    held: Mapping[MarkKey, str] = NOTHING_HELD,
) -> SaveAnswer:
    """Answer what became of each mark, `held` with the reason; keep it under the key.

    Raises RepeatedSaveError where the key has an answer.
    """
    standing = {**written.saved, **written.unchanged}
    conflicts = sorted(written.conflicts.items())
    answer: dict[str, Any] = {
        "saved": [_saved(key, version, written) for key, version in sorted(standing.items())],
        "conflicts": [{**_words(key), **_mark_words(mark)} for key, mark in conflicts],
        "refused": _with_reasons(written.refused),
        "held": _with_reasons(held),
    }
    receipt = SaveReceipt(pk=save_key, by=by, at=timezone.now(), answer=answer)
    if not _first_with_its_key(receipt):
        raise RepeatedSaveError
    return SaveAnswer(**answer)


def _first_with_its_key(receipt: SaveReceipt) -> bool:
    """Keep the receipt, unless one with its key is there: one statement that cannot race."""
    fields = SaveReceipt._meta.local_concrete_fields
    columns = ", ".join(str(field.column) for field in fields)
    values = [
        field.get_db_prep_save(getattr(receipt, field.attname), connection) for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO registers_savereceipt ({columns})"  # noqa: S608 (names of columns)
            " VALUES (%s, %s, %s, %s) ON CONFLICT (key) DO NOTHING",
            values,
        )
        return bool(cursor.rowcount == 1)


def forget_receipts(*, now: datetime | None = None) -> int:
    """Take away what was answered over a month ago; how many.

    A save that comes again after that is stale by its version: nothing is written twice.
    """
    gone, _ = SaveReceipt.objects.filter(at__lt=(now or timezone.now()) - RECEIPTS_STAY).delete()
    return gone


def _words(key: MarkKey) -> dict:
    return {"enrolment": key.enrolment_id, "date": str(key.date), "half": key.half}


def _saved(key: MarkKey, version: int, written: WriteResult) -> dict:
    """With whether its paper is held, beside a code that needs one, and with sentences for whoever
    made it, beside a mark that is allowed and odd."""
    answer = {**_words(key), "version": version}
    if key in written.papers:
        answer["paper"] = written.papers[key]
    if key in written.advice:
        answer["advice"] = written.advice[key]
    return answer


def _with_reasons(why: Mapping[MarkKey, str]) -> list[dict]:
    return [{**_words(key), "why": words} for key, words in sorted(why.items())]


def _mark_words(mark: MarkNow | None) -> dict:
    if mark is None:
        return {"version": 0, "code": None}
    return {
        "version": mark.version,
        "code": mark.code,
        "minutes_late": mark.minutes_late,
        "by": mark.made_by_id,
        "at": mark.made_at.isoformat(),
    }
