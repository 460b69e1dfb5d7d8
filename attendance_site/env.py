"""What Rollbook reads from the environment, and the sentence for each thing that is wrong with it.

`VARIABLES` is the whole list: `settings.py` reads it and `docs/running/deploy.md` is written from
it. No value is ever repeated in a sentence: it may be a password.
"""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attendance_site.embedded.brokers import socket_path
from attendance_site.environment.values import (
    BASE_DIR,
    EMBEDDED,
    PRODUCTION,
    Read,
    read_database,
    read_email,
    read_flag,
    read_folder,
    read_hosts,
    read_mode,
    read_number,
    read_origins,
    read_redis,
    read_secret,
)

SHORTEST_KEY = 32
SHORTEST_SECRET = 50
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


class WrongEnvironment(Exception):
    """One sentence for each variable that is missing or wrong, all at once."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: how it is read, and what holds where it is left out."""

    name: str
    meaning: str
    example: str
    otherwise: str  # in words, for the table; `default` is the value itself
    read: Read = str
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
        read_mode,
        EMBEDDED,
    ),
    Variable(
        "ROLLBOOK_VAR",
        "The folder for what Rollbook keeps: documents, the embedded database, its secrets.",
        "/var/lib/rollbook",
        "`var` beside `manage.py`",
        read_folder,
    ),
    Variable(
        "SECRET_KEY",
        f"Signs sessions and links. At least {SHORTEST_SECRET} characters.",
        "$(python3 -c 'import secrets; print(secrets.token_urlsafe(50))')",
        "embedded: made once in `var/secret_key`",
        read_secret(SHORTEST_SECRET),
        needed=True,
    ),
    Variable(
        "ROLLBOOK_REGISTER_KEY",
        "The key of the register's digest chain. Keep it apart from the database and its "
        f"backups, and never change it. At least {SHORTEST_KEY} characters.",
        "$(python3 -c 'import secrets; print(secrets.token_urlsafe(40))')",
        "embedded: made once in `var/register_key`",
        read_secret(SHORTEST_KEY),
        needed=True,
    ),
    Variable(
        "DATABASE_URL",
        "PostgreSQL (or SQLite).",
        "postgresql://rollbook:password@127.0.0.1:5432/rollbook",
        "embedded: SQLite in `var/db.sqlite3`",
        read_database,
        needed=True,
    ),
    Variable(
        "REDIS_URL",
        "Redis: the broker of the task queue, and the cache. redis://, rediss:// or unix://",
        "redis://127.0.0.1:6379/0",
        "embedded: a Redis of its own, or files in `var/queue`",
        read_redis,
        needed=True,
    ),
    Variable(
        "ALLOWED_HOSTS",
        "The host names that people type, with commas between them.",
        "rollbook.example.sch.uk",
        "embedded: this machine alone",
        read_hosts,
        LOCAL_HOSTS,
        needed=True,
    ),
    Variable(
        "CSRF_TRUSTED_ORIGINS",
        "Addresses whose forms are taken, where a proxy changes the host name.",
        "https://rollbook.example.sch.uk",
        "none",
        read_origins,
        [],
    ),
    Variable(
        "EMAIL_URL",
        "The mail server: smtp+tls://user:password@host:587",
        "smtp+tls://rollbook:password@mail.example.sch.uk:587",
        "embedded: written to `var/outbox`, nothing is sent",
        read_email,
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
        read_flag,
        False,
    ),
    Variable(
        "ROLLBOOK_HSTS_SECONDS",
        "How long browsers insist on HTTPS, in seconds. Production only.",
        "3600",
        "31536000 (a year)",
        read_number,
        31_536_000,
    ),
    Variable(
        "ROLLBOOK_DOCUMENT_PROCESSES",
        "How many processes draw the pages of one panel pack side by side, each some 150 MB "
        "while it draws. 1: the worker alone.",
        "4",
        "2, or 1 on one core",
        read_number,
        min(2, os.cpu_count() or 1),
    ),
    Variable(
        "ROLLBOOK_DEMONSTRATION",
        "`yes`: the sign-in page lists the people of the demonstration school. `./rollbook demo` "
        "sets it. Refused in production.",
        "yes",
        "no",
        read_flag,
        False,
    ),
    Variable(
        "DEBUG",
        "Pages that show the code of an error: for development, never in production.",
        "yes",
        "no",
        read_flag,
        False,
    ),
)
NEVER_IN_PRODUCTION = {
    "DEBUG": "it shows data in errors",
    "ROLLBOOK_DEMONSTRATION": "everybody knows its password",
}
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


def _own_redis(var: Path) -> str | None:
    """There while `./rollbook demo` or `start` runs."""
    socket = socket_path(var)
    return f"unix://{socket}" if socket.exists() else None


# What the embedded default puts where nothing was given, by the folder for what Rollbook keeps.
WHERE_EMBEDDED: dict[str, Callable[[Path], Any]] = {
    "REDIS_URL": _own_redis,
    "SECRET_KEY": lambda var: _made_once(var / "secret_key"),
    "ROLLBOOK_REGISTER_KEY": lambda var: _made_once(var / "register_key"),
    "DATABASE_URL": lambda var: read_database(f"sqlite:///{var / 'db.sqlite3'}"),
    "EMAIL_URL": lambda var: read_email(f"filemail:///{var / 'outbox'}"),
}


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    texts = {variable.name: environ.get(variable.name, "").strip() for variable in VARIABLES}
    texts["ROLLBOOK_VAR"] = texts["ROLLBOOK_VAR"] or str(BASE_DIR / "var")
    return {name: text for name, text in texts.items() if text}


def _read_each(given: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    values = {variable.name: variable.default for variable in VARIABLES}
    for name, text in given.items():
        try:
            values[name] = BY_NAME[name].read(text)
        except ValueError as problem:
            problems.append(f"{name} {problem}. {BY_NAME[name].hint}")
    return values


def _wrong_in_production(values: Mapping[str, Any], given: Mapping[str, str]) -> Iterator[str]:
    for variable in VARIABLES:
        if variable.needed and variable.name not in given:
            yield f"{variable.name} is missing: {variable.meaning.rstrip('.')}. {variable.hint}"
    for name, why in NEVER_IN_PRODUCTION.items():
        if values[name]:
            yield f"{name} is yes in production: {why}. Leave it out."


def read(environ: Mapping[str, str]) -> dict[str, Any]:
    """Every variable's value by its name; raises WrongEnvironment with all that is wrong."""
    problems: list[str] = []
    given = _given(environ)
    values = _read_each(given, problems)
    if values["ROLLBOOK_MODE"] == PRODUCTION:
        problems += _wrong_in_production(values, given)
    if problems:
        raise WrongEnvironment(problems)
    if values["ROLLBOOK_MODE"] == EMBEDDED:
        var = values["ROLLBOOK_VAR"]
        values |= {name: put(var) for name, put in WHERE_EMBEDDED.items() if not values[name]}
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
