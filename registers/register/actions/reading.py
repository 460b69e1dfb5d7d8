"""The register that a save is for, in one statement: how it stands, who the person is in its school
and what was answered under the save's key before.
"""

import json
import uuid
from datetime import date, datetime, time
from typing import NamedTuple

from django.db import connection

from registers import policies
from registers.models import Appointment, Register, SaveReceipt, School
from registers.models.school.staff import User
from registers.register.actions.answers import SaveAnswer, repeated
from registers.register.actions.may_take import FIRST_APPOINTMENT, OWN, check_role
from registers.rules.allowed_codes import SessionFacts
from registers.rules.clock import RegisterWindow, register_window
from registers.rules.codes import Half
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

Which = tuple[str, list[int | str | None]]  # a condition of REGISTER and its values


class RegisterKey(NamedTuple):
    """A register as its page's address names it, within one school."""

    school_id: int
    group_id: int
    date: date
    half: int

    @property
    def which(self) -> Which:
        return OF_SESSION, [self.school_id, self.group_id, str(self.date), self.half]


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
    def answer(self) -> SaveAnswer | None:
        return repeated(json.loads(self.given)) if self.given else None

    @property
    def facts(self) -> SessionFacts:
        return SessionFacts(self.date, Half(self.half), self.is_open)

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
        is_over_by_clock = self.opened_at is not None and self.window.has_ended(now)
        return self.ended_at is not None or is_over_by_clock

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
