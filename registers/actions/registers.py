"""Open, take and end a class register."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from registers import policies, rules
from registers.actions.writing import (
    Author,
    Change,
    Locked,
    MarkKey,
    MarkNow,
    Written,
    lock_enrolments,
    write_marks,
)
from registers.codes import Half
from registers.models import Appointment, Group, Mark, Register, SaveReceipt, Session
from registers.models.staff import User

# Written out, as in `mark_sql`: both are part of every save.
REGISTER = """
    SELECT register.id, register.group_id, register.taken_at, register.ended_at, half_day.date,
           half_day.half, half_day.is_open, theirs.role, theirs.position, receipt.answer
      FROM registers_register register
      JOIN registers_group grp ON grp.id = register.group_id
      JOIN registers_session half_day ON half_day.id = register.session_id
      LEFT JOIN registers_appointment theirs
        ON theirs.school_id = grp.school_id AND theirs.user_id = %s AND theirs.role IN ({roles})
      LEFT JOIN registers_savereceipt receipt ON receipt.key = %s AND receipt.by_id = %s
     WHERE register.id = %s ORDER BY theirs.id LIMIT 1"""
TAKEN = """
    UPDATE registers_register SET taken_at = %s, taken_by_id = %s
     WHERE id = %s AND taken_at IS NULL"""
ENDED = "This register has ended. The attendance office can amend it and say why."


@dataclass(frozen=True, slots=True)
class Answer:
    """What a save did, mark by mark; the same for a repeat of the same save."""

    saved: list[dict]
    conflicts: list[dict]
    refused: list[dict]
    repeated: bool = False


class RepeatedSaveError(Exception):
    """Another request with this key was first."""


def open_register(*, group: Group, session: Session, by: User) -> Register:
    """The register of this group for this session, opened now if it was not. Raises NotAllowed."""
    policies.check(by, "take_register", school=group.school_id)
    register, _ = Register.objects.get_or_create(
        group=group, session=session, defaults={"opened_at": timezone.now(), "opened_by": by}
    )
    return register


def end_register(*, register: Register, at: datetime) -> None:
    """Taking ends. Ending it again changes nothing."""
    Register.objects.filter(pk=register.pk, ended_at__isnull=True).update(ended_at=at)


def save_marks(
    *,
    register_id: int,
    changes: Sequence[Change],
    save_key: uuid.UUID,
    by: User,
    made_at: datetime | None = None,
    today: date | None = None,
) -> Answer:
    """Save marks in a register that is open, one or sixty of them, in one transaction.

    Every change is saved, or answered as a conflict (with the mark as it stands) or as refused
    (with the reason in words). The same `save_key` again changes nothing and gets the same
    answer. `made_at` is when the marks were made, now by default. Raises NotAllowed when the
    person may not take this register or it has ended, ValueError when a mark is in `changes` twice.
    """
    if len({change.key for change in changes}) < len(changes):
        raise ValueError("A save holds at most one change for each mark.")
    try:
        with transaction.atomic():
            return _save(register_id, changes, save_key, by, made_at or timezone.now(), today)
    except RepeatedSaveError:
        earlier = SaveReceipt.objects.filter(pk=save_key, by=by).first()
        if earlier is None:
            raise policies.NotAllowed("This save's key belongs to somebody else.") from None
        return _earlier_answer(earlier.answer)


def _save(
    register_id: int,
    changes: Sequence[Change],
    save_key: uuid.UUID,
    by: User,
    made_at: datetime,
    today: date | None,
) -> Answer:
    register = _register_for(register_id, save_key, by)
    if (earlier := register.answer) is not None:
        return _earlier_answer(earlier)
    if register.ended_at is not None:
        raise policies.NotAllowed(ENDED)
    facts = rules.SessionFacts(register.date, Half(register.half), register.is_open)
    today = today or timezone.localdate()

    def check(change: Change, enrolment: Locked, mark: MarkNow | None) -> str | None:
        return rules.why_not(change.code, pupil=enrolment.facts, session=facts, today=today)

    def belongs(change: Change) -> bool:
        return (change.key.date, change.key.half) == (register.date, register.half)

    theirs = [change for change in changes if belongs(change)]
    written = write_marks(
        theirs,
        by=Author(by.pk, str(by), register.position),
        source=Mark.Source.REGISTER,
        made_at=made_at,
        check=check,
        locked=lock_enrolments(
            [change.key.enrolment_id for change in theirs],
            group=register.group_id,
            on=register.date,
        ),
    )
    for change in changes:
        if not belongs(change):
            written.refused[change.key] = "This mark belongs to another session."
    _note_taken(register, by, made_at, written)
    return _keep_answer(save_key, by, written)


class OpenRegister(NamedTuple):
    """A register as a save needs it; who the person is in its school; the answer given before."""

    id: int
    group_id: int
    taken_at: datetime | None
    ended_at: datetime | None
    date: date
    half: int
    is_open: bool
    role: str | None
    own_position: str | None
    given: str | None

    @property
    def position(self) -> str:
        """As the register names it beside an amendment."""
        return self.own_position or dict(Appointment.Role.choices).get(self.role or "", "")

    @property
    def answer(self) -> dict[str, list[dict]] | None:
        return json.loads(self.given) if self.given else None


def _register_for(register_id: int, save_key: uuid.UUID, by: User) -> OpenRegister:
    """The register, when the person may take it; raises NotAllowed when not."""
    roles = policies.ROLES["take_register"]
    key = SaveReceipt._meta.pk.get_db_prep_value(save_key, connection)
    with connection.cursor() as cursor:
        sql = REGISTER.format(roles=", ".join(["%s"] * len(roles)))
        cursor.execute(sql, [by.pk, *roles, key, by.pk, register_id])
        row = cursor.fetchone()
    if row is None:
        raise Register.DoesNotExist
    register = OpenRegister(*row)
    if register.role is None or not by.is_active:
        raise policies.NotAllowed("You cannot take registers at this school.")
    return register


def _note_taken(register: OpenRegister, by: User, made_at: datetime, written: Written) -> None:
    if register.taken_at is None and written.saved:
        with connection.cursor() as cursor:
            at = connection.ops.adapt_datetimefield_value(made_at)
            cursor.execute(TAKEN, [at, by.pk, register.id])


def _keep_answer(save_key: uuid.UUID, by: User, written: Written) -> Answer:
    answer: dict[str, list[dict]] = {
        "saved": [
            {**_words(key), "version": version}
            for key, version in sorted({**written.saved, **written.unchanged}.items())
        ],
        "conflicts": [
            {**_words(key), **_mark_words(mark)} for key, mark in sorted(written.conflicts.items())
        ],
        "refused": [{**_words(key), "why": why} for key, why in sorted(written.refused.items())],
    }
    receipt = SaveReceipt(pk=save_key, by=by, at=timezone.now(), answer=answer)
    if not _first_with_its_key(receipt):
        raise RepeatedSaveError
    return Answer(answer["saved"], answer["conflicts"], answer["refused"])


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


def _earlier_answer(answer: dict) -> Answer:
    return Answer(**answer, repeated=True)


def _words(key: MarkKey) -> dict:
    return {"enrolment": key.enrolment_id, "date": str(key.date), "half": key.half}


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
