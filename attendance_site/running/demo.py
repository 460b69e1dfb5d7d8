"""Runs all of Rollbook on one machine: `./rollbook demo` and `./rollbook start`.

Broker, database, demonstration school, worker with beat, web server: started in this order and
stopped in the reverse order. A child that dies is told and ends the rest. No Django in this
process.
"""

import argparse
import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from attendance_site import env
from attendance_site.embedded.brokers import Broker, NoBroker, choose_broker, socket_path
from attendance_site.running.preparing import prepare_database, throw_away
from attendance_site.running.processes import PATIENCE, CannotStart, Stop, Supervisor, manage, say

WORKERS = 2


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


def wait_for(what: str, ready: Callable[[], bool], supervisor: Supervisor) -> None:
    until = time.monotonic() + PATIENCE
    while not ready():
        supervisor.look_after(supervisor.children)
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


def start_broker(supervisor: Supervisor, broker: Broker) -> None:
    say(f"Broker: {broker.said}")
    if broker.command:
        supervisor.serve("broker", broker.command)
    wait_for("broker", broker.answers, supervisor)


def start_worker(supervisor: Supervisor) -> None:
    words = ["-A", "attendance_site", "worker", "-B", "-c", str(WORKERS), "--pool", "prefork"]
    quiet = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    supervisor.serve("worker", [sys.executable, "-m", "celery", *words, *quiet])


def start_web(supervisor: Supervisor, host: str, port: int) -> None:
    if supervisor.environ.get("ROLLBOOK_MODE") == env.PRODUCTION:
        supervisor.run("collectstatic", manage("collectstatic", "--noinput", "--verbosity", "0"))
    words = ["--bind", f"{host}:{port}", "--worker-class", "gthread", "--workers", "2"]
    more = ["--threads", "4", "--graceful-timeout", "5", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", "attendance_site.wsgi", *words, *more]
    supervisor.serve("web server", [*command, "--log-level", "warning"])
    wait_for("web server", lambda: answers(f"http://127.0.0.1:{port}/"), supervisor)


def greet(supervisor: Supervisor, address: str, *, with_school: bool) -> None:
    say(f"\nRollbook is at {address}\n")
    if with_school:
        supervisor.run("sign_ins", manage("sign_ins"))
        supervisor.run("demo_bell", manage("demo_bell"))
    else:
        supervisor.run("first_administrator", manage("first_administrator", "--address", address))
    say(f"Logs: {supervisor.var / 'logs'}. Ctrl-C stops it; what you do is kept.")


def run(supervisor: Supervisor, broker: Broker, options: argparse.Namespace) -> None:
    with_school = options.what == "demo"
    start_broker(supervisor, broker)
    prepare_database(supervisor, with_school=with_school)
    start_worker(supervisor)
    start_web(supervisor, options.host, options.port)
    greet(supervisor, f"http://{options.host}:{options.port}/", with_school=with_school)
    while True:
        supervisor.look_after(supervisor.children)
        time.sleep(0.2)


def prepare_supervisor(options: argparse.Namespace) -> tuple[Supervisor, Broker, IO[str]]:
    """All that can be known to be wrong is found before anything is started."""
    values = env.read(os.environ)
    var = values["ROLLBOOK_VAR"]
    lock = hold_lock(var)
    check_port(options.host, options.port)
    if options.new:
        throw_away(var, os.environ)
    socket_path(var).unlink(missing_ok=True)  # of a Redis that was killed: nobody else runs here
    broker = choose_broker(var, os.environ, files=options.files)
    environ = {**os.environ, "ROLLBOOK_VAR": str(var), "REDIS_URL": broker.url}
    if options.what == "demo":
        environ["ROLLBOOK_DEMONSTRATION"] = "yes"
    return Supervisor(environ, var), broker, lock


def listen_for_signals(supervisor: Supervisor) -> None:
    def note(*_: object) -> None:
        supervisor.asked_to_stop = (
            True  # seen by `look_after`: never in the middle of starting a child
        )

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, note)


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./rollbook", description="Runs all of Rollbook.")
    parser.add_argument("what", choices=["demo", "start"])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1", help="default: this machine alone")
    parser.add_argument("--files", action="store_true", help="use the filesystem as the broker")
    parser.add_argument(
        "--new", action="store_true", help="demo: throw the last demonstration away, start anew"
    )
    options = parser.parse_args(words)
    if options.new and options.what != "demo":
        parser.error("--new is for the demonstration alone")
    return options


def main(words: list[str]) -> int:
    options = parse(words)
    try:
        supervisor, broker, lock = prepare_supervisor(options)
    except (CannotStart, NoBroker, env.WrongEnvironment) as problem:
        print(f"Rollbook cannot start:\n{problem}", file=sys.stderr)
        return 2
    listen_for_signals(supervisor)
    try:
        run(supervisor, broker, options)
    except Stop:
        say("\nStopping…")
        return 0
    except CannotStart as problem:
        print(f"\n{problem} Stopping the rest.", file=sys.stderr, flush=True)
        return 1
    finally:
        supervisor.stop()
        lock.close()
        say("Rollbook has stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
