"""How the text of a variable of the environment is read.

What cannot be read raises ValueError with the rest of a sentence that begins with the variable's
name. No value is repeated in it: it may be a password.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environ import Env

BASE_DIR = Path(__file__).resolve().parents[2]
EMBEDDED, PRODUCTION = "embedded", "production"
YES, NO = ("yes", "true", "1", "on"), ("no", "false", "0", "off")

Read = Callable[[str], Any]


def read_mode(value: str) -> str:
    if value not in (EMBEDDED, PRODUCTION):
        raise ValueError(f"is neither {EMBEDDED} nor {PRODUCTION}")
    return value


def read_flag(value: str) -> bool:
    if value.lower() not in (*YES, *NO):
        raise ValueError("is neither yes nor no")
    return value.lower() in YES


def read_number(value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise ValueError("is not a whole number")
    return int(value)


def read_secret(shortest: int) -> Read:
    def read(value: str) -> str:
        if len(value) < shortest or len(set(value)) < 5:
            raise ValueError(f"needs at least {shortest} characters that cannot be guessed")
        return value

    return read


def _listed(value: str) -> list[str]:
    return list(filter(None, map(str.strip, value.split(","))))


def read_hosts(value: str) -> list[str]:
    hosts = _listed(value)
    if not hosts or "*" in hosts or "/" in value:
        raise ValueError("is not a list of host names with commas between them")
    return hosts


def read_origins(value: str) -> list[str]:
    origins = _listed(value)
    if not all(origin.startswith(("https://", "http://")) for origin in origins):
        raise ValueError("is not a list of addresses that start with https://")
    return origins


def read_database(value: str) -> dict[str, Any]:
    if urlsplit(value).scheme not in ("postgres", "postgresql", "sqlite"):
        raise ValueError("names neither a PostgreSQL nor an SQLite database")
    try:
        database = dict(Env.db_url_config(value))
    except ValueError:
        raise ValueError("cannot be read: write special characters as %40 and so on") from None
    if not database.get("NAME"):
        raise ValueError("does not name a database after the last slash")
    return database


def _has_a_right_port(value: str) -> bool:
    try:
        return urlsplit(value).port != 0
    except ValueError:
        return False


def read_redis(value: str) -> str:
    url = urlsplit(value)
    if not _has_a_right_port(value):
        raise ValueError("has a port that is not a number")
    if url.scheme not in ("redis", "rediss", "unix") or not (url.hostname or url.path):
        raise ValueError("is not the address of a Redis server")
    return value


def read_email(value: str) -> dict[str, Any]:
    try:
        return dict(Env.email_url_config(value))
    except Exception:
        raise ValueError("is not the address of a mail server") from None


def read_folder(value: str) -> Path:
    folder = Path(value).expanduser()
    if not folder.is_absolute():
        folder = BASE_DIR / folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise ValueError(f"is a folder that cannot be written to ({problem.strerror})") from None
    return folder
