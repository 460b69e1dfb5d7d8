"""What every test may lean on: a database with its real guards, no network but this machine."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as properties

# Whether a property holds does not depend on how busy the machine is.
properties.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
properties.load_profile("any machine")
LOCAL = {"127.0.0.1", "::1", "localhost"}


def pytest_configure(config: pytest.Config) -> None:
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):  # a file, so that threads and workers can share it
        database.setdefault("TEST", {})["NAME"] = str(Path(settings.VAR) / "test.sqlite3")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine may be called; the tests need nobody else."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family != socket.AF_UNIX and address[0] not in LOCAL:
            raise RuntimeError(f"a test called {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _documents_folder(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "documents"


@pytest.fixture
def racing_db(transactional_db) -> Iterator[None]:
    """A database that threads share, with real commits.

    Afterwards Django empties the tables, which the guards would refuse; so they are lifted here
    and nowhere else. The flush puts them back.
    """
    yield
    from registers.marks import guards

    guards.lift(connection)
