"""A register as it stands this moment, for a page that is open: what others have marked meanwhile.

Two statements, whatever the class's size; an open page asks every few seconds.
"""

import json
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from django.db import connection

from registers.marks.actions.sql import moment_of
from registers.models import School
from registers.rules.clock import register_window

# Written out, as in `mark_sql`: every open page asks every few seconds, and to put these two
# together anew took longer than to answer them. Who is in the group: as `members_on` says.
REGISTER = """
    SELECT register.ended_at IS NOT NULL
           OR half_day.closed_because <> '' OR register.closed_because <> '',
           register.taken_at, COALESCE(taker.name, '')
      FROM registers_register register
      JOIN registers_session half_day ON half_day.id = register.session_id
      LEFT JOIN registers_user taker ON taker.id = register.taken_by_id
     WHERE register.group_id = %s AND half_day.school_id = %s AND half_day.date = %s
       AND half_day.half = %s"""
MARKS = """
    SELECT mark.enrolment_id, mark.version, mark.code, mark.minutes_late,
           COALESCE(said.text, ''), mark.made_by_id, COALESCE(maker.name, ''), mark.made_at,
           mark.source
      FROM registers_mark mark
      LEFT JOIN registers_markcomment said
        ON said.enrolment_id = mark.enrolment_id AND said.date = mark.date
       AND said.half = mark.half
      LEFT JOIN registers_user maker ON maker.id = mark.made_by_id
     WHERE mark.date = %s AND mark.half = %s AND mark.enrolment_id IN (
           SELECT member.enrolment_id
             FROM registers_membership member
             JOIN registers_group grp ON grp.id = member.group_id
             JOIN registers_enrolment enrolment ON enrolment.id = member.enrolment_id
            WHERE grp.id = %s AND grp.school_id = %s AND member.from_on <= %s
              AND (member.until_on IS NULL OR member.until_on >= %s)
              AND enrolment.starts_on <= %s
              AND (enrolment.leaves_on IS NULL OR enrolment.leaves_on >= %s))
     ORDER BY mark.enrolment_id"""

NOBODY_OPENED_IT = (False, None, "")  # whether it is over, when it was taken, by whom


def live_register(
    school: School, group_id: int, on: date, half: int, now: datetime
) -> dict[str, Any]:
    """The marks of the class in this session, and whether the register has ended.

    `marks` are lists of enrolment, version, code, minutes late or None, the comment, the id and
    name of the maker, when it was made (seconds since 1970) and the source.
    """
    day = str(on)
    with connection.cursor() as cursor:
        cursor.execute(REGISTER, [group_id, school.pk, day, half])
        is_over, taken_at, taken_by = cursor.fetchone() or NOBODY_OPENED_IT
        cursor.execute(MARKS, [day, half, group_id, school.pk, day, day, day, day])
        marks = cursor.fetchall()
    window = register_window(school, on, half)
    return {
        "ended": bool(is_over) or window.has_ended(now),
        "taken_at": _seconds(taken_at) if taken_at else None,
        "taken_by": taken_by,
        "marks": [_words(*mark) for mark in marks],
    }


def _words(
    enrolment: int,
    version: int,
    code: str,
    minutes: int | None,
    comment: str,
    by_id: int | None,
    by_name: str,
    made_at: datetime | str,
    source: int,
) -> list[Any]:
    at = _seconds(made_at)
    return [enrolment, version, code, minutes, comment, by_id, by_name, at, source]


def _seconds(at: datetime | str) -> int:
    return int(moment_of(at).timestamp())


def tag_of(live: dict[str, Any]) -> str:
    """The same for the same register: an open page that has this one needs no answer."""
    words = json.dumps(live, sort_keys=True).encode()
    return f'"{blake2b(words, digest_size=12).hexdigest()}"'
