"""All bytes of the register per mark, freshly indexed: marks, totals, amendments, seals."""

from django.db import connection

from benchmarks.timing import Row

TABLES = ("registers_mark", "registers_weektally", "registers_amendment", "registers_registerseal")


def rows() -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM registers_mark")
        (marks,) = cursor.fetchone()
        cursor.execute("SELECT COUNT(*) FROM registers_amendment")
        (amendments,) = cursor.fetchone()
        sizes = {}
        for table in TABLES:
            cursor.execute("SELECT pg_table_size(%s), pg_indexes_size(%s)", [table, table])
            sizes[table] = [size / marks for size in cursor.fetchone()]
    parts = ", ".join(
        f"{table.removeprefix('registers_')} {heap:.1f} + {indexes:.1f}"
        for table, (heap, indexes) in sizes.items()
    )
    return [
        Row(
            f"all bytes per mark, freshly indexed, {100 * amendments / marks:.1f} % amended",
            sum(map(sum, sizes.values())),
            at_most=150,
            shown=parts,
        )
    ]
