"""Tampering behind Rollbook's back: refused by the database, and found where guards are off."""

from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from registers import models
from registers.marks import guards
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Amendment, Mark
from tests.factories.classes import ClassOfPupils, amend_mark, make_class
from tests.factories.office import the_time

pytestmark = pytest.mark.django_db

FIRST = "enrolment_id = {one} AND date = '2025-09-01' AND half = 0"
TAMPERING = {
    "changed code": f"UPDATE registers_mark SET code = '/', version = version + 1 WHERE {FIRST}",
    "deleted mark": f"DELETE FROM registers_mark WHERE {FIRST}",
    "edited reason": "UPDATE registers_amendment SET reason = 'x' WHERE enrolment_id = {one}"
    " AND sequence = 1",
    "edited minutes of an amendment": "UPDATE registers_amendment SET minutes_before = 1"
    " WHERE enrolment_id = {one} AND sequence = 1",
    "deleted amendment": "DELETE FROM registers_amendment WHERE enrolment_id = {one}"
    " AND sequence = 2",
}
UNSEEN_BY_GUARDS = {
    "changed minutes": "UPDATE registers_mark SET minutes_late = 1 WHERE enrolment_id = {two}",
    "backdated mark": "UPDATE registers_mark SET made_at = '2025-01-01 08:00:00'"
    " WHERE enrolment_id = {two}",
    "inserted mark": "INSERT INTO registers_mark (enrolment_id, date, half, code, version, source,"
    " made_at) SELECT enrolment_id, '2025-09-05', 0, code, 1, source, made_at FROM registers_mark"
    " WHERE enrolment_id = {two}",
    "changed seal": "UPDATE registers_registerseal SET marks = marks + 1"
    " WHERE enrolment_id = {one}",
    "deleted seal": "DELETE FROM registers_registerseal WHERE enrolment_id = {one}",
    "swapped seals": "UPDATE registers_registerseal SET (marks, total, amendments, head, mac) ="
    " (SELECT marks, total, amendments, head, mac FROM registers_registerseal AS other"
    " WHERE other.enrolment_id = {one} + {two} - registers_registerseal.enrolment_id)"
    " WHERE enrolment_id IN ({one}, {two})",
}


@pytest.fixture
def room() -> ClassOfPupils:
    """Two pupils with a mark each; the first one's was amended twice."""
    room = make_class(2)
    for number, code in ((0, "N"), (1, "L")):
        amend(room, number, code, 0)
    amend(room, 0, "O", 1)
    amend(room, 0, "I", 2)
    return room


def amend(room, number, code, seen, session=0):
    half_day = room.sessions[session]
    key = MarkKey(room.enrolments[number].pk, half_day.date, half_day.half)
    with the_time("08:50", half_day.date):  # the register is open: a first mark is no late entry
        amend_mark(change=MarkChange(key, code, seen, reason="The mother rang."), by=room.officer)


def sql_of(room, sql: str) -> str:
    return sql.format(one=room.enrolments[0].pk, two=room.enrolments[1].pk)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount > 0, "the tampering did nothing"


@contextmanager
def guards_off():
    """As a superuser of PostgreSQL can, or whoever has SQLite's file."""
    if connection.vendor == "sqlite":
        guards.lift(connection)
        yield
        guards.install(connection)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit comes first
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = origin")


def verify(**options) -> str:
    """What the command finds; empty when the registers are as Rollbook left them."""
    found = StringIO()
    try:
        call_command("verify_registers", stdout=StringIO(), stderr=found, **options)
    except CommandError:
        assert found.getvalue()
    return found.getvalue()


def test_registers_that_rollbook_wrote_are_whole(room):
    assert verify() == ""
    assert Amendment.objects.count() == 2


@pytest.mark.parametrize("what", TAMPERING)
def test_the_database_refuses(room, what):
    with pytest.raises(DatabaseError), transaction.atomic():
        run(sql_of(room, TAMPERING[what]))
    assert verify() == ""


@pytest.mark.parametrize("what", TAMPERING | UNSEEN_BY_GUARDS)
def test_tampering_past_the_guards_is_found_and_a_later_save_does_not_hide_it(room, what):
    with guards_off():
        run(sql_of(room, (TAMPERING | UNSEEN_BY_GUARDS)[what]))
    found = verify()
    first_upn, second_upn = (one.pupil.upn for one in room.enrolments)
    concerned = [second_upn] if "{one}" not in (TAMPERING | UNSEEN_BY_GUARDS)[what] else []
    assert (concerned or [first_upn])[0] in found
    if what not in ("changed seal", "deleted seal", "swapped seals"):
        assert found.count("on roll from") == 1
    if what != "deleted seal":
        for number in (0, 1):
            amend(room, number, "/", 0, session=6)
    assert (concerned or [first_upn])[0] in verify()


def test_an_import_that_finds_a_deleted_mark_does_not_heal_its_seal(room):
    with guards_off():
        run(sql_of(room, TAMPERING["deleted mark"]))
    amend(room, 0, "I", 0)
    assert "a mark was changed" in verify() or "marks where the seal counts" in verify()


def test_seals_that_were_kept_show_a_register_put_back(room, tmp_path):
    heads = tmp_path / "heads.csv"
    pk = room.enrolments[0].pk
    of_it = {model: model.objects.filter(enrolment=pk) for model in (Mark, models.RegisterSeal)}
    earlier = {model: rows.values().get() for model, rows in of_it.items()}
    amend(room, 0, "M", 3)
    assert verify(heads=heads) == ""
    with guards_off():  # all that Rollbook has of the enrolment, as it was before
        run(f"DELETE FROM registers_amendment WHERE enrolment_id = {pk} AND sequence = 3")
        for model, rows in of_it.items():
            keys = ("pk", "enrolment_id", "date", "half")
            rows.update(**{k: v for k, v in earlier[model].items() if k not in keys})
    assert verify() == ""  # nothing in the database can show it
    assert "it was put back" in verify(against=heads)


def test_kept_seals_allow_what_was_saved_since(room, tmp_path):
    heads = tmp_path / "heads.csv"
    verify(heads=heads)
    amend(room, 0, "M", 3)
    amend(room, 1, "/", 0, session=2)
    assert verify(against=heads) == ""
    (tmp_path / "other.csv").write_text("a,b\n")
    assert verify(against=heads, heads=tmp_path / "next.csv") == ""
    assert (tmp_path / "next.csv").read_text() != heads.read_text()
    with pytest.raises(CommandError, match="is not a file that --heads wrote"):
        call_command("verify_registers", against=tmp_path / "other.csv")
