"""Whose register has moved since the night's check looked at it, and since when.

A seal moves with each save and is never the same twice (see `registers.marks.seals`), so what has
the seal and the dates that the last finished check saw has been compared already. The check reads
this first and keeps it last: a save in between has moved the seal on from what is kept, and the
next night looks at it.
"""

from datetime import date, timedelta
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from django.db import connection

from registers.marks import seals
from registers.marks.actions.sealing import Bytes, key_of_the_register, seal_from_row
from registers.models import School

LATELY = timedelta(
    weeks=2
)  # before the week of the check; whoever was seen longer ago is compared whole

# An enrolment without a seal has no marks yet, or marks that no save has made: it is looked at.
NOT_AS_CHECKED = """
    SELECT enrolment.id, enrolment.starts_on, enrolment.leaves_on,
           seal.marks, seal.total, seal.amendments, seal.head, seal.mac,
           CASE WHEN seal.amendments = checked.amendments
                 AND seal.marks - checked.marks_before = (
                     SELECT COUNT(*) FROM registers_mark mark
                      WHERE mark.enrolment_id = enrolment.id AND mark.date >= checked.monday)
                THEN checked.monday END,
           (SELECT COUNT(*) FROM registers_mark mark
             WHERE mark.enrolment_id = enrolment.id AND mark.date >= %s)
      FROM registers_enrolment enrolment
      LEFT JOIN registers_registerseal seal ON seal.enrolment_id = enrolment.id
      LEFT JOIN absence_checkedenrolment checked
        ON checked.enrolment_id = enrolment.id AND checked.starts_on = enrolment.starts_on
       AND (checked.leaves_on = enrolment.leaves_on
            OR checked.leaves_on IS NULL AND enrolment.leaves_on IS NULL)
     WHERE enrolment.school_id = %s
       AND (seal.mac IS NULL OR checked.seal IS NULL OR checked.seal <> seal.mac)
     ORDER BY enrolment.id"""
AT_ONCE = 2_000  # rows of a statement
ROW = "(%s, %s, %s, %s, %s, %s, %s)"
KEEP = """
    INSERT INTO absence_checkedenrolment
           (enrolment_id, starts_on, leaves_on, seal, amendments, monday, marks_before)
    VALUES {rows}
    ON CONFLICT (enrolment_id) DO UPDATE
       SET starts_on = excluded.starts_on, leaves_on = excluded.leaves_on, seal = excluded.seal,
           amendments = excluded.amendments, monday = excluded.monday,
           marks_before = excluded.marks_before"""


class MovedRegister(NamedTuple):
    """An enrolment that does not stand as a finished check has seen it."""

    enrolment_id: int
    starts_on: date | str  # as one database or the other gives it
    leaves_on: date | str | None
    marks: int | None  # by the seal; this and the four below are None without one
    total: Bytes
    amendments: int
    head: Bytes
    mac: Bytes | None
    new_since: date | str | None  # the Monday since which alone marks can be new
    marks_since: int  # since the Monday of the check that asks

    def is_suspect(self, key: bytes) -> bool:
        """Whether there is no seal, or one that does not say what its code says."""
        if self.mac is None:
            return True
        seal = seal_from_row(self.enrolment_id, self.marks, self.total, self.amendments, self.head)
        return not seals.same(bytes(self.mac), seal.mac(key))

    def as_checked(self, monday: date) -> tuple:
        """What is kept of it, once a check has ended that asked for the marks since the Monday."""
        marks_before = (self.marks or 0) - self.marks_since
        dates = (self.starts_on, self.leaves_on)
        return (self.enrolment_id, *dates, self.mac, self.amendments, str(monday), marks_before)


class Moved(NamedTuple):
    """The registers of a school that have moved, as they stood when a check began."""

    monday: date
    registers: list[MovedRegister]

    @property
    def lately(self) -> dict[int, date]:
        """Those where nothing but the marks of the last weeks can be new: since which Monday."""
        since = {
            register.enrolment_id: date.fromisoformat(str(register.new_since))
            for register in filter(attrgetter("new_since"), self.registers)
        }
        return {pk: monday for pk, monday in since.items() if monday >= self.monday - LATELY}

    @property
    def enrolments(self) -> list[int]:
        return [register.enrolment_id for register in self.registers]

    @property
    def suspects(self) -> list[int]:
        """Those without a seal, or with one that was changed without the key. No mark is read."""
        key = key_of_the_register()
        return [register.enrolment_id for register in self.registers if register.is_suspect(key)]


def read_moved(school: School, monday: date) -> Moved:
    """Who does not stand as a finished check has seen them, before a check in the week of this
    Monday; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(NOT_AS_CHECKED, [str(monday), school.pk])
        return Moved(monday, [MovedRegister(*row) for row in cursor.fetchall()])


def keep_as_checked(moved: Moved) -> None:
    """These have been compared as they stood then, whatever has been saved since."""
    sealed = [one.as_checked(moved.monday) for one in moved.registers if one.mac is not None]
    for start in range(0, len(sealed), AT_ONCE):
        rows = sealed[start : start + AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(
                KEEP.format(rows=", ".join([ROW] * len(rows))), [*chain.from_iterable(rows)]
            )
