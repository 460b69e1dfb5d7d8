"""A database whose marks' codes were held by a foreign key: the migration keeps all there is."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from registers.marks import guards
from registers.marks.verify import broken_seals
from registers.models import Mark
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of

BEFORE = [("registers", "0022_index_of_absences")]


def constraints() -> dict[str, dict]:
    with connection.cursor() as cursor:
        return connection.introspection.get_constraints(cursor, Mark._meta.db_table)


def looks_up_codes() -> bool:
    return any(it["foreign_key"] and it["columns"] == ["code"] for it in constraints().values())


def as_it_stands() -> list[tuple]:
    return sorted(Mark.objects.values_list())


@pytest.mark.slow
def test_marks_seals_and_indexes_are_there_after_the_migration(racing_db):
    room = make_class(2)
    marks_of(room, "/\\I" * 5)
    marks_of(room, "#LXZ", pupil=1)
    stood, leaf = as_it_stands(), MigrationExecutor(connection).loader.graph.leaf_nodes()
    guards.lift(connection)  # as the command does before it migrates
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        assert looks_up_codes()
        before = constraints()
        assert "mark_has_a_code_of_the_list" not in before
        MigrationExecutor(connection).migrate(leaf)
        after = constraints()
        assert not looks_up_codes()
        assert "mark_has_a_code_of_the_list" in after
        assert {name for name, it in before.items() if it["index"]} <= after.keys()
        assert as_it_stands() == stood
        assert list(broken_seals(room.school)) == []
    finally:
        MigrationExecutor(connection).migrate(leaf)
        guards.install(connection)
    assert guards.missing(connection) == []
