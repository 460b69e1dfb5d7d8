"""Runs all of Rollbook on one machine: `./rollbook demo` and `./rollbook start`.

Broker, database, demonstration school, worker with beat, web server: started in this order, each
child in a process group of its own (else Ctrl-C would reach the children first), and stopped in
the reverse order. A child that dies is told and ends the rest. No Django in this process.
"""

import argparse
import fcntl
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from attendance_site import env
from attendance_site.brokers import Broker, NoBroker, choose_broker, socket_path
from attendance_site.watch import Watch

WORKERS = 2
PATIENCE = 30.0  # seconds for a child to come up, and to go
Environ = Mapping[str, str]
NOTHING_MORE: Environ = {}


class Stop(Exception):
    """Someone asked us to stop: Ctrl-C, SIGTERM, or the terminal was closed."""


class CannotStart(Exception):
    """What is in the way, in words, with the way out."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    patience: float = PATIENCE

    def stop(self) -> None:
        """Asks, waits, then insists; nothing of the group is left."""
        with suppress(ProcessLookupError):
            self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class House:
    """What is running, in the order in which it was started."""

    environ: dict[str, str]
    var: Path
    children: list[Child] = field(default_factory=list)
    asked_to_stop: bool = False
    watch: Watch = field(default_factory=Watch)

    def log_of(self, name: str) -> Path:
        return self.var / "logs" / f"{name.replace(' ', '-')}.log"

    def start(
        self, name: str, command: list[str], more: Environ, log: IO[bytes] | None = None
    ) -> Child:
        process = subprocess.Popen(
            command,
            cwd=env.BASE_DIR,
            env={**self.environ, **more},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log and subprocess.STDOUT,
            start_new_session=True,
        )
        self.watch.say("+", process.pid)
        self.children.append(Child(name, process))
        return self.children[-1]

    def forget(self, child: Child) -> None:
        self.children.remove(child)
        self.watch.say("-", child.process.pid)

    def serve(self, name: str, command: list[str]) -> None:
        """A child that stays, its log in a file that starts anew."""
        self.log_of(name).parent.mkdir(mode=0o700, exist_ok=True)
        with self.log_of(name).open("wb") as log:
            self.start(name, command, NOTHING_MORE, log)

    def run(self, name: str, command: list[str], more: Environ = NOTHING_MORE) -> None:
        """A child that is waited for; the others are watched meanwhile."""
        child = self.start(name, command, more)
        while child.process.poll() is None:
            self.look_after([other for other in self.children if other is not child])
            time.sleep(0.05)
        self.forget(child)
        if child.process.returncode:
            raise CannotStart(f"`{name}` failed: what it said is above.")

    def look_after(self, children: list[Child]) -> None:
        """Raises Stop when a signal came, CannotStart when one of the children has ended."""
        if self.asked_to_stop:
            raise Stop
        for child in children:
            if child.process.poll() is not None:
                code = child.process.returncode
                how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
                raise CannotStart(
                    f"The {child.name} ended unexpectedly, {how}: see {self.log_of(child.name)}."
                )

    def stop(self) -> None:
        while self.children:
            child = self.children[-1]
            child.stop()
            self.forget(child)
        self.watch.close()


def manage(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


def hold_lock(var: Path) -> IO[str]:
    """One Rollbook to a folder; the system lets go of the lock when this process ends."""
    lock = (var / "running.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart(
            f"Rollbook already runs from {var}. Stop it there (Ctrl-C), or give this one a folder "
            "of its own: ROLLBOOK_VAR=/some/folder"
        ) from None
    return lock


def check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise CannotStart(
                f"Port {port} cannot be used ({problem.strerror}). "
                f"Take another one: --port {port + 1}"
            ) from None


def wait_for(what: str, ready: Callable[[], bool], house: House) -> None:
    until = time.monotonic() + PATIENCE
    while not ready():
        house.look_after(house.children)
        if time.monotonic() > until:
            raise CannotStart(f"The {what} did not come up within {PATIENCE:.0f} seconds.")
        time.sleep(0.1)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}health/?format=json", timeout=5):  # noqa: S310
            return True
    except urllib.error.HTTPError as answer:
        return answer.code == 503  # it speaks; what is red shows on the page
    except OSError:
        return False


def start_broker(house: House, broker: Broker) -> None:
    say(f"Broker: {broker.said}")
    if broker.command:
        house.serve("broker", broker.command)
    wait_for("broker", broker.answers, house)


def prepare_database(house: House, *, with_school: bool) -> None:
    """Migrates; the first time of a demonstration, makes the school apart and moves it in whole.

    So whatever interrupts the preparation leaves no half-made school behind.
    """
    own_file = house.var / "db.sqlite3"
    if not with_school or "DATABASE_URL" in house.environ or own_file.exists():
        house.run("migrate", manage("migrate", "--verbosity", "0"))
        if with_school:
            prepare_school(house)
        return
    draft = house.var / "being-prepared.sqlite3"
    for left_over in house.var.glob(f"{draft.name}*"):
        left_over.unlink()
    apart = {"DATABASE_URL": f"sqlite:///{draft}"}
    house.run("migrate", manage("migrate", "--verbosity", "0"), apart)
    prepare_school(house, apart)
    with closing(sqlite3.connect(draft)) as database:  # nothing may be left in the file beside it
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    draft.rename(own_file)


def prepare_school(house: House, more: Environ = NOTHING_MORE) -> None:
    """The demonstration school and its first night, where the database holds no school."""
    environ = {**house.environ, **more}
    if subprocess.run(manage("has_school"), cwd=env.BASE_DIR, env=environ).returncode == 0:
        return
    say("Preparing the demonstration school. This happens once.")
    house.run("demo_school", manage("demo_school"), more)
    say("The first night: figures and letters.")
    house.run("nightly", manage("nightly"), more)
    say("A log of what was done for some of them.")
    house.run("demo_casework", manage("demo_casework"), more)


def start_worker(house: House) -> None:
    words = ["-A", "attendance_site", "worker", "-B", "-c", str(WORKERS), "--pool", "prefork"]
    quiet = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    house.serve("worker", [sys.executable, "-m", "celery", *words, *quiet])


def start_web(house: House, host: str, port: int) -> None:
    if house.environ.get("ROLLBOOK_MODE") == env.PRODUCTION:
        house.run("collectstatic", manage("collectstatic", "--noinput", "--verbosity", "0"))
    words = ["--bind", f"{host}:{port}", "--worker-class", "gthread", "--workers", "2"]
    more = ["--threads", "4", "--graceful-timeout", "5", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", "attendance_site.wsgi", *words, *more]
    house.serve("web server", [*command, "--log-level", "warning"])
    wait_for("web server", lambda: answers(f"http://127.0.0.1:{port}/"), house)


def say(sentence: str) -> None:
    print(sentence, flush=True)


def greet(house: House, address: str, *, with_school: bool) -> None:
    say(f"\nRollbook is at {address}\n")
    if with_school:
        house.run("sign_ins", manage("sign_ins"))
        house.run("demo_bell", manage("demo_bell"))
    else:
        house.run("first_administrator", manage("first_administrator", "--address", address))
    say(f"Logs: {house.var / 'logs'}. Ctrl-C stops it; what you do is kept.")


def run(house: House, broker: Broker, options: argparse.Namespace) -> None:
    with_school = options.what == "demo"
    start_broker(house, broker)
    prepare_database(house, with_school=with_school)
    start_worker(house)
    start_web(house, options.host, options.port)
    greet(house, f"http://{options.host}:{options.port}/", with_school=with_school)
    while True:
        house.look_after(house.children)
        time.sleep(0.2)


def open_house(options: argparse.Namespace) -> tuple[House, Broker, IO[str]]:
    """All that can be known to be wrong is found before anything is started."""
    values = env.read(os.environ)
    var = values["ROLLBOOK_VAR"]
    lock = hold_lock(var)
    check_port(options.host, options.port)
    socket_path(var).unlink(missing_ok=True)  # of a Redis that was killed: nobody else runs here
    broker = choose_broker(var, os.environ, files=options.files)
    environ = {**os.environ, "ROLLBOOK_VAR": str(var), "REDIS_URL": broker.url}
    return House(environ, var), broker, lock


def listen_for_signals(house: House) -> None:
    def note(*_: object) -> None:
        house.asked_to_stop = True  # seen by `look_after`: never in the middle of starting a child

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, note)


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./rollbook", description="Runs all of Rollbook.")
    parser.add_argument("what", choices=["demo", "start"])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1", help="default: this machine alone")
    parser.add_argument("--files", action="store_true", help="use the filesystem as the broker")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    options = parse(words)
    try:
        house, broker, lock = open_house(options)
    except (CannotStart, NoBroker, env.WrongEnvironment) as problem:
        print(f"Rollbook cannot start:\n{problem}", file=sys.stderr)
        return 2
    listen_for_signals(house)
    try:
        run(house, broker, options)
    except Stop:
        say("\nStopping…")
        return 0
    except CannotStart as problem:
        print(f"\n{problem} Stopping the rest.", file=sys.stderr, flush=True)
        return 1
    finally:
        house.stop()
        lock.close()
        say("Rollbook has stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
