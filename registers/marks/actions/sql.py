"""The SQL of a save: hold the pupils, read what stands, write marks and seals.

Written out, since a save is what people wait for at ten to nine: each statement is the same text
for one mark and for sixty, and nothing is put together anew but the number of holes in it.
"""

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import IntegrityError, connection

from registers.models import Amendment, MarkComment

# ruff: noqa: S608 (the pieces of each statement are constants of this module)

COLUMNS = (
    "enrolment_id, date, half, code, version, minutes_late, source, made_by_id, made_at, arrived_at"
)
ON_CONFLICT = """
    ON CONFLICT (enrolment_id, date, half) DO UPDATE
       SET code = excluded.code, version = excluded.version,
           minutes_late = excluded.minutes_late, source = excluded.source,
           made_by_id = excluded.made_by_id, made_at = excluded.made_at,
           arrived_at = excluded.arrived_at
     WHERE mark.version = excluded.version - 1
    RETURNING 1"""
SEAL_COLUMNS = "enrolment_id, marks, total, amendments, head, mac"
ON_SEAL = """
    ON CONFLICT (enrolment_id) DO UPDATE
       SET marks = excluded.marks, total = excluded.total, amendments = excluded.amendments,
           head = excluded.head, mac = excluded.mac
    RETURNING 1"""
IN_GROUP = """
    AND EXISTS (SELECT 1 FROM registers_membership member
                 WHERE member.enrolment_id = enrolment.id AND member.group_id = %s
                   AND member.from_on <= %s
                   AND (member.until_on IS NULL OR member.until_on >= %s))"""
FACTS = """
    SELECT enrolment.id, enrolment.school_id, pupil.born_on, enrolment.starts_on,
           enrolment.leaves_on, seal.marks, seal.total, seal.amendments, seal.head, {now}
      FROM registers_enrolment enrolment
      JOIN registers_pupil pupil ON pupil.id = enrolment.pupil_id
      LEFT JOIN registers_registerseal seal ON seal.enrolment_id = enrolment.id
     WHERE enrolment.id IN ({holes})"""
# Where a mark was taken back, the version with which it ended: the next one goes on from there.
GONE = """
    (SELECT MAX(amendment.version) FROM registers_amendment amendment
      WHERE amendment.enrolment_id = {enrolment} AND amendment.date = {date}
        AND amendment.half = {half} AND amendment.code_after = '')"""
FACTS_AND_MARKS = """
    SELECT enrolment.id, enrolment.school_id, pupil.born_on, enrolment.starts_on,
           enrolment.leaves_on, seal.marks, seal.total, seal.amendments, seal.head, {now},
           mark.code, mark.version, mark.minutes_late, mark.source, mark.made_by_id, mark.made_at,
           mark.arrived_at, CASE WHEN mark.code IS NULL THEN {gone} END
      FROM registers_enrolment enrolment
      JOIN registers_pupil pupil ON pupil.id = enrolment.pupil_id
      LEFT JOIN registers_registerseal seal ON seal.enrolment_id = enrolment.id
      LEFT JOIN registers_mark mark
        ON mark.enrolment_id = enrolment.id AND mark.date = %s AND mark.half = %s
     WHERE enrolment.id IN ({holes})"""
VERSION = 4  # its place among COLUMNS
COPY_FROM = 500  # rows; below that one INSERT is as quick, and a save is the same text as ever
UNIQUE_VIOLATION = "23505"
SQLITE_ROWS = 2_000  # ten values each, under SQLite's limit of 32,766 in a statement


class LostRace(RuntimeError):
    """A mark moved although its enrolment was held: a fault in the code, never in the data."""


def _rows(sql: str, params: Sequence[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _holes(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def moment_of(value: datetime | str) -> datetime:
    """A time as the database gave it. SQLite keeps times in UTC without saying so."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _moments(values: Sequence[datetime | str | None]) -> list[datetime | None]:
    return [moment_of(value) if value is not None else None for value in values]


def lock_rows(
    enrolments: Collection[int], *, group: int | None = None, on: date | None = None
) -> list[int]:
    """Lock these enrolments, only those in the group on the day where one is given, in the order
    of their ids, so that two who save never deadlock; the ids of those that are held now.
    """
    if not enrolments:
        return []
    sql = f"SELECT id FROM registers_enrolment enrolment WHERE id IN ({_holes(enrolments)})"
    params: list[Any] = [*enrolments]
    if group is not None:
        sql, params = sql + IN_GROUP, [*params, group, str(on), str(on)]
    update = " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
    return [pk for (pk,) in _rows(f"{sql} ORDER BY id{update}", params)]


def facts_and_seals(enrolments: Collection[int]) -> list[tuple]:
    """Rows of (enrolment, school, born, starts, leaves, the seal's four, the database's clock)."""
    if not enrolments:
        return []
    rows = _rows(FACTS.format(now=_now(), holes=_holes(enrolments)), [*enrolments])
    return [(*row[:-1], moment_of(row[-1])) for row in rows]


def facts_seals_and_marks(enrolments: Collection[int], on: date, half: int) -> list[tuple]:
    """The same with the mark of one session behind it: code, version, minutes, source, made by,
    made at and arrived at, all None without one; last the version with which a mark was taken back,
    None where none was. One statement less for who writes one session.
    """
    if not enrolments:
        return []
    gone = GONE.format(enrolment="enrolment.id", date="%s", half="%s")
    sql = FACTS_AND_MARKS.format(now=_now(), holes=_holes(enrolments), gone=gone)
    rows = _rows(sql, [str(on), half, str(on), half, *enrolments])
    return [
        (*row[:9], moment_of(row[9]), *row[10:15], *_moments(row[15:17]), row[17]) for row in rows
    ]


def _now() -> str:
    """The database's clock, as a statement asks for it."""
    if connection.vendor == "postgresql":
        return "now()"
    return "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"


def marks_between(
    enrolments: Collection[int], first: date, last: date, halves: Collection[int]
) -> list[tuple]:
    """Rows of COLUMNS: the marks of these enrolments in these halves of these days."""
    rows = _rows(
        f"SELECT {COLUMNS} FROM registers_mark WHERE enrolment_id IN ({_holes(enrolments)})"
        f" AND date BETWEEN %s AND %s AND half IN ({_holes(halves)})",
        [*enrolments, str(first), str(last), *halves],
    )
    return [(*row[:-2], *_moments(row[-2:])) for row in rows]


def upsert_marks(rows: Sequence[tuple]) -> None:
    """Insert the marks at version 1, move the others on from the version before.

    Rows are those of COLUMNS, in the order of their keys. Raises LostRace, and so undoes all, if
    any row did not take.
    """
    if connection.vendor == "postgresql" and len(rows) >= COPY_FROM:
        taken = _copy(rows)
    else:
        taken = _upsert_marks(rows)
    if taken != len(rows):
        raise LostRace(f"{len(rows) - taken} of {len(rows)} marks moved while they were held")


def versions_taken_back(
    enrolments: Collection[int], first: date, last: date
) -> dict[tuple[int, date, int], int]:
    """By mark (enrolment, date, half) the latest version with which one was taken back."""
    rows = (
        Amendment.objects.filter(enrolment__in=enrolments, date__range=(first, last), code_after="")
        .order_by("version")
        .values_list("enrolment_id", "date", "half", "version")
    )
    return {row[:3]: row[3] for row in rows}


def delete_marks(keys: Sequence[tuple[int, date, int]]) -> None:
    """Take these marks out; the guards let only those go whose amendment says so. Raises LostRace
    where one of them is not there.
    """
    gone = 0
    for start in range(0, len(keys), SQLITE_ROWS):
        piece = keys[start : start + SQLITE_ROWS]
        values = ", ".join(["(%s, %s, %s)"] * len(piece))
        if connection.vendor == "postgresql":
            values = ", ".join(["(%s, %s::date, %s)"] * len(piece))
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM registers_mark WHERE (enrolment_id, date, half) IN (VALUES {values})",
                [value for pk, on, half in piece for value in (pk, str(on), half)],
            )
            gone += cursor.rowcount
    if gone != len(keys):
        raise LostRace(f"{len(keys) - gone} of {len(keys)} marks went while they were held")


def upsert_seals(rows: Sequence[tuple]) -> None:
    """Keep the seals: rows of SEAL_COLUMNS, in the order of their enrolments."""
    _upsert("registers_registerseal", SEAL_COLUMNS, rows, ON_SEAL)


def _upsert(table: str, columns: str, rows: Sequence[tuple], on_conflict: str) -> int:
    taken = 0
    for start in range(0, len(rows), SQLITE_ROWS):
        piece = rows[start : start + SQLITE_ROWS]
        values = ", ".join([f"({_holes(piece[0])})"] * len(piece))
        sql = f"INSERT INTO {table} ({columns}) VALUES {values} {on_conflict}"
        taken += len(_rows(sql, [value for row in piece for value in row]))
    return taken


def _adapted(row: tuple) -> tuple:
    """The row as the database takes it: SQLite knows neither dates nor times."""
    enrolment, on, *others, made_at, arrived_at = row
    ops = connection.ops
    return (
        enrolment,
        ops.adapt_datefield_value(on),
        *others,
        ops.adapt_datetimefield_value(made_at),
        ops.adapt_datetimefield_value(arrived_at),
    )


def _upsert_marks(rows: Sequence[tuple]) -> int:
    return _upsert("registers_mark AS mark", COLUMNS, [*map(_adapted, rows)], ON_CONFLICT)


def _copy(rows: Sequence[tuple]) -> int:
    """Marks at version 1 straight into the register; how many rows took."""
    new = [row for row in rows if row[VERSION] == 1]
    others = [row for row in rows if row[VERSION] > 1]
    _copy_new(new)
    return len(new) + (_copy_over(others) if len(others) >= COPY_FROM else _upsert_marks(others))


def _copy_new(rows: Sequence[tuple]) -> None:
    """Straight in, where nothing may stand yet. Raises LostRace if something does."""
    try:
        _copy_into("registers_mark", rows)
    except IntegrityError as refused:
        if getattr(refused.__cause__, "pgcode", None) != UNIQUE_VIOLATION:
            raise
        raise LostRace("a mark was made while its enrolment was held") from refused


def _copy_over(rows: Sequence[tuple]) -> int:
    """By way of a table that is gone with the transaction: COPY itself cannot replace a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS staged_mark (LIKE registers_mark) ON COMMIT DROP"
        )
        cursor.execute("TRUNCATE staged_mark")
        _copy_into("staged_mark", rows)
        cursor.execute(
            f"INSERT INTO registers_mark AS mark ({COLUMNS})"
            f" SELECT {COLUMNS} FROM staged_mark"
            f" ORDER BY enrolment_id, date, half {ON_CONFLICT}"
        )
        return int(cursor.rowcount)


def _copy_into(table: str, rows: Sequence[tuple]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({COLUMNS}) FROM STDIN WITH (FORMAT csv)", text)


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
