"""A backup is one file: the database as its own tools copy it, the documents, and a manifest.

PostgreSQL is copied by `pg_dump` in its custom format (rows come back before triggers, so the
guards do not refuse the past), SQLite by its online backup, page by page, while people work. The
keys are not in it: `SECRET_KEY` and `ROLLBOOK_REGISTER_KEY` are kept apart, and the manifest
only says by a fingerprint which register key the seals were made with.
"""

import hashlib
import hmac
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

DOCUMENTS = "documents/"
MANIFEST = "manifest.json"
NAMES = {"postgresql": "database.pgdump", "sqlite3": "database.sqlite3"}
PIECE = 1 << 20  # bytes


class BackupProblem(Exception):
    """Why a backup could not be made or cannot be restored, in words."""


@dataclass(frozen=True)
class Manifest:
    made_at: str
    engine: str  # postgresql or sqlite3
    register_key: str  # a fingerprint, never the key
    digests: dict[str, str] = field(default_factory=dict)  # sha256 by name in the file


def engine_of(database: dict[str, Any]) -> str:
    return str(database["ENGINE"]).rsplit(".", 1)[-1]


def fingerprint(register_key: str) -> str:
    """Tells two register keys apart, without telling anything about either."""
    return hmac.new(register_key.encode(), b"rollbook backup", hashlib.sha256).hexdigest()[:16]


def _environ(database: dict[str, Any]) -> dict[str, str]:
    """How libpq's programs sign in: by the environment, so that no password shows in a list."""
    options = database.get("OPTIONS") or {}
    given = {
        "PGDATABASE": database["NAME"],
        "PGHOST": database.get("HOST"),
        "PGPORT": database.get("PORT"),
        "PGUSER": database.get("USER"),
        "PGPASSWORD": database.get("PASSWORD"),
        "PGSSLMODE": options.get("sslmode"),
        "PGSSLROOTCERT": options.get("sslrootcert"),
    }
    return os.environ | {name: str(value) for name, value in given.items() if value}


def _run(database: dict[str, Any], *command: str) -> None:
    if shutil.which(command[0]) is None:
        raise BackupProblem(f"{command[0]} is missing. Debian: apt-get install postgresql-client")
    told = subprocess.run(command, env=_environ(database), capture_output=True, text=True)
    if told.returncode:
        first = next(iter(told.stderr.splitlines()), "no reason given")
        raise BackupProblem(f"{command[0]} failed: {first}")


def _copy_database(database: dict[str, Any], target: Path) -> None:
    if engine_of(database) == "postgresql":
        _run(database, "pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={target}")
        return
    with (
        closing(sqlite3.connect(f"file:{database['NAME']}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy, pages=2000, sleep=0.01)
        copy.execute("PRAGMA journal_mode=DELETE")


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece


def _put_file(archive: zipfile.ZipFile, path: Path, name: str, digests: dict[str, str]) -> None:
    digest = hashlib.sha256()
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(".pgdump") else zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
        for piece in _pieces(source):
            digest.update(piece)
            target.write(piece)
    digests[name] = digest.hexdigest()


def _documents(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def make(
    target: Path, *, database: dict[str, Any], documents: Path, register_key: str, now: datetime
) -> Path:
    """Writes the backup to `target`, whole or not at all; only its owner may read it.

    The database is copied first: a document written meanwhile is in the file and not yet in the
    database, never the other way round.
    """
    engine = engine_of(database)
    manifest = Manifest(now.isoformat(), engine, fingerprint(register_key))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".being-made-") as workshop:
        copy, draft = Path(workshop) / NAMES[engine], Path(workshop) / target.name
        _copy_database(database, copy)
        with zipfile.ZipFile(draft, "w", compresslevel=1) as archive:
            _put_file(archive, copy, NAMES[engine], manifest.digests)
            for path in _documents(documents):
                name = DOCUMENTS + path.relative_to(documents).as_posix()
                _put_file(archive, path, name, manifest.digests)
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.chmod(0o600)
        draft.rename(target)
    return target


def prune(folder: Path, *, keep: int) -> list[Path]:
    """Deletes all but the newest `keep` backups of the folder, and returns what it deleted."""
    old = sorted(folder.glob("rollbook-*.zip"))[: -keep or None]
    for path in old:
        path.unlink()
    return old


def _safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def open_checked(source: Path) -> tuple[zipfile.ZipFile, Manifest]:
    """The backup, after every file in it has been compared with its digest."""
    try:
        archive = zipfile.ZipFile(source)
        manifest = Manifest(**json.loads(archive.read(MANIFEST)))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as problem:
        raise BackupProblem(f"{source.name} is not a whole backup of Rollbook.") from problem
    for name, digest in manifest.digests.items():
        if _digest(archive, name, source) != digest or not _safe(name):
            raise BackupProblem(f"{name} in {source.name} is damaged.")
    return archive, manifest


def _digest(archive: zipfile.ZipFile, name: str, source: Path) -> str:
    sha256 = hashlib.sha256()
    try:
        with archive.open(name) as content:
            for piece in _pieces(content):
                sha256.update(piece)
    except (KeyError, EOFError, OSError, ValueError, zipfile.BadZipFile, zlib.error):
        raise BackupProblem(f"{name} in {source.name} cannot be read.") from None
    return sha256.hexdigest()


def _restore_database(database: dict[str, Any], copy: Path) -> None:
    if engine_of(database) == "postgresql":
        words = ["--no-owner", "--no-acl", "--exit-on-error", "--single-transaction"]
        _run(database, "pg_restore", *words, f"--dbname={database['NAME']}", str(copy))
        return
    with (
        closing(sqlite3.connect(copy)) as source,
        closing(sqlite3.connect(database["NAME"])) as target,
    ):
        source.backup(target)


def restore(source: Path, *, database: dict[str, Any], documents: Path) -> Manifest:
    """Puts a backup into an empty database and the documents into their folder.

    The caller makes sure that the database is empty, and migrates afterwards. Documents that are
    already there stay as they are: an archived letter never changes under its name.
    """
    archive, manifest = open_checked(source)
    if manifest.engine != engine_of(database):
        raise BackupProblem(
            f"The backup is of {manifest.engine}, DATABASE_URL names {engine_of(database)}."
        )
    documents.mkdir(parents=True, exist_ok=True, mode=0o700)
    with archive, tempfile.TemporaryDirectory(dir=documents.parent) as workshop:
        copy = Path(archive.extract(NAMES[manifest.engine], workshop))
        _restore_database(database, copy)
        for name in manifest.digests:
            if name.startswith(DOCUMENTS):
                _restore_document(archive, name, documents / name.removeprefix(DOCUMENTS))
    return manifest


def _restore_document(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with archive.open(name) as content, path.open("xb") as target:
        shutil.copyfileobj(content, target)
    path.chmod(0o600)
