"""What the database refuses, whoever asks, on SQLite and on PostgreSQL."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from registers.marks import guards
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Code, Mark
from registers.rules.codes import CODES
from tests.factories.classes import amend_mark, make_class
from tests.factories.registers import end_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    """A class with one mark that was amended once, and a register that has ended."""
    room = make_class(2)
    key = MarkKey(room.enrolments[0].pk, room.sessions[0].date, 0)
    amend_mark(change=MarkChange(key, "N", 0, reason="Not here"), by=room.officer)
    amend_mark(change=MarkChange(key, "I", 1, reason="Mother rang"), by=room.officer)
    end_register(register=room.register, at="2025-09-01T08:15:00Z")
    return room


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        ("UPDATE registers_amendment SET reason = 'another'", guards.NO_UPDATE),
        ("DELETE FROM registers_amendment", guards.NO_DELETE),
        ("DELETE FROM registers_mark", guards.NO_MARK_DELETE),
        ("UPDATE registers_mark SET code = '/'", f"{guards.NO_MOVE}|{guards.NO_SILENT_CHANGE}"),
        ("UPDATE registers_mark SET code = '/', version = version + 1", guards.NO_SILENT_CHANGE),
        ("UPDATE registers_mark SET version = version + 2", guards.NO_MOVE),
        ("UPDATE registers_mark SET half = 1, version = version + 1", guards.NO_MOVE),
        ("UPDATE registers_mark SET minutes_late = 3", guards.NO_MOVE),
        ("DELETE FROM registers_code WHERE symbol = 'V'", guards.NO_CODE_DELETE),
        ("UPDATE registers_code SET symbol = 'VV' WHERE symbol = 'V'", guards.NO_CODE_DELETE),
    ],
)
def test_plain_sql_is_refused(room, sql, refusal):
    with (
        pytest.raises(DatabaseError, match=refusal),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    mark = Mark.objects.get()
    assert (mark.code_id, mark.version, mark.half) == ("I", 2, 0)


def insert(room, *, version=1, code="/", on="2025-09-01"):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registers_mark (enrolment_id, date, half, code, version, source, made_at)"
            " VALUES (%s, %s, 0, %s, %s, 1, '2025-09-01 09:00:00')",
            [room.enrolments[1].pk, on, code, version],
        )


def test_a_mark_after_its_register_ended_needs_its_reason(room):
    with pytest.raises(DatabaseError, match=guards.NO_LATE_ENTRY):
        insert(room)


def test_a_mark_starts_at_version_1(room):
    room.register.ended_at = None
    room.register.save()
    with pytest.raises(DatabaseError, match=guards.FIRST_VERSION):
        insert(room, version=2)
    insert(room)


@pytest.mark.parametrize("code", ["A", "AA", "i", "", " ", "1"])
def test_a_mark_with_a_code_that_is_not_of_the_list_is_refused(room, code):
    with pytest.raises(IntegrityError, match="mark_has_a_code_of_the_list"):
        insert(room, code=code, on="2025-09-02")


def test_every_code_of_the_list_is_accepted_and_no_other_is_in_the_table(room):
    assert set(Code.objects.values_list("symbol", flat=True)) == CODES.keys()
    for day, code in enumerate(sorted(CODES)):
        insert(room, code=code, on=str(date(2025, 9, 2) + timedelta(days=day)))
    assert Mark.objects.filter(enrolment=room.enrolments[1]).count() == len(CODES)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL can TRUNCATE")
@pytest.mark.parametrize("table", ["registers_mark", "registers_amendment", "registers_code"])
def test_truncate_is_refused(room, table):
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_a_lifted_guard_is_named_as_missing():
    assert guards.missing(connection) == []
    guards.lift(connection)
    assert "mark_is_kept" in guards.missing(connection)
    guards.install(connection)
    assert guards.missing(connection) == []


def test_the_guards_are_there_after_a_flush(racing_db):
    from django.core.management import call_command

    guards.lift(connection)
    call_command("flush", interactive=False, verbosity=0)
    assert guards.missing(connection) == []


def test_the_guards_survive_a_further_migration_that_alters_the_table(racing_db):
    """SQLite rebuilds the table and drops its triggers; PostgreSQL alters it in place."""
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import models

    old = Mark._meta.get_field("minutes_late")
    new = models.IntegerField(null=True)
    new.set_attributes_from_name("minutes_late")
    new.model = Mark
    for before, after in ((old, new), (new, old)):
        with connection.schema_editor() as editor:
            editor.alter_field(Mark, before, after)
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
        assert guards.missing(connection) == []


def test_a_table_that_a_guard_names_can_be_made_anew(racing_db):
    """As a school upgrades: SQLite refuses to, while a trigger of another table names this one."""
    from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
    from django.db import models
    from django.db.migrations import Migration

    from registers.models import Register

    migration = Migration("9999_next", "registers")
    old = Register._meta.get_field("ended_at")
    new = models.DateTimeField(null=True, blank=True, db_default=None)
    new.set_attributes_from_name("ended_at")
    new.model = Register
    for before, after in ((old, new), (new, old)):
        emit_pre_migrate_signal(0, False, connection.alias, plan=[(migration, False)])
        with connection.schema_editor() as editor:
            editor.alter_field(Register, before, after)
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
        assert guards.missing(connection) == []


def test_nothing_to_migrate_lifts_no_guard(racing_db):
    from django.core.management.sql import emit_pre_migrate_signal

    emit_pre_migrate_signal(0, False, connection.alias, plan=[])
    assert guards.missing(connection) == []
