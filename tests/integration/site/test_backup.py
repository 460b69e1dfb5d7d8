"""A backup brings everything back, guards included: tried on SQLite and on PostgreSQL."""

import os
import re
import stat
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections

from attendance_site import env
from attendance_site.operations import backup
from registers.marks import guards
from registers.marks.changes import MarkChange, MarkKey
from tests.factories.classes import amend_mark, make_class
from tests.factories.office import the_time

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
KEY = "a-key-of-the-register-that-is-long-enough"


@pytest.fixture
def amended(racing_db):
    """Committed rows: a mark that was amended once."""
    room = make_class(2)
    key = MarkKey(room.enrolments[0].pk, room.sessions[0].date, 0)
    with the_time("08:50", key.date):  # the register is open: no late entry
        amend_mark(change=MarkChange(key, "N", 0, reason="Not here"), by=room.officer)
    amend_mark(change=MarkChange(key, "I", 1, reason="Mother rang"), by=room.officer)
    return room


@pytest.fixture
def letters(tmp_path) -> Path:
    folder = tmp_path / "documents"
    (folder / "letters").mkdir(parents=True)
    (folder / "letters" / "1.pdf").write_bytes(b"%PDF-1.7 a letter")
    return folder


@pytest.fixture
def made(amended, letters, tmp_path) -> Path:
    return backup.make(
        tmp_path / "backups" / "rollbook-one.zip",
        database=connection.settings_dict,
        documents=letters,
        register_key=KEY,
        now=NOW,
    )


@pytest.fixture
def empty_database(tmp_path) -> Iterator[str]:
    """The address of a new, empty database of the same kind."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.sqlite3'}"
        return
    given, name = connection.settings_dict, f"restored_{uuid.uuid4().hex[:8]}"
    words = {"host": given["HOST"], "port": given["PORT"] or 5432, "user": given["USER"]}
    server = psycopg2.connect(dbname="postgres", password=given["PASSWORD"], **words)
    server.autocommit = True
    server.cursor().execute(f"CREATE DATABASE {name}")
    sign_in = f"{given['USER']}:{given['PASSWORD']}" if given["PASSWORD"] else given["USER"]
    yield f"postgresql://{sign_in}@{words['host']}:{words['port']}/{name}"
    server.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


@pytest.fixture
def restored(empty_database) -> Iterator:
    """The second database, as a connection of Django's."""
    connections.databases["restored"] = connections.databases["default"] | {
        **env.BY_NAME["DATABASE_URL"].read(empty_database),
        "TEST": connections.databases["default"]["TEST"],
    }
    yield connections["restored"]
    connections["restored"].close()
    del connections["restored"], connections.databases["restored"]


def restore_by_command(file: Path, database: str, var: Path, key: str = KEY):
    given = {"DATABASE_URL": database, "ROLLBOOK_VAR": str(var), "ROLLBOOK_REGISTER_KEY": key}
    return subprocess.run(
        [sys.executable, "manage.py", "restore", str(file)],
        cwd=env.BASE_DIR,
        env=os.environ | given,
        capture_output=True,
        text=True,
    )


def rows(database) -> list[tuple]:
    with database.cursor() as cursor:
        cursor.execute("SELECT enrolment_id, code, version FROM registers_mark ORDER BY 1")
        marks = cursor.fetchall()
        cursor.execute("SELECT sequence, code_after, reason FROM registers_amendment ORDER BY 1")
        return marks + cursor.fetchall()


@pytest.mark.slow
def test_a_restore_brings_back_rows_documents_and_guards(
    amended, made, empty_database, restored, tmp_path, django_db_blocker
):
    told = restore_by_command(made, empty_database, tmp_path / "var")
    assert told.returncode == 0, told.stderr
    assert "the guards are in place" in told.stdout
    with django_db_blocker.unblock():
        assert rows(restored) == rows(connection)
        assert rows(restored) == [
            (amended.enrolments[0].pk, "I", 2),
            (1, "I", "Mother rang"),
        ]
        assert guards.missing(restored) == []
        with pytest.raises(DatabaseError, match=guards.NO_DELETE), restored.cursor() as cursor:
            cursor.execute("DELETE FROM registers_amendment")
    letter = tmp_path / "var" / "documents" / "letters" / "1.pdf"
    assert letter.read_bytes() == b"%PDF-1.7 a letter"
    again = restore_by_command(made, empty_database, tmp_path / "var")
    assert (again.returncode, "not empty" in again.stderr) == (1, True)


@pytest.mark.slow
def test_another_register_key_is_told(made, empty_database, tmp_path):
    told = restore_by_command(made, empty_database, tmp_path / "var", KEY + "-another")
    assert told.returncode == 0
    assert "ROLLBOOK_REGISTER_KEY is not the key of this backup" in told.stderr


def test_only_its_owner_reads_a_backup_and_no_key_is_in_it(made):
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    with zipfile.ZipFile(made) as archive:
        assert KEY not in archive.read(backup.MANIFEST).decode()
        assert "documents/letters/1.pdf" in archive.namelist()


def test_a_damaged_backup_is_refused(made, tmp_path):
    whole, refused = made.read_bytes(), 0
    for place in range(100, 3000, 97):  # inside the database, the first and largest part
        content = bytearray(whole)
        content[place] ^= 0xFF
        damaged = tmp_path / "one.zip"
        damaged.write_bytes(content)
        if why_refused(damaged):
            refused += 1
        else:  # a bit of the packing that no content hangs on
            assert contents(damaged) == contents(made)
    assert refused > 25


def why_refused(path: Path) -> str:
    try:
        backup.open_checked(path)
    except backup.BackupProblem as problem:
        return re.search(r"database\.\w+ in .* (damaged|be read)", str(problem)).group()
    return ""


def contents(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in archive.namelist()]


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_backup_is_refused(tmp_path, content):
    (tmp_path / "one.zip").write_bytes(content)
    with pytest.raises(backup.BackupProblem, match="not a whole backup"):
        backup.open_checked(tmp_path / "one.zip")


def test_a_backup_that_fails_leaves_nothing(tmp_path):
    wrong = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "nowhere.sqlite3")}
    with pytest.raises(Exception, match="unable to open"):
        backup.make(
            tmp_path / "backups" / "rollbook-one.zip",
            database=wrong,
            documents=tmp_path,
            register_key=KEY,
            now=NOW,
        )
    assert list((tmp_path / "backups").iterdir()) == []


def test_the_newest_stay(tmp_path):
    for day in range(1, 6):
        (tmp_path / f"rollbook-2026-11-0{day}T023000Z.zip").touch()
    (tmp_path / "notes.zip").touch()
    backup.prune(tmp_path, keep=2)
    assert sorted(path.name[9:19] for path in tmp_path.glob("rollbook-*")) == [
        "2026-11-04",
        "2026-11-05",
    ]
    assert (tmp_path / "notes.zip").exists()


def test_keeping_none_is_refused():
    with pytest.raises(CommandError, match="--keep must be at least 1"):
        call_command("backup", keep=0)


def test_a_backup_of_another_kind_of_database_is_refused(tmp_path):
    file = tmp_path / "one.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(backup.MANIFEST, '{"made_at": "", "engine": "oracle", "register_key": ""}')
    with pytest.raises(backup.BackupProblem, match="is of oracle, DATABASE_URL names"):
        backup.restore(file, database=connection.settings_dict, documents=tmp_path / "documents")
