"""Open, fill, take, complete and end a class register."""

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from registers import policies, rules
from registers.actions.writing import (
    Author,
    Change,
    Check,
    Locked,
    MarkKey,
    MarkNow,
    Written,
    lock_class,
    write_marks,
)
from registers.clock import Window, register_window
from registers.codes import CODES, Half
from registers.everyday import everyday_codes
from registers.models import Appointment, Group, Mark, Register, SaveReceipt, School, Session
from registers.models.staff import User

# Written out, as in `mark_sql`: they are part of every save, and of every opening.
OWN = """
    (EXISTS (SELECT 1 FROM registers_appointment_groups mine
               JOIN registers_appointment held ON held.id = mine.appointment_id
              WHERE mine.group_id = grp.id AND held.user_id = theirs.user_id
                AND held.school_id = grp.school_id)
     OR EXISTS (SELECT 1 FROM registers_cover cover
                 WHERE cover.group_id = grp.id AND cover.user_id = theirs.user_id
                   AND cover.date = {day}))"""
# Of several appointments the one that is more than a teacher's.
FIRST_APPOINTMENT = "ORDER BY CASE theirs.role WHEN 'teacher' THEN 1 ELSE 0 END, theirs.id LIMIT 1"
REGISTER = """
    SELECT register.id, grp.school_id, register.group_id, register.opened_at, register.taken_at,
           register.ended_at, half_day.date, half_day.half, half_day.is_open, school.morning_at,
           school.afternoon_at, school.register_minutes, school.everyday_codes, theirs.role,
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
MAY_TAKE = """
    SELECT theirs.role, {own} FROM registers_group grp
      JOIN registers_appointment theirs
        ON theirs.school_id = grp.school_id AND theirs.user_id = %s AND theirs.role IN ({roles})
     WHERE grp.id = %s {first}"""
OPENED = """
    INSERT INTO registers_register AS register (group_id, session_id, opened_at, opened_by_id)
    VALUES (%s, %s, %s, %s)
    ON CONFLICT (group_id, session_id) DO UPDATE
       SET opened_at = COALESCE(register.opened_at, excluded.opened_at),
           opened_by_id = COALESCE(register.opened_by_id, excluded.opened_by_id)
    RETURNING id, group_id, session_id, opened_at, opened_by_id, taken_at, taken_by_id,
              entered_by_id, ended_at"""
TAKEN = """
    UPDATE registers_register SET taken_at = %s, taken_by_id = %s, entered_by_id = %s
     WHERE id = %s AND taken_at IS NULL"""
ENDED = "This register has ended. The attendance office can amend it and say why."
NOT_YOURS = (
    "Teachers take the registers of their own groups, and of those given to them for cover. "
    "The office can give you this one."
)
NOT_HERE = "You cannot take registers at this school."


Which = tuple[str, list[int | str | None]]  # a condition of REGISTER and its values


class RegisterKey(NamedTuple):
    """A register as its page's address names it, within one school."""

    school_id: int
    group_id: int
    date: date
    half: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a save did, mark by mark; the same for a repeat of the same save."""

    saved: list[dict]
    conflicts: list[dict]
    refused: list[dict]
    repeated: bool = False


class RepeatedSaveError(Exception):
    """Another request with this key was first."""


def open_register(
    *, group: Group, session: Session, by: User, now: datetime | None = None
) -> Register:
    """The register of this group for this session, opened now if it was not.

    Raises NotAllowed for whoever may not take it, before its time, after its end, and where the
    session was not held. Two statements, whoever else opens it at the same moment.
    """
    now = now or timezone.now()
    _check_may_take(by, group.pk, session.date)
    if not session.is_open:
        raise policies.NotAllowed(
            f"This session was not held ({session.closed_because}), so it has no register."
        )
    window = register_window(group.school, session.date, session.half)
    if not window.has_opened(now):
        raise policies.NotAllowed(opens_in_words(window))
    if window.has_ended(now):
        raise policies.NotAllowed(ENDED)
    at = connection.ops.adapt_datetimefield_value(now)
    (register,) = Register.objects.raw(OPENED, [group.pk, session.pk, at, by.pk])
    return register


def opens_in_words(window: Window) -> str:
    at = window.opens_at
    return f"This register opens at {at.hour}:{at:%M} on {rules.day_in_words(at.date())}."


def fill_planned(
    *,
    register: Register,
    session: Session,
    planned: Mapping[int, str],
    by: User,
    now: datetime | None = None,
    today: date | None = None,
) -> Written:
    """Write what is planned for these enrolments into a register that is open.

    Only where there is no mark: what somebody made is never overwritten, whoever was first. Raises
    NotAllowed when the register has ended. Safe to repeat.
    """
    if register.ended_at is not None:
        raise policies.NotAllowed(ENDED)
    _check_may_take(by, register.group_id, session.date)
    facts = rules.SessionFacts(session.date, Half(session.half), session.is_open)
    changes = [
        Change(MarkKey(enrolment, session.date, session.half), code, 0)
        for enrolment, code in planned.items()
    ]
    with transaction.atomic():
        locked, there = lock_class(
            list(planned), group=register.group_id, on=session.date, half=session.half
        )
        return write_marks(
            changes,
            by=Author(None, "", ""),
            source=Mark.Source.PLAN,
            made_at=now or timezone.now(),
            check=_check_of(facts, today or timezone.localdate()),
            locked=locked,
            there=there,
        )


def end_register(*, register: Register, at: datetime) -> None:
    """Taking ends. Ending it again changes nothing."""
    Register.objects.filter(pk=register.pk, ended_at__isnull=True).update(ended_at=at)


def end_registers(*, now: datetime | None = None) -> int:
    """End every register whose time is over, at the time when it was; how many.

    Two statements where all schools keep the same times, whatever the number of registers, and
    one when nothing is to be done. Safe to repeat, and after hours in which nobody called it.
    """
    now = now or timezone.now()
    unended = Register.objects.filter(
        ended_at__isnull=True, session__date__lte=timezone.localdate(now)
    ).select_related("session", "group__school")
    over: dict[datetime, list[int]] = defaultdict(list)
    for register in unended:
        half_day = register.session
        window = register_window(register.group.school, half_day.date, half_day.half)
        if window.has_ended(now):
            over[window.ends_at].append(register.pk)
    return sum(
        Register.objects.filter(pk__in=ids, ended_at__isnull=True).update(ended_at=at)
        for at, ids in over.items()
    )


def save_marks(
    *,
    changes: Sequence[Change],
    save_key: uuid.UUID,
    by: User,
    register_id: int | None = None,
    key: RegisterKey | None = None,
    made_at: datetime | None = None,
    taken_by: User | None = None,
    now: datetime | None = None,
    today: date | None = None,
) -> Answer:
    """Save marks in a register that is open, one or sixty of them, in one transaction.

    The register is named by its id or by its `key`. Every change is saved, or answered as a
    conflict (with the mark as it stands) or as refused (with the reason in words). The same
    `save_key` again changes nothing and gets the same answer. `made_at` is when the marks were
    made, now by default; `taken_by` is who took the register on paper, where `by` types it in.
    Raises NotAllowed when the person may not take this register or it has ended, by hand or by the
    clock; Register.DoesNotExist when nobody has opened it; ValueError when a mark is in `changes`
    twice.
    """
    _each_once(changes)
    now = now or timezone.now()
    which: Which = (OF_ID, [register_id])
    if key is not None:
        which = (OF_SESSION, [key.school_id, key.group_id, str(key.date), key.half])

    def save() -> Answer:
        register = _register_for(which, save_key, by)
        if register.answer is not None:
            return _earlier_answer(register.answer)
        if register.has_ended(now):
            raise policies.NotAllowed(ENDED)
        _check_on_paper(taken_by, register.school_id, by)
        return _save(register, changes, save_key, by, made_at or now, taken_by, today)

    return _once(save, save_key, by)


def _each_once(changes: Sequence[Change]) -> None:
    if len({change.key for change in changes}) < len(changes):
        raise ValueError("A save holds at most one change for each mark.")


def _once(save: Callable[[], Answer], save_key: uuid.UUID, by: User) -> Answer:
    """What the save answers; the first answer, when another request with its key was faster."""
    try:
        with transaction.atomic():
            return save()
    except RepeatedSaveError:
        earlier = SaveReceipt.objects.filter(pk=save_key, by=by).first()
        if earlier is None:
            raise policies.NotAllowed("This save's key belongs to somebody else.") from None
        return _earlier_answer(earlier.answer)


def _check_of(
    session: rules.SessionFacts, today: date, everyday: Collection[str] | None = None
) -> Check:
    """The rules for one session; a teacher is also held to the school's `everyday` codes."""

    def check(change: Change, enrolment: Locked, mark: MarkNow | None) -> str | None:
        why = rules.why_not(change.code, pupil=enrolment.facts, session=session, today=today)
        if why is None and everyday is not None and change.code not in everyday:
            meaning = CODES[change.code].meaning
            return (
                f"{change.code} ({meaning}) is set by the attendance office. "
                "Mark N when the pupil is not here, and tell the office."
            )
        return why

    return check


def _save(
    register: "OpenRegister",
    changes: Sequence[Change],
    save_key: uuid.UUID,
    by: User,
    made_at: datetime,
    taken_by: User | None,
    today: date | None,
) -> Answer:
    facts = rules.SessionFacts(register.date, Half(register.half), register.is_open)
    theirs, others = _of_session(changes, register.date, register.half)
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
        check=_check_of(facts, today or timezone.localdate(), register.held_to_codes),
        locked=locked,
        there=there,
    )
    written.refused |= others
    _note_taken(register, by, made_at, written, taken_by)
    return _keep_answer(save_key, by, written)


def _of_session(
    changes: Sequence[Change], on: date, half: int
) -> tuple[list[Change], dict[MarkKey, str]]:
    """The changes of this session, and a refusal for each that belongs to another one."""
    theirs = [change for change in changes if (change.key.date, change.key.half) == (on, half)]
    others = {
        change.key: "This mark belongs to another session."
        for change in changes
        if change not in theirs
    }
    return theirs, others


def enter_late(
    *,
    group: Group,
    session: Session,
    changes: Sequence[Change],
    reason: str,
    save_key: uuid.UUID,
    by: User,
    taken_by: User | None = None,
    now: datetime | None = None,
    today: date | None = None,
) -> Answer:
    """Fill the blanks of a register that has ended, each with its amendment and this reason.

    Like `save_marks` otherwise: mark by mark, once for each `save_key`. A mark that is there is
    not touched: it is amended one by one. With `taken_by` the register is noted as taken on paper
    by that person and typed in by `by`. Raises NotAllowed when the person may not amend, no reason
    is given, or the register has not ended.
    """
    _each_once(changes)
    now = now or timezone.now()
    policies.check(by, "amend_mark", school=group.school_id)
    if not reason.strip():
        raise policies.NotAllowed("Say why these marks are entered after the end.")
    window = register_window(group.school, session.date, session.half)
    if not window.has_ended(now):
        raise policies.NotAllowed("This register has not ended: take it as usual.")
    _check_on_paper(taken_by, group.school_id, by)

    def save() -> Answer:
        earlier = SaveReceipt.objects.filter(pk=save_key, by=by).first()
        if earlier is not None:
            return _earlier_answer(earlier.answer)
        written = _write_late(group, session, changes, reason.strip(), by, now, today)
        if taken_by is not None and written.saved:
            _note_taken_on_paper(group, session, taken_by, by, window)
        return _keep_answer(save_key, by, written)

    return _once(save, save_key, by)


def _write_late(
    group: Group,
    session: Session,
    changes: Sequence[Change],
    reason: str,
    by: User,
    now: datetime,
    today: date | None,
) -> Written:
    theirs, others = _of_session(changes, session.date, session.half)
    blanks = [
        Change(c.key, c.code, 0, c.minutes_late, c.comment, reason) for c in theirs if not c.seen
    ]
    locked, there = lock_class(
        [change.key.enrolment_id for change in blanks],
        group=group.pk,
        on=session.date,
        half=session.half,
    )
    facts = rules.SessionFacts(session.date, Half(session.half), session.is_open)
    position = policies.position_of(by, "amend_mark", school=group.school_id)
    written = write_marks(
        blanks,
        by=Author(by.pk, str(by), position),
        source=Mark.Source.OFFICE,
        made_at=now,
        check=_check_of(facts, today or timezone.localdate()),
        locked=locked,
        there=there,
        ended=[change.key for change in blanks],
    )
    written.refused |= others | {
        change.key: "This pupil has a mark: amend it on its own page."
        for change in theirs
        if change.seen
    }
    return written


def _check_on_paper(taken_by: User | None, school_id: int, by: User) -> None:
    """Somebody else's register is typed in by the office, and only for its own staff."""
    if taken_by is None:
        return
    policies.check(by, "amend_mark", school=school_id)
    if not policies.may(taken_by, "take_register", school=school_id):
        raise policies.NotAllowed("Choose somebody of this school’s staff who took it on paper.")


def _note_taken_on_paper(
    group: Group, session: Session, taken_by: User, by: User, window: Window
) -> None:
    """Taken at its opening, as far as anybody can say; nothing that was noted is changed."""
    register, _ = Register.objects.get_or_create(
        group=group, session=session, defaults={"ended_at": window.ends_at}
    )
    Register.objects.filter(pk=register.pk, taken_at__isnull=True).update(
        taken_at=window.opens_at, taken_by=taken_by, entered_by=by
    )


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
    morning_at: time
    afternoon_at: time
    register_minutes: int
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
        return register_window(self, self.date, self.half).has_ended(now)


def _check_may_take(by: User, group_id: int, on: date) -> None:
    """Raises NotAllowed, in words, unless the person may take this group's registers that day."""
    roles = policies.ROLES["take_register"]
    sql = MAY_TAKE.format(
        own=OWN.format(day="%s"), roles=", ".join(["%s"] * len(roles)), first=FIRST_APPOINTMENT
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(on), by.pk, *roles, group_id])
        role, is_own = cursor.fetchone() or (None, False)
    _check_role(by, role, is_own)


def _check_role(by: User, role: str | None, is_own: bool) -> None:
    if role is None or not by.is_active:
        raise policies.NotAllowed(NOT_HERE)
    if role == policies.Role.TEACHER and not is_own:
        raise policies.NotAllowed(NOT_YOURS)


def _register_for(which: Which, save_key: uuid.UUID, by: User) -> OpenRegister:
    """The register, when the person may take it; raises NotAllowed when not."""
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
    _check_role(by, register.role, register.is_own)
    return register


def _note_taken(
    register: OpenRegister, by: User, made_at: datetime, written: Written, taken_by: User | None
) -> None:
    if register.taken_at is None and written.saved:
        with connection.cursor() as cursor:
            at = connection.ops.adapt_datetimefield_value(made_at)
            who = [taken_by.pk, by.pk] if taken_by else [by.pk, None]
            cursor.execute(TAKEN, [at, *who, register.id])


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
