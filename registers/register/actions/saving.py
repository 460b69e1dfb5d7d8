"""Save marks in a register that is open: once for each key, mark by mark, in one transaction."""

import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from registers import policies
from registers.marks.actions.writing import (
    Author,
    Check,
    LockedEnrolment,
    MarkChange,
    MarkKey,
    MarkNow,
    WriteResult,
    lock_class,
    write_marks,
)
from registers.marks.advising import advise
from registers.models import Appointment, Mark, Register, SaveReceipt, School
from registers.models.school.staff import User
from registers.register.actions.may_take import FIRST_APPOINTMENT, OWN, check_role
from registers.rules import allowed_codes
from registers.rules.clock import RegisterWindow, register_window
from registers.rules.codes import CODES, Half
from registers.rules.everyday_codes import everyday_codes

REGISTER = """
    SELECT register.id, grp.school_id, register.group_id, register.opened_at, register.taken_at,
           register.ended_at, half_day.date, half_day.half, half_day.is_open,
           half_day.closed_because, register.closed_because, school.morning_at,
           school.afternoon_at, school.register_minutes, school.later_times, school.everyday_codes,
           theirs.role,
           theirs.position, {own}, receipt.answer
      FROM registers_register register
      JOIN registers_group grp ON grp.id = register.group_id
      JOIN registers_school school ON school.id = grp.school_id
      JOIN registers_session half_day ON half_day.id = register.session_id
      LEFT JOIN registers_appointment theirs
        ON theirs.school_id = grp.school_id AND theirs.user_id = %s AND theirs.role IN ({roles})
      LEFT JOIN registers_savereceipt receipt ON receipt.key = %s AND receipt.by_id = %s
     WHERE {which} {first}"""
OF_ID = "register.id = %s"
OF_SESSION = (
    "grp.school_id = %s AND register.group_id = %s AND half_day.date = %s AND half_day.half = %s"
)
TAKEN = """
    UPDATE registers_register SET taken_at = %s, taken_by_id = %s, entered_by_id = %s
     WHERE id = %s AND taken_at IS NULL"""
RECEIPTS_STAY = timedelta(days=31)
CLOSED = "This session was closed ({why}), so no register is taken. Tell the attendance office."
ENDED = "This register has ended. The attendance office can amend it and say why."

Which = tuple[str, list[int | str | None]]  # a condition of REGISTER and its values


class RegisterKey(NamedTuple):
    """A register as its page's address names it, within one school."""

    school_id: int
    group_id: int
    date: date
    half: int


@dataclass(frozen=True, slots=True)
class SaveAnswer:
    """What a save did, mark by mark; the same for a repeat of the same save."""

    saved: list[dict]
    conflicts: list[dict]
    refused: list[dict]
    held: list[dict] = field(default_factory=list)
    repeated: bool = False

    @property
    def advised(self) -> list[dict]:
        """The marks of `saved` that are allowed and odd."""
        return [mark for mark in self.saved if "advice" in mark]


class RepeatedSaveError(Exception):
    """Another request with this key was first."""


def save_marks(
    *,
    changes: Sequence[MarkChange],
    save_key: uuid.UUID,
    by: User,
    register_id: int | None = None,
    key: RegisterKey | None = None,
    made_at: datetime | None = None,
    taken_by: User | None = None,
    now: datetime | None = None,
    today: date | None = None,
) -> SaveAnswer:
    """Save marks in a register that is open, one or sixty of them, in one transaction.

    The register is named by its id or by its `key`. Every change is saved, or answered as a
    conflict (with the mark as it stands) or as refused (with the reason in words). The same
    `save_key` again changes nothing and gets the same answer. `made_at` is when the marks were
    made, now by default; `taken_by` is who took the register on paper, where `by` types it in.
    Raises Refused when the person may not take this register or it has ended, by hand or by the
    clock; Register.DoesNotExist when nobody has opened it; ValueError when a mark is in `changes`
    twice.
    """
    each_once(changes)
    now = now or timezone.now()
    which: Which = (OF_ID, [register_id])
    if key is not None:
        which = (OF_SESSION, [key.school_id, key.group_id, str(key.date), key.half])

    def save() -> SaveAnswer:
        register = register_for(which, save_key, by)
        if register.answer is not None:
            return earlier_answer(register.answer)
        if why := register.closed_because:
            raise policies.Refused(CLOSED.format(why=why))
        if register.has_ended(now):
            raise policies.Refused(ENDED)
        check_on_paper(taken_by, register.school_id, by)
        return save_in(register, changes, save_key, by, made_at or now, taken_by, today)

    return once(save, save_key, by)


def each_once(changes: Sequence[MarkChange]) -> None:
    if len({change.key for change in changes}) < len(changes):
        raise ValueError("A save holds at most one change for each mark.")


def once(save: Callable[[], SaveAnswer], save_key: uuid.UUID, by: User) -> SaveAnswer:
    """What the save answers; the first answer, when another request with its key was faster."""
    try:
        with transaction.atomic():
            return save()
    except RepeatedSaveError:
        earlier = SaveReceipt.objects.filter(pk=save_key, by=by).first()
        if earlier is None:
            raise policies.Refused("This save's key belongs to somebody else.") from None
        return earlier_answer(earlier.answer)


def check_of(
    session: allowed_codes.SessionFacts, today: date, everyday: Collection[str] | None = None
) -> Check:
    """The rules for one session; a teacher is also held to the school's `everyday` codes."""

    def check(change: MarkChange, enrolment: LockedEnrolment, mark: MarkNow | None) -> str | None:
        why = allowed_codes.why_not(
            change.code, pupil=enrolment.facts, session=session, today=today
        )
        if why is None and everyday is not None and change.code not in everyday:
            meaning = CODES[change.code].meaning
            return (
                f"{change.code} ({meaning}) is set by the attendance office. "
                "Mark N when the pupil is not here, and tell the office."
            )
        return why

    return check


def save_in(
    register: "OpenRegister",
    changes: Sequence[MarkChange],
    save_key: uuid.UUID,
    by: User,
    made_at: datetime,
    taken_by: User | None,
    today: date | None,
    arrived_at: datetime | None = None,
) -> SaveAnswer:
    """Write what may stand, note who took the register, keep the answer under the key."""
    facts = allowed_codes.SessionFacts(register.date, Half(register.half), register.is_open)
    theirs, others = of_session(changes, register.date, register.half)
    locked, there = lock_class(
        [change.key.enrolment_id for change in theirs],
        group=register.group_id,
        on=register.date,
        half=register.half,
    )
    written = write_marks(
        theirs,
        by=Author(by.pk, str(by), register.position),
        source=Mark.Source.REGISTER,
        made_at=made_at,
        check=check_of(facts, today or timezone.localdate(), register.held_to_codes),
        locked=locked,
        there=there,
        arrived_at=arrived_at,
    )
    written.refused |= others
    written.advice = advise(
        [change for change in theirs if change.key in written.saved],
        locked=locked,
        before=there,
        windows={(register.date, register.half): register.window},
    )
    _note_taken(register, by, made_at, written, taken_by)
    return keep_answer(save_key, by, written)


def of_session(
    changes: Sequence[MarkChange], on: date, half: int
) -> tuple[list[MarkChange], dict[MarkKey, str]]:
    """The changes of this session, and a refusal for each that belongs to another one."""
    theirs, others = [], {}
    for change in changes:
        if (change.key.date, change.key.half) == (on, half):
            theirs.append(change)
        else:
            others[change.key] = "This mark belongs to another session."
    return theirs, others


def check_on_paper(taken_by: User | None, school_id: int, by: User) -> None:
    """Somebody else's register is typed in by the office, and only for its own staff."""
    if taken_by is None:
        return
    policies.check(by, "amend_mark", school=school_id)
    if not policies.may(taken_by, "take_register", school=school_id):
        raise policies.Refused("Choose somebody of this school’s staff who took it on paper.")


class OpenRegister(NamedTuple):
    """A register as a save needs it; who the person is in its school; the answer given before."""

    id: int
    school_id: int
    group_id: int
    opened_at: datetime | None
    taken_at: datetime | None
    ended_at: datetime | None
    date: date
    half: int
    is_open: bool
    school_closed_because: str
    group_closed_because: str
    morning_at: time
    afternoon_at: time
    register_minutes: int
    later: str
    everyday: str
    role: str | None
    own_position: str | None
    is_own: bool
    given: str | None

    @property
    def position(self) -> str:
        """As the register names it beside an amendment."""
        return self.own_position or dict(Appointment.Role.choices).get(self.role or "", "")

    @property
    def later_times(self) -> list[dict]:
        return list(json.loads(self.later))

    @property
    def closed_because(self) -> str:
        """Why no register is taken; empty where one is."""
        return self.school_closed_because or self.group_closed_because

    @property
    def answer(self) -> dict[str, list[dict]] | None:
        return json.loads(self.given) if self.given else None

    @property
    def held_to_codes(self) -> list[str] | None:
        """The codes that a teacher may set; None for everybody else."""
        if self.role != policies.Role.TEACHER:
            return None
        return everyday_codes(School(everyday_codes=json.loads(self.everyday)))

    def has_ended(self, now: datetime) -> bool:
        """By hand or by the clock, whether or not anybody has noted it yet.

        The clock begins with the opening: what came without one, by an import, has no clock.
        """
        if self.ended_at is not None or self.opened_at is None:
            return self.ended_at is not None
        return self.window.has_ended(now)

    @property
    def window(self) -> RegisterWindow:
        return register_window(self, self.date, self.half)


def register_for(which: Which, save_key: uuid.UUID, by: User) -> OpenRegister:
    """The register, when the person may take it; raises Refused when not."""
    roles = policies.ROLES["take_register"]
    where, params = which
    key = SaveReceipt._meta.pk.get_db_prep_value(save_key, connection)
    sql = REGISTER.format(
        own=OWN.format(day="half_day.date"),
        roles=", ".join(["%s"] * len(roles)),
        which=where,
        first=FIRST_APPOINTMENT,
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [by.pk, *roles, key, by.pk, *params])
        row = cursor.fetchone()
    if row is None:
        raise Register.DoesNotExist
    register = OpenRegister(*row)
    check_role(by, register.role, register.is_own)
    return register


def _note_taken(
    register: OpenRegister, by: User, made_at: datetime, written: WriteResult, taken_by: User | None
) -> None:
    if register.taken_at is None and written.saved:
        with connection.cursor() as cursor:
            at = connection.ops.adapt_datetimefield_value(made_at)
            who = [taken_by.pk, by.pk] if taken_by else [by.pk, None]
            cursor.execute(TAKEN, [at, *who, register.id])


def keep_answer(
    save_key: uuid.UUID, by: User, written: WriteResult, held: Mapping[MarkKey, str] | None = None
) -> SaveAnswer:
    answer: dict[str, list[dict]] = {
        "saved": [
            {
                **_words(key),
                "version": version,
                **_paper_words(key, written),
                **_advice_words(key, written),
            }
            for key, version in sorted({**written.saved, **written.unchanged}.items())
        ],
        "conflicts": [
            {**_words(key), **_mark_words(mark)} for key, mark in sorted(written.conflicts.items())
        ],
        "refused": [{**_words(key), "why": why} for key, why in sorted(written.refused.items())],
    }
    if held:
        answer["held"] = [{**_words(key), "why": why} for key, why in sorted(held.items())]
    receipt = SaveReceipt(pk=save_key, by=by, at=timezone.now(), answer=answer)
    if not _first_with_its_key(receipt):
        raise RepeatedSaveError
    return SaveAnswer(**answer, repeated=False)


def _first_with_its_key(receipt: SaveReceipt) -> bool:
    """Keep the receipt, unless one with its key is there: one statement that cannot race."""
    fields = SaveReceipt._meta.local_concrete_fields
    columns = ", ".join(str(one.column) for one in fields)
    values = [one.get_db_prep_save(getattr(receipt, one.attname), connection) for one in fields]
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


def earlier_answer(answer: dict) -> SaveAnswer:
    return SaveAnswer(**answer, repeated=True)


def _words(key: MarkKey) -> dict:
    return {"enrolment": key.enrolment_id, "date": str(key.date), "half": key.half}


def _paper_words(key: MarkKey, written: WriteResult) -> dict:
    """Only beside a code that needs a paper: whether it is held."""
    return {"paper": written.papers[key]} if key in written.papers else {}


def _advice_words(key: MarkKey, written: WriteResult) -> dict:
    """Only beside a mark that is allowed and odd: sentences for whoever made it."""
    return {"advice": written.advice[key]} if key in written.advice else {}


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
