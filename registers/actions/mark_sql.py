"""The SQL that writes marks: one statement for a register, COPY for an import's piece."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.db import connection

from registers.models import MarkComment

COLUMNS = "enrolment_id, date, half, code, version, minutes_late, source, made_by_id, made_at"
ON_CONFLICT = """
    ON CONFLICT (enrolment_id, date, half) DO UPDATE
       SET code = excluded.code, version = excluded.version,
           minutes_late = excluded.minutes_late, source = excluded.source,
           made_by_id = excluded.made_by_id, made_at = excluded.made_at
     WHERE mark.version = excluded.version - 1
    RETURNING 1"""
COPY_FROM = 500  # rows; below that the round trips of a staging table cost more than they save
SQLITE_ROWS = 2_000  # nine values each, under SQLite's limit of 32,766 in a statement


class LostRace(RuntimeError):
    """A mark moved although its enrolment was held: a fault in the code, never in the data."""


def upsert_marks(rows: Sequence[tuple]) -> None:
    """Insert the marks at version 1, move the others on from the version before.

    Rows are (enrolment, date, half, code, version, minutes late, source, made by, made at), in
    the order of their keys. Raises LostRace, and so undoes all, if any row did not take.
    """
    if connection.vendor == "postgresql" and len(rows) >= COPY_FROM:
        taken = _copy(rows)
    else:
        taken = sum(
            _insert(rows[start : start + SQLITE_ROWS]) for start in range(0, len(rows), SQLITE_ROWS)
        )
    if taken != len(rows):
        raise LostRace(f"{len(rows) - taken} of {len(rows)} marks moved while they were held")


def _adapted(row: tuple) -> tuple:
    enrolment, on, half, code, version, minutes, source, made_by, made_at = row
    ops = connection.ops
    return (
        enrolment,
        ops.adapt_datefield_value(on),
        half,
        code,
        version,
        minutes,
        source,
        made_by,
        ops.adapt_datetimefield_value(made_at),
    )


def _insert(rows: Sequence[tuple]) -> int:
    values = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO registers_mark AS mark ({COLUMNS})"  # noqa: S608 (our own words)
            f" VALUES {values} {ON_CONFLICT}",
            [value for row in rows for value in _adapted(row)],
        )
        return len(cursor.fetchall())


def _copy(rows: Sequence[tuple]) -> int:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS staged_mark (LIKE registers_mark) ON COMMIT DROP"
        )
        cursor.execute("TRUNCATE staged_mark")
        cursor.copy_expert(f"COPY staged_mark ({COLUMNS}) FROM STDIN WITH (FORMAT csv)", text)
        cursor.execute(
            f"INSERT INTO registers_mark AS mark ({COLUMNS})"  # noqa: S608 (our own words)
            f" SELECT {COLUMNS} FROM staged_mark"
            f" ORDER BY enrolment_id, date, half {ON_CONFLICT}"
        )
        return int(cursor.rowcount)


def upsert_comments(rows: Iterable[tuple]) -> None:
    """Keep the comments: (enrolment, date, half, text); an empty text stays as an empty one."""
    comments = [
        MarkComment(enrolment_id=enrolment, date=on, half=half, text=text)
        for enrolment, on, half, text in rows
    ]
    if comments:
        MarkComment.objects.bulk_create(
            comments,
            update_conflicts=True,
            unique_fields=["enrolment", "date", "half"],
            update_fields=["text"],
        )
