"""What Rollbook reads from the environment, and the sentence for each thing that is wrong with it.

`VARIABLES` is the whole list: `settings.py` reads it and `docs/running/deploy.md` is written from
it. No value is ever repeated in a sentence: it may be a password.
"""

import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environ import Env

from attendance_site.embedded.brokers import socket_path

BASE_DIR = Path(__file__).resolve().parent.parent
EMBEDDED, PRODUCTION = "embedded", "production"
SHORTEST_KEY = 32
SHORTEST_SECRET = 50
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

Read = Callable[[str], Any]


class WrongEnvironment(Exception):
    """One sentence for each variable that is missing or wrong, all at once."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join(problems))


def _text(value: str) -> str:
    return value


def _mode(value: str) -> str:
    if value not in (EMBEDDED, PRODUCTION):
        raise ValueError(f"is neither {EMBEDDED} nor {PRODUCTION}")
    return value


def _flag(value: str) -> bool:
    if value.lower() not in ("yes", "no", "true", "false", "1", "0", "on", "off"):
        raise ValueError("is neither yes nor no")
    return value.lower() in ("yes", "true", "1", "on")


def _number(value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise ValueError("is not a whole number")
    return int(value)


def _secret(shortest: int) -> Read:
    def read(value: str) -> str:
        if len(value) < shortest or len(set(value)) < 5:
            raise ValueError(f"needs at least {shortest} characters that cannot be guessed")
        return value

    return read


def _hosts(value: str) -> list[str]:
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if not hosts or any("/" in host or host == "*" for host in hosts):
        raise ValueError("is not a list of host names with commas between them")
    return hosts


def _origins(value: str) -> list[str]:
    origins = [origin.strip() for origin in value.split(",") if origin.strip()]
    if any(not origin.startswith(("https://", "http://")) for origin in origins):
        raise ValueError("is not a list of addresses that start with https://")
    return origins


def _database(value: str) -> dict[str, Any]:
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


def _redis(value: str) -> str:
    url = urlsplit(value)
    if not _has_a_right_port(value):
        raise ValueError("has a port that is not a number")
    if url.scheme not in ("redis", "rediss", "unix") or not (url.hostname or url.path):
        raise ValueError("is not the address of a Redis server")
    return value


def _email(value: str) -> dict[str, Any]:
    try:
        return dict(Env.email_url_config(value))
    except Exception:
        raise ValueError("is not the address of a mail server") from None


def _folder(value: str) -> Path:
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


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: how it is read, and what holds where it is left out."""

    name: str
    meaning: str
    example: str
    otherwise: str  # in words, for the table; `default` is the value itself
    read: Read = _text
    default: Any = None
    needed: bool = False  # in production

    @property
    def hint(self) -> str:
        return f"Example: {self.name}={self.example}"


VARIABLES = (
    Variable(
        "ROLLBOOK_MODE",
        "`embedded`: all on one machine, secrets made on the spot. `production`: a server.",
        "production",
        "embedded",
        _mode,
        EMBEDDED,
    ),
    Variable(
        "ROLLBOOK_VAR",
        "The folder for what Rollbook keeps: documents, the embedded database, its secrets.",
        "/var/lib/rollbook",
        "`var` beside `manage.py`",
        _folder,
    ),
    Variable(
        "SECRET_KEY",
        f"Signs sessions and links. At least {SHORTEST_SECRET} characters.",
        "$(python3 -c 'import secrets; print(secrets.token_urlsafe(50))')",
        "embedded: made once in `var/secret_key`",
        _secret(SHORTEST_SECRET),
        needed=True,
    ),
    Variable(
        "ROLLBOOK_REGISTER_KEY",
        "The key of the register's digest chain. Keep it apart from the database and its "
        f"backups, and never change it. At least {SHORTEST_KEY} characters.",
        "$(python3 -c 'import secrets; print(secrets.token_urlsafe(40))')",
        "embedded: made once in `var/register_key`",
        _secret(SHORTEST_KEY),
        needed=True,
    ),
    Variable(
        "DATABASE_URL",
        "PostgreSQL (or SQLite).",
        "postgresql://rollbook:password@127.0.0.1:5432/rollbook",
        "embedded: SQLite in `var/db.sqlite3`",
        _database,
        needed=True,
    ),
    Variable(
        "REDIS_URL",
        "Redis: the broker of the task queue, and the cache. redis://, rediss:// or unix://",
        "redis://127.0.0.1:6379/0",
        "embedded: a Redis of its own, or files in `var/queue`",
        _redis,
        needed=True,
    ),
    Variable(
        "ALLOWED_HOSTS",
        "The host names that people type, with commas between them.",
        "rollbook.example.sch.uk",
        "embedded: this machine alone",
        _hosts,
        LOCAL_HOSTS,
        needed=True,
    ),
    Variable(
        "CSRF_TRUSTED_ORIGINS",
        "Addresses whose forms are taken, where a proxy changes the host name.",
        "https://rollbook.example.sch.uk",
        "none",
        _origins,
        [],
    ),
    Variable(
        "EMAIL_URL",
        "The mail server: smtp+tls://user:password@host:587",
        "smtp+tls://rollbook:password@mail.example.sch.uk:587",
        "embedded: written to `var/outbox`, nothing is sent",
        _email,
        needed=True,
    ),
    Variable(
        "DEFAULT_FROM_EMAIL",
        "The sender of e-mails.",
        "attendance@example.sch.uk",
        "rollbook@ and the first of `ALLOWED_HOSTS`",
    ),
    Variable(
        "ROLLBOOK_BEHIND_PROXY",
        "`yes` where a proxy ends HTTPS and sets X-Forwarded-Proto on every request.",
        "yes",
        "no",
        _flag,
        False,
    ),
    Variable(
        "ROLLBOOK_HSTS_SECONDS",
        "How long browsers insist on HTTPS, in seconds. Production only.",
        "3600",
        "31536000 (a year)",
        _number,
        31_536_000,
    ),
    Variable(
        "ROLLBOOK_DEMONSTRATION",
        "`yes`: the sign-in page lists the people of the demonstration school. `./rollbook demo` "
        "sets it. Refused in production.",
        "yes",
        "no",
        _flag,
        False,
    ),
    Variable(
        "DEBUG",
        "Pages that show the code of an error: for development, never in production.",
        "yes",
        "no",
        _flag,
        False,
    ),
)
BY_NAME = {variable.name: variable for variable in VARIABLES}


def _made_once(file: Path) -> str:
    """A secret in a file that only its owner reads; whoever comes first makes it, for all."""
    if not file.exists():
        with tempfile.NamedTemporaryFile("w", dir=file.parent) as new:  # mode 600
            new.write(secrets.token_urlsafe(64))
            new.flush()
            with suppress(FileExistsError):  # another process was first: its secret holds
                os.link(new.name, file)
    return file.read_text().strip()


def _read_each(environ: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    values = {}
    for variable in VARIABLES:
        given = environ.get(variable.name, "").strip()
        values[variable.name] = variable.default
        if not given and variable.name == "ROLLBOOK_VAR":
            given = str(BASE_DIR / "var")
        if not given:
            continue
        try:
            values[variable.name] = variable.read(given)
        except ValueError as problem:
            problems.append(f"{variable.name} {problem}. {variable.hint}")
    return values


def _missing(environ: Mapping[str, str]) -> list[str]:
    return [
        f"{variable.name} is missing: {variable.meaning.rstrip('.')}. {variable.hint}"
        for variable in VARIABLES
        if variable.needed and not environ.get(variable.name, "").strip()
    ]


def _embedded(values: dict[str, Any]) -> dict[str, Any]:
    """What the embedded default puts where nothing was given."""
    var = values["ROLLBOOK_VAR"]
    own_redis = socket_path(var)  # there while `./rollbook demo` or `start` runs
    return {
        "REDIS_URL": values["REDIS_URL"] or (f"unix://{own_redis}" if own_redis.exists() else None),
        "SECRET_KEY": values["SECRET_KEY"] or _made_once(var / "secret_key"),
        "ROLLBOOK_REGISTER_KEY": values["ROLLBOOK_REGISTER_KEY"]
        or _made_once(var / "register_key"),
        "DATABASE_URL": values["DATABASE_URL"] or _database(f"sqlite:///{var / 'db.sqlite3'}"),
        "EMAIL_URL": values["EMAIL_URL"] or _email(f"filemail:///{var / 'outbox'}"),
    }


def read(environ: Mapping[str, str]) -> dict[str, Any]:
    """Every variable's value by its name; raises WrongEnvironment with all that is wrong."""
    problems: list[str] = []
    values = _read_each(environ, problems)
    if values["ROLLBOOK_MODE"] == PRODUCTION:
        problems += _missing(environ)
        if values["DEBUG"]:
            problems.append("DEBUG is yes in production: it shows data in errors. Leave it out.")
        if values["ROLLBOOK_DEMONSTRATION"]:
            problems.append(
                "ROLLBOOK_DEMONSTRATION is yes in production: everybody knows its password. "
                "Leave it out."
            )
    if problems:
        raise WrongEnvironment(problems)
    if values["ROLLBOOK_MODE"] == EMBEDDED:
        values |= _embedded(values)
    values["DEFAULT_FROM_EMAIL"] = (
        values["DEFAULT_FROM_EMAIL"] or f"rollbook@{values['ALLOWED_HOSTS'][0]}"
    )
    return values


def celery_broker(values: Mapping[str, Any]) -> str:
    """The broker as kombu writes it; files in `var` where there is no Redis."""
    redis_url = values["REDIS_URL"]
    if not redis_url:
        return "filesystem://"
    return str(redis_url).replace("unix://", "redis+socket://", 1)


def table() -> str:
    """The variables as a Markdown table: `docs/running/deploy.md` holds it between two marks."""
    rows = ["| variable | what it says | where it is left out | example |", "|---|---|---|---|"]
    for variable in VARIABLES:
        needed = "**needed in production**; " if variable.needed else ""
        rows.append(
            f"| `{variable.name}` | {variable.meaning} | {needed}{variable.otherwise} "
            f"| `{variable.example}` |"
        )
    return "\n".join(rows) + "\n"
