"""Put a trust into the database set-wise: COPY on PostgreSQL, in date order as a live year comes.

Guards, and the indexes of the marks, are taken off for the load and put back after it by their own
definitions.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from operator import add

from django.core.management import call_command
from django.db import connection

from benchmarks.people import load_calendar, load_people
from benchmarks.sealing import sealed
from benchmarks.timing import must_equal
from benchmarks.trust import MINUTES, SESSIONS, SYMBOLS, TEACHER, Trust, made_at
from registers.marks import guards
from registers.marks.actions.sealing import key_of_the_register
from registers.marks.actions.sql import COLUMNS as MARK_COLUMNS
from registers.marks.verify import broken_seals
from registers.models import School
from registers.rules.calendar import monday_of

PIECE = 20_000  # rows in memory at once
NULL = "\\N"
LINK_COLUMNS = (
    "enrolment_id, sequence, date, half, version, code_before, code_after, reason, at, by_id, "
    "by_name, by_position"
)


def load(trust: Trust) -> None:
    """Migrate, then load everything; guards and indexes stand when it returns."""
    call_command("migrate", verbosity=0)
    guards.lift(connection)
    load_people(trust)
    load_calendar(trust)
    with _without_indexes("registers_mark"):
        _marks(trust)
    _tallies(trust)
    _seals_and_amendments(trust)
    guards.install(connection)
    _settle()


def put(table: str, columns: str, rows: Iterable[tuple]) -> None:
    """These rows into the table, a piece at a time."""
    rows = iter(rows)
    while piece := list(islice(rows, PIECE)):
        if connection.vendor == "postgresql":
            text = io.StringIO()
            csv.writer(text).writerows(map(_as_text, piece))
            _copy(table, columns, text)
        else:
            holes = ", ".join(["%s"] * len(piece[0]))
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({holes})", piece)


def _as_text(row: tuple) -> list:
    return [
        NULL if cell is None else f"\\x{cell.hex()}" if isinstance(cell, bytes) else cell
        for cell in row
    ]


def _copy(table: str, columns: str, text: io.StringIO) -> None:
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, NULL '{NULL}')", text
        )


@contextmanager
def _without_indexes(table: str) -> Iterator[None]:
    """Load first and index afterwards; on SQLite the key is in the table and stays."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass ORDER BY contype DESC",
            [table],
        )
        constraints = cursor.fetchall()
        for name, _ in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for name, definition in constraints:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for _, definition in indexes:
            cursor.execute(definition)


def _marks(trust: Trust) -> None:
    """Session by session, each row put together from two pieces of text made in advance."""
    if connection.vendor != "postgresql":
        put("registers_mark", MARK_COLUMNS, _mark_rows(trust))
        return
    enrolments = [f"{n + 1}," for n in range(trust.pupils)]
    for place, (day, half) in enumerate(SESSIONS):
        ends = [
            f"{day},{half},{symbol},{version},{MINUTES.get(symbol, NULL)},1,{TEACHER},"
            f"{made_at(day, half)},{NULL}\n"
            for version in (1, 2)
            for symbol in SYMBOLS
        ]
        chosen = trust.codes[:, place].astype(int) + trust.amended[:, place] * len(SYMBOLS)
        rows = map(add, enrolments, map(ends.__getitem__, chosen.tolist()))
        _copy("registers_mark", MARK_COLUMNS, io.StringIO("".join(rows)))


def _mark_rows(trust: Trust) -> Iterator[tuple]:
    for place, (day, half) in enumerate(SESSIONS):
        codes, versions = trust.codes[:, place].tolist(), (1 + trust.amended[:, place]).tolist()
        for n, (code, version) in enumerate(zip(codes, versions, strict=True)):
            symbol = SYMBOLS[code]
            yield (
                n + 1, str(day), half, symbol, version, MINUTES.get(symbol), 1, TEACHER,
                str(made_at(day, half).replace(tzinfo=None)), None,
            )  # fmt: skip


def _tallies(trust: Trust) -> None:
    """From the arrays, not from the marks, so that the night's check has something to find out."""
    weeks = trust.by_week()
    made = Counter(monday_of(day) for day, _ in SESSIONS)
    put(
        "registers_weektally",
        "enrolment_id, school_id, monday, made, attended, authorised, unauthorised, late",
        (
            (n, trust.school_of(n - 1), str(monday), made[monday], *counts)
            for monday, of_week in weeks
            for n, counts in enumerate(of_week.tolist(), start=1)
        ),
    )


def _seals_and_amendments(trust: Trust) -> None:
    key, kept = key_of_the_register(), []

    def amendments() -> Iterator[tuple]:
        for seal, links in sealed(trust, key):
            kept.append(seal)
            for link, digest in links:
                yield (
                    link.enrolment_id, link.sequence, str(link.on), link.half, link.version,
                    link.code_before, link.code_after, link.reason, str(link.at), link.by_id,
                    link.by_name, link.by_position, digest,
                )  # fmt: skip

    put("registers_amendment", f"{LINK_COLUMNS}, digest", amendments())
    put(
        "registers_registerseal",
        "enrolment_id, marks, total, amendments, head, mac",
        (
            (
                seal.enrolment_id,
                seal.marks,
                seal.total_bytes,
                seal.amendments,
                seal.head,
                seal.mac(key),
            )
            for seal in kept
        ),
    )


def _settle() -> None:
    """Statistics, hint bits and sequences as in a database that has lived for a while."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("ANALYZE")
            return
        for model in (
            "user",
            "school",
            "appointment",
            "pupil",
            "enrolment",
            "group",
            "academicyear",
        ):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('registers_{model}', 'id'), MAX(id))"
                f" FROM registers_{model}"
            )
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def spot_check(trust: Trust) -> None:
    """The rules of the house hold for what was loaded: guards in place, seals that verify."""
    some = list(range(1, trust.pupils + 1, max(1, trust.pupils // 50)))
    must_equal("guards after the load", guards.missing(connection), [])
    for school in School.objects.all():
        must_equal("seals after the load", list(broken_seals(school, enrolments=some)), [])
