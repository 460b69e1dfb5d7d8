"""The migrated database that tests start from: made once for the code as it is, then copied.

Migrating takes ten seconds. The first process that needs a database migrates its own and leaves a
copy; every other process, and every later run of the same code, takes that copy.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases

FOLDER = settings.BASE_DIR / ".pytest_cache" / "databases"
CODE = ("attendance_site", "interventions", "absence", "registers")


def set_up() -> None:
    """The test database of this process, with every migration applied."""
    with _one_at_a_time():
        copy = {"sqlite": FileCopy, "postgresql": TemplateCopy}[connection.vendor](_code_digest())
        is_there = copy.exists()
        if is_there:
            copy.take()
        # Nothing is left to migrate in a copy: only what follows a migration is done again.
        connection.settings_dict["TEST"]["MIGRATE"] = not is_there
        setup_databases(verbosity=0, interactive=False, keepdb=is_there)
        if not is_there:
            copy.leave()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _code_digest() -> str:
    """Another one after any change of our Python or of a library: all that a migration may run."""
    digest = sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for path in sorted(path for app in CODE for path in (settings.BASE_DIR / app).rglob("*.py")):
        digest.update(f"{path.relative_to(settings.BASE_DIR)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:24]


class FileCopy:
    """SQLite: a file."""

    def __init__(self, digest: str):
        self.path = FOLDER / f"{digest}.sqlite3"

    def exists(self) -> bool:
        return self.path.exists()

    def take(self) -> None:
        name = connection.settings_dict["TEST"]["NAME"]
        for ending in ("-wal", "-shm"):
            Path(name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.path, name)

    def leave(self) -> None:
        for earlier in FOLDER.glob("*.sqlite3*"):
            earlier.unlink()
        unfinished = self.path.with_suffix(".sqlite3-unfinished")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(unfinished)])
        unfinished.rename(self.path)


class TemplateCopy:
    """PostgreSQL: a template whose comment is the digest of the code that it was made by."""

    NAME = "rollbook_test_template"

    def __init__(self, digest: str):
        self.digest = digest

    def exists(self) -> bool:
        asked = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with connection._nodb_cursor() as cursor:
            cursor.execute(asked, [self.NAME])
            return cursor.fetchone() == (self.digest,)

    def take(self) -> None:
        self._copy(self.NAME, connection.creation._get_test_db_name())

    def leave(self) -> None:
        connection.close()  # a database that somebody uses is no template
        self._copy(connection.settings_dict["NAME"], self.NAME)
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"COMMENT ON DATABASE {self.NAME} IS %s", [self.digest])

    @staticmethod
    def _copy(source: str, target: str) -> None:
        quoted = connection.ops.quote_name
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted(target)}")
            cursor.execute(f"CREATE DATABASE {quoted(target)} TEMPLATE {quoted(source)}")
