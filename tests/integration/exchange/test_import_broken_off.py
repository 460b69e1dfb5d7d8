"""An import that is killed, a disk that is full, and a register that is saved meanwhile."""

import os
import sqlite3
import subprocess
import sys
import threading
import uuid
from datetime import date
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

from registers import models
from registers.exchange.actions import marks as write_marks
from registers.exchange.importing import ImportStopped, import_school
from registers.marks.changes import MarkChange, MarkKey
from registers.marks.verify import broken_seals
from registers.register.actions.saving import save_marks
from tests import factories
from tests.factories import make_upn
from tests.factories.classes import make_class, school_days
from tests.factories.school_files import AMIRA, DAYS, SchoolFiles

LATE_TODAY = date(2026, 7, 1)


@pytest.fixture
def files(tmp_path, settings) -> SchoolFiles:
    settings.VAR = tmp_path / "var"
    return SchoolFiles(tmp_path / "school")


def many(files: SchoolFiles, pupils: int) -> int:
    """A school of so many pupils with 150 days; gives the number of marks."""
    days = school_days(date(2025, 9, 1), 150)
    upns = [make_upn(100 + number) for number in range(pupils)]
    files.rows["calendar.csv"] = [f"{day},{half},2025/26" for day in days for half in ("AM", "PM")]
    files.rows["pupils.csv"] = [f"{upn},A,B,,F,9,9A,2025-09-01{',' * 11}" for upn in upns]
    files.rows["marks.csv"] = [
        f"{upn},{day},{half},{code},,"
        for upn in upns
        for day in days
        for half, code in (("AM", "/"), ("PM", "\\"))
    ]
    return len(files.rows["marks.csv"])


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user, host, port = (database[part] for part in ("USER", "HOST", "PORT"))
    login = f"{user}:{database['PASSWORD']}" if database["PASSWORD"] else user
    return f"postgres://{login}@{host}:{port or 5432}/{database['NAME']}"


def start_command(folder: Path, var: Path, **environ: str) -> subprocess.Popen:
    var.mkdir(exist_ok=True)
    ours = {"DATABASE_URL": database_url(), "ROLLBOOK_VAR": str(var)}
    ours["ROLLBOOK_REGISTER_KEY"] = django_settings.REGISTER_KEY
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_school", str(folder)],
        cwd=django_settings.BASE_DIR,
        env=os.environ | ours | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(question, seconds: float = 30) -> None:
    end = monotonic() + seconds
    while not question():
        assert monotonic() < end, "it did not come to pass"
        sleep(0.005)


@pytest.mark.usefixtures("racing_db")
@pytest.mark.slow
def test_a_killed_import_leaves_whole_pupils_and_the_next_one_finishes(files, tmp_path):
    marks = many(files, 60)
    running = start_command(files.write(), tmp_path / "other")
    until(lambda: models.Mark.objects.exists())
    running.kill()
    running.wait()
    written = models.Mark.objects.count()
    assert 0 < written < marks
    assert written % 300 == 0  # whole enrolments
    school = models.School.objects.get()
    assert not list(broken_seals(school))
    result = import_school(files.folder, today=LATE_TODAY)
    assert result.unfinished is not None
    assert (result.counts["unchanged marks"], result.counts["new marks"]) == (
        written,
        marks - written,
    )
    assert not list(broken_seals(school))
    assert not models.Amendment.objects.exists()
    states = models.Import.objects.order_by("started_at").values_list("state", flat=True)
    assert list(states) == ["stopped", "done"]
    assert import_school(files.folder, today=LATE_TODAY).unfinished is None


@pytest.mark.usefixtures("racing_db")
def test_a_register_is_saved_during_an_import(files):
    room = make_class()
    many(files, 60)
    done, waited = threading.Event(), []

    def read_in():
        try:
            files.read_in(today=LATE_TODAY, by=superuser)
        finally:
            done.set()
            connections.close_all()

    superuser = models.User.objects.create(username="root", is_superuser=True)
    thread = threading.Thread(target=read_in)
    thread.start()
    until(lambda: models.Mark.objects.exists())
    for pupil in range(3):
        key = MarkKey(room.enrolments[pupil].pk, room.sessions[0].date, 0)
        start = monotonic()
        answer = save_marks(
            register_id=room.register.pk,
            changes=[MarkChange(key, "/", 0)],
            save_key=uuid.uuid4(),
            by=room.teacher,
        )
        waited.append((monotonic() - start, done.is_set()))
        assert answer.saved
    thread.join()
    assert not waited[0][1], "the import was over before the register was saved"
    assert max(seconds for seconds, _ in waited) < 2


@pytest.mark.django_db
def test_what_changes_in_the_moment_before_the_writing_is_told(files, monkeypatch):
    files.read_in()
    files.mark(AMIRA, DAYS[0], "AM", "M,,")
    honest = write_marks.write_marks

    def meanwhile(changes, **options):
        change = MarkChange(changes[0].key, "I", 1, reason="Mother rang.")
        honest([change], **options | {"source": models.Mark.Source.OFFICE})
        return honest(changes, **options)

    monkeypatch.setattr(write_marks, "write_marks", meanwhile)
    result = files.read_in()
    assert result.counts["left as changed in Rollbook"] == 1
    assert result.counts["changed marks"] == 0
    assert "during the import" in result.report.read_text()


@pytest.mark.django_db
def test_the_database_refuses_a_large_piece_with_an_unexplained_late_mark(files, monkeypatch):
    many(files, 4)
    marks, files.rows["marks.csv"] = files.rows["marks.csv"], []
    files.read_in(today=LATE_TODAY)
    factories.RegisterFactory(
        group=models.Group.objects.get(),
        session=models.Session.objects.get(date=date(2025, 9, 3), half=1),
        ended_at="2025-09-03T13:45Z",
    )
    files.rows["marks.csv"] = marks
    monkeypatch.setattr(write_marks, "ended_keys", lambda *arguments, **days: set())
    with pytest.raises(ImportStopped):
        files.read_in(today=LATE_TODAY)
    assert not models.Mark.objects.exists()
    monkeypatch.undo()
    assert files.read_in(today=LATE_TODAY).counts["new marks"] == len(marks) == 1200
    assert models.Amendment.objects.count() == 4


@pytest.mark.django_db
def test_an_import_that_breaks_off_says_so_and_goes_on(files, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write_marks, "write_marks", full)
    with pytest.raises(ImportStopped, match=r"The disk is full\. What is written is whole"):
        files.read_in()
    assert models.Import.objects.get().state == models.Import.State.STOPPED
    monkeypatch.undo()
    result = files.read_in()
    assert result.unfinished
    assert result.counts["new marks"] == 48


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="a server's disk is not ours to fill")
def test_a_full_disk_is_one_clear_error_and_nothing_is_half_written(
    files, small_disk, tmp_path, racing_db
):
    connection.ensure_connection()
    with sqlite3.connect(small_disk / "db.sqlite3") as small:
        connection.connection.backup(small)
    url = f"sqlite:///{small_disk / 'db.sqlite3'}"
    many(files, 200)
    running = start_command(files.write(), tmp_path / "other", DATABASE_URL=url)
    out, _ = running.communicate(timeout=120)
    assert running.returncode == 1
    assert "The disk is full. What is written is whole." in out
    assert "Traceback" not in out
    with sqlite3.connect(small_disk / "db.sqlite3") as small:
        assert small.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = "SELECT count(*) FROM registers_mark GROUP BY enrolment_id"
        assert {marks for (marks,) in small.execute(rows)} <= {300}
        (seals_there,) = small.execute("SELECT sum(marks) FROM registers_registerseal").fetchone()
        (marks_there,) = small.execute("SELECT count(*) FROM registers_mark").fetchone()
    assert (seals_there or 0) == marks_there
