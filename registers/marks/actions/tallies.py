"""Bring weekly totals into line with the marks: always re-derived, never added to."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import connection

from registers.models.on_roll import ON_ROLL_SQL

# ruff: noqa: S608 (the pieces of each statement are constants of these modules)

MONDAY = {
    "postgresql": "(mark.date - (EXTRACT(ISODOW FROM mark.date)::int - 1))",
    "sqlite": "date(mark.date, 'weekday 0', '-6 days')",
}

# What a week's marks add up to. A mark off the roll adds nothing, and keeps its week's row, so that
# a date that is corrected and put back is the same statement twice.
COUNTS = ("attended", "authorised", "unauthorised", "late")
COUNTED = ", ".join(
    [
        f"SUM(CASE WHEN {ON_ROLL_SQL} THEN 1 ELSE 0 END) AS made",
        *(
            f"SUM(CASE WHEN {ON_ROLL_SQL} THEN code.{count} ELSE 0 END) AS {count}"
            for count in COUNTS
        ),
    ]
)
MARKS = """registers_mark mark JOIN registers_code code ON code.symbol = mark.code
      JOIN registers_enrolment enrolment ON enrolment.id = mark.enrolment_id"""
RECOMPUTE = f"""
    INSERT INTO registers_weektally AS tally
           (enrolment_id, monday, school_id, made, attended, authorised, unauthorised, late)
    SELECT mark.enrolment_id, {{monday}} AS monday, enrolment.school_id, {COUNTED}
      FROM {MARKS}
     WHERE mark.enrolment_id IN ({{enrolments}}) AND mark.date BETWEEN %s AND %s
     GROUP BY mark.enrolment_id, enrolment.school_id, {{monday}}
     ORDER BY mark.enrolment_id, {{monday}}
    ON CONFLICT (enrolment_id, monday) DO UPDATE
       SET school_id = excluded.school_id, made = excluded.made, attended = excluded.attended,
           authorised = excluded.authorised, unauthorised = excluded.unauthorised,
           late = excluded.late
     WHERE (tally.school_id, tally.made, tally.attended, tally.authorised, tally.unauthorised,
            tally.late) {{differs}}
           (excluded.school_id, excluded.made, excluded.attended, excluded.authorised,
            excluded.unauthorised, excluded.late)
"""

# A week whose last mark was taken back has no totals.
EMPTY = """
    DELETE FROM registers_weektally AS tally
     WHERE tally.enrolment_id IN ({enrolments}) AND tally.monday BETWEEN %s AND %s
       AND NOT EXISTS (SELECT 1 FROM registers_mark mark
                        WHERE mark.enrolment_id = tally.enrolment_id
                          AND mark.date BETWEEN tally.monday AND {sunday})"""
SUNDAY = {"postgresql": "tally.monday + 6", "sqlite": "date(tally.monday, '+6 days')"}


def recompute_tallies(enrolments: Collection[int], *, monday: date, sunday: date) -> None:
    """Re-derive the weekly totals of these enrolments for the whole weeks from `monday` to
    `sunday`. Rows that are right already are left alone.
    """
    ids: Sequence[int] = sorted(enrolments)
    if not ids:
        return
    sql = RECOMPUTE.format(
        monday=MONDAY[connection.vendor],
        enrolments=", ".join(["%s"] * len(ids)),
        differs="IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*ids, str(monday), str(sunday)])


def clear_empty_weeks(enrolments: Collection[int], *, monday: date, sunday: date) -> None:
    """Take out the totals of weeks in which these enrolments have no mark any more."""
    sql = EMPTY.format(
        enrolments=", ".join(["%s"] * len(enrolments)), sunday=SUNDAY[connection.vendor]
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*enrolments, str(monday), str(sunday)])
