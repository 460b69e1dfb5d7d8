"""A database of the benchmarks' own, made and dropped on the server that DATABASE_URL names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2

NAME = "rollbook_bench"
LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"
NO_SERVER = """The measurements need a PostgreSQL server, and none answered.
  {problem}
Start one here (Debian: apt-get install postgresql), or name one whose user may make databases:
  DATABASE_URL=postgresql://user:password@host:5432/database ./rollbook bench"""


class NoServerError(Exception):
    """No PostgreSQL to measure on, or no leave to make a database there; says what to do."""


def _server() -> str:
    given = os.environ.get("DATABASE_URL", "")
    return given if urlsplit(given).scheme in ("postgres", "postgresql") else LOCAL


def _run(url: str, *statements: str) -> None:
    try:
        connection = psycopg2.connect(url)
    except psycopg2.OperationalError as problem:
        raise NoServerError(NO_SERVER.format(problem=str(problem).strip())) from None
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    except (psycopg2.errors.ObjectInUse, psycopg2.errors.InsufficientPrivilege) as problem:
        raise NoServerError(f"The database cannot be made: {problem}".strip()) from None
    finally:
        connection.close()


@contextmanager
def own_database(name: str = NAME) -> Iterator[None]:
    """DATABASE_URL names an empty database of this name, which is gone afterwards.

    Never the database of DATABASE_URL itself, since that may hold a school. One that an earlier run
    left is dropped first; one that another run is using right now is not: raises NoServerError.
    """
    given, server = os.environ.get("DATABASE_URL", ""), _server()
    _run(server, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    try:
        yield
    finally:
        from django.db import connections

        connections.close_all()
        os.environ["DATABASE_URL"] = given
        _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
