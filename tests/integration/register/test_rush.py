"""The morning's rush, very small: the measurement itself works, and nothing is lost in it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from attendance_site import env

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="the rush is one on PostgreSQL, as on a server"
    ),
]


def rush(picture: Path, seconds: int) -> list[str]:
    return [
        *(sys.executable, "-m", "benchmarks.rush", "--registers", "3"),
        *("--seconds", str(seconds), "--picture", str(picture), "--database", "rollbook_rush_test"),
    ]


@pytest.fixture
def server() -> dict[str, str]:
    """The environment of a command that may make databases on the tests' server."""
    parts = settings.DATABASES["default"]
    address = f"{parts['HOST']}:{parts['PORT'] or 5432}"
    url = f"postgresql://{parts['USER']}:{parts['PASSWORD']}@{address}/postgres"
    kept = ("PATH", "HOME", "REDIS_URL", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"DATABASE_URL": url}


def test_a_small_rush_loses_nothing_and_draws_its_picture(server, tmp_path):
    picture = tmp_path / "rush.svg"
    done = subprocess.run(
        rush(picture, 3), env=server, cwd=env.BASE_DIR, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no error, no lost mark" in done.stderr
    assert "| one mark |" in done.stdout
    assert picture.read_text().startswith("<svg")


def test_a_rush_that_is_stopped_leaves_nothing_behind(server, tmp_path):
    with subprocess.Popen(
        rush(tmp_path / "rush.svg", 120), env=server | {"TMPDIR": str(tmp_path)},
        cwd=env.BASE_DIR, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert any("gunicorn is up" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        assert process.wait(180) == 130  # how long a busy machine takes is not asked here
    assert not list(tmp_path.glob("rollbook-rush-*"))
    assert [*processes_with(f"ROLLBOOK_VAR={tmp_path}")] == []


def processes_with(variable: str) -> Iterator[str]:
    """The command lines of those that run with this in their environment."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if variable.encode() in (process / "environ").read_bytes():
                yield (process / "cmdline").read_text()
