"""What `./rollbook demo` prepares before anybody can sign in, and how it starts again from new.

No Django in this process: the work is done by commands of manage.py.
"""

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from attendance_site import env
from attendance_site.running.processes import (
    NOTHING_MORE,
    CannotStart,
    Environ,
    Supervisor,
    manage,
    say,
)
from registers.demo.school import DETAILS

STEPS = (  # the command, and what it does in words
    ("demo_school", "A school is invented and its files are read in, as any school’s are"),
    ("nightly", "The first night: each pupil’s absence"),
    ("demo_letters", "Some letters are chosen and drawn as PDFs"),
    ("demo_casework", "A log of what was done for some of them"),
)
# What a demonstration keeps in its folder; the secrets stay, since nothing is signed anew by them.
KEPT = ("db.sqlite3", "being-prepared.sqlite3", "celerybeat-schedule")
KEPT_FOLDERS = ("cache", "documents", "imports", "outbox", "queue", "uploads")


def prepare_database(supervisor: Supervisor, *, with_school: bool) -> None:
    """Migrates; the first time of a demonstration, makes the school apart and moves it in whole.

    So whatever interrupts the preparation leaves no half-made school behind.
    """
    own_file = supervisor.var / "db.sqlite3"
    if with_school and "DATABASE_URL" not in supervisor.environ and not own_file.exists():
        _prepare_apart(supervisor, own_file)
        return
    supervisor.run("migrate", manage("migrate", "--verbosity", "0"))
    if with_school:
        _prepare_school(supervisor)


def _prepare_apart(supervisor: Supervisor, own_file: Path) -> None:
    draft = supervisor.var / "being-prepared.sqlite3"
    for left_over in supervisor.var.glob(f"{draft.name}*"):
        left_over.unlink()
    apart = {"DATABASE_URL": f"sqlite:///{draft}"}
    supervisor.run("migrate", manage("migrate", "--verbosity", "0"), apart)
    _prepare_school(supervisor, apart)
    with closing(sqlite3.connect(draft)) as database:  # nothing may be left in the file beside it
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    draft.rename(own_file)


def _prepare_school(supervisor: Supervisor, more: Environ = NOTHING_MORE) -> None:
    """The demonstration school and its first night, where the database holds no school."""
    environ = {**supervisor.environ, **more}
    if subprocess.run(manage("has_school"), cwd=env.BASE_DIR, env=environ).returncode == 0:
        return
    began = time.monotonic()
    say(f"Preparing the demonstration school, in {len(STEPS)} steps. This happens once.")
    for number, (command, words) in enumerate(STEPS, start=1):
        say(f"\n{number} of {len(STEPS)}  {words}.")
        step_began = time.monotonic()
        supervisor.run(command, manage(command), more)
        say(f"        {time.monotonic() - step_began:.0f} s")
    say(f"\nPrepared in {time.monotonic() - began:.0f} s. Starting the worker and the web server.")


def throw_away(var: Path, environ: Mapping[str, str]) -> None:
    """Empties the folder of a demonstration, so that the next one starts from new.

    Raises CannotStart where the database is not the embedded one, or holds a school that is not
    the demonstration's: what a real school has entered is never thrown away by a flag.
    """
    if environ.get("DATABASE_URL"):
        raise CannotStart(
            "--new throws away the embedded database alone, and DATABASE_URL names another. "
            "Empty that one yourself, or leave DATABASE_URL out."
        )
    _refuse_a_real_school(var / "db.sqlite3")
    for name in KEPT:
        for file in var.glob(f"{name}*"):
            file.unlink()
    for name in KEPT_FOLDERS:
        shutil.rmtree(var / name, ignore_errors=True)


def _refuse_a_real_school(database: Path) -> None:
    real = sorted(_schools(database) - {DETAILS["URN"]})
    if real:
        raise CannotStart(
            f"{database} holds a school that is not the demonstration’s ({', '.join(real)}), so "
            "nothing was thrown away. Give the demonstration a folder of its own: "
            "ROLLBOOK_VAR=/some/folder"
        )


def _schools(database: Path) -> set[str]:
    """The URNs in an SQLite file; none where there is no file, or none of our tables in it."""
    if not database.exists():
        return set()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return {urn for (urn,) in connection.execute("SELECT urn FROM registers_school")}
        except sqlite3.OperationalError:
            return set()
