"""Who may take a register: the roles, and for a teacher the own groups and the day's cover."""

from datetime import date

from django.db import connection

from registers import policies
from registers.models.school.staff import User

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
MAY_TAKE = """
    SELECT theirs.role, {own} FROM registers_group grp
      JOIN registers_appointment theirs
        ON theirs.school_id = grp.school_id AND theirs.user_id = %s AND theirs.role IN ({roles})
     WHERE grp.id = %s {first}"""
NOT_YOURS = (
    "Teachers take the registers of their own groups, and of those given to them for cover. "
    "The office can give you this one."
)
NOT_HERE = "You cannot take registers at this school."


class NotYourRegister(policies.Forbidden):
    """The person cannot take this register at all: there is no page of it for them."""

    code = "not_your_register"


def check_may_take(by: User, group_id: int, on: date) -> None:
    """Raises NotYourRegister, in words, unless the person may take the register that day."""
    roles = policies.ROLES["take_register"]
    sql = MAY_TAKE.format(
        own=OWN.format(day="%s"), roles=", ".join(["%s"] * len(roles)), first=FIRST_APPOINTMENT
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(on), by.pk, *roles, group_id])
        role, is_own = cursor.fetchone() or (None, False)
    check_role(by, role, is_own)


def check_role(by: User, role: str | None, is_own: bool) -> None:
    if role is None or not by.is_active:
        raise NotYourRegister(NOT_HERE)
    if role == policies.Role.TEACHER and not is_own:
        raise NotYourRegister(NOT_YOURS)
