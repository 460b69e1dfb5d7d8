"""`./rollbook bench --rush`: the morning's rush, through gunicorn, on PostgreSQL.

As many teachers as registers open Today, open their register's page and take it within minutes,
while pages look around and offices let pupils in. The web server is started by the line that
`docs/running/deploy.md` gives, in production mode; the load generator stands in for the browsers
and for the proxy that ends HTTPS. Afterwards every mark is compared with what its teacher was told.

Exit code 0 when nothing was lost and nobody saw an error, 1 otherwise, 2 without PostgreSQL. How
long requests took is told, not judged. It calls this machine alone, stops by itself, and leaves
neither a process nor a database behind.
"""

import argparse
import json
import os
import re
import resource
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, perf_counter, sleep

from benchmarks import histogram
from benchmarks.database import NoServerError, own_database
from benchmarks.timing import WrongAnswerError, percentile

ROOT = Path(__file__).resolve().parents[1]
STARTED = perf_counter()
GUNICORN, LOAD = "gunicorn", "the load generator"
CPU: dict[str, float] = {}
COMES_UP, GOES_DOWN = 60, 20  # seconds
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
ORDER = ("Today", "register page", "one mark", "one mark, sent again", "everyone else",
         "everyone else, sent again", "poll, nothing new", "poll, news", "late desk",
         "late desk, find", "late desk, let in")  # fmt: skip


class ServerDiedError(Exception):
    """The web server or the load generator ended before its time; says what it wrote."""


def say(words: str) -> None:
    print(f"[{perf_counter() - STARTED:4.0f} s] {words}", file=sys.stderr, flush=True)


def production(var: Path) -> dict[str, str]:
    """The environment of a server whose proxy ends HTTPS; the database comes by itself."""
    return {
        "DJANGO_SETTINGS_MODULE": "attendance_site.settings",
        "ROLLBOOK_MODE": "production",
        "ROLLBOOK_VAR": str(var),
        "ROLLBOOK_BEHIND_PROXY": "yes",
        "ALLOWED_HOSTS": "rush.example",
        "EMAIL_URL": "smtp+tls://nobody:nothing@127.0.0.1:9",  # nothing is sent
        "REDIS_URL": os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/9",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ROLLBOOK_REGISTER_KEY": secrets.token_urlsafe(60),
    }


def gunicorn(port: int) -> list[str]:
    """The command of `rollbook-web.service` in docs/running/deploy.md, on another port."""
    text = (ROOT / "docs" / "running" / "deploy.md").read_text().replace("\\\n", " ")
    line = re.search(r"^ExecStart=\S+/gunicorn (.*)$", text, re.MULTILINE)
    if line is None:
        raise ServerDiedError("docs/running/deploy.md no longer says how gunicorn is started.")
    words = shlex.split(line[1])
    words[words.index("--bind") + 1] = f"127.0.0.1:{port}"
    return [sys.executable, "-m", "gunicorn", *words]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def child(
    name: str, command: list[str], log: Path, tree: Path = ROOT
) -> Iterator[subprocess.Popen]:
    """A process in a group of its own, which is gone afterwards, with all that it started.

    What it took of the processors is in `CPU` then, in seconds, with all that ended meanwhile.
    """
    before = _cpu_of_children()
    process = None
    try:
        with log.open("w") as out, interrupts_held_back():
            process = subprocess.Popen(
                command, cwd=tree, stdout=out, stderr=out, start_new_session=True
            )
        yield process
    finally:
        if process is not None:
            _end(name, process)
        CPU[name] = _cpu_of_children() - before


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """A Ctrl-C in the midst of it comes afterwards: a process that has begun is never lost."""
    came: list[int] = []
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    for one in handlers:
        signal.signal(one, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for one, handler in handlers.items():
            signal.signal(one, handler)
    if came:
        signal.raise_signal(came[0])


def _end(name: str, process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(GOES_DOWN)
    except subprocess.TimeoutExpired:
        say(f"{name} did not end when it was asked to")
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait_until_up(process: subprocess.Popen, port: int, log: Path) -> None:
    end = monotonic() + COMES_UP
    while process.poll() is None and monotonic() < end:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/", headers={"Host": "rush.example"})
            connection.getresponse().read()
            return
        except OSError:
            sleep(0.2)
        finally:
            connection.close()
    raise ServerDiedError(f"gunicorn did not come up:\n{log.read_text()[-2_000:]}")


def prepare(registers: int, schools: int = 10):
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, connections
    from django.utils import timezone

    from benchmarks.registers import rush_schools

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    made = rush_schools.build(registers, timezone.now(), schools)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    connections.close_all()
    return made


def run(plan: dict, var: Path) -> dict:
    """The rush itself; what the load generator has seen."""
    port, busy = free_port(), os.getloadavg()[0]
    told, said = var / "plan.json", var / "said.json"
    told.write_text(json.dumps(plan | {"port": port}))
    log, of_load = var / "gunicorn.log", var / "load.log"
    load = [sys.executable, "-m", "benchmarks.registers.rush_load", str(told), str(said)]
    with child(GUNICORN, gunicorn(port), log) as web:
        wait_until_up(web, port, log)
        say(f"gunicorn is up; {len(plan['teachers'])} teachers, {plan['seconds']:g} seconds")
        with child(LOAD, load, of_load) as people:
            while people.poll() is None:
                if web.poll() is not None:
                    raise ServerDiedError(f"gunicorn ended:\n{log.read_text()[-2_000:]}")
                sleep(0.2)
        if people.returncode:
            raise ServerDiedError(f"the load generator ended:\n{of_load.read_text()[-2_000:]}")
    return json.loads(said.read_text()) | {"load": busy}


def report(said: dict, file: Path | None) -> str:
    times: dict[str, list[float]] = {}
    for kind, _, took, _ in said["requests"]:
        times.setdefault(kind, []).append(took)
    times = {kind: times[kind] for kind in ORDER if kind in times}
    marked = {
        kind: {word: percentile(of, share) for word, share in SHARES.items()}
        for kind, of in times.items()
    }
    lines = ["| request | number | p50 | p95 | p99 | longest |", "|---|---|---|---|---|---|"]
    for kind, of in times.items():
        cells = [*marked[kind].values(), max(of)]
        lines.append(f"| {kind} | {len(of):,} | {' | '.join(map(_ms, cells))} |")
    ended = max(when for _, when, _, _ in said["requests"])
    counts, of_web = said["counts"], CPU[GUNICORN] - CPU[LOAD]  # it was there all the while
    busiest = _busiest([when for _, when, _, _ in said["requests"]])
    lines += [
        "",
        f"{len(said['requests']):,} requests in {ended:.0f} s ({len(said['requests']) / ended:.0f}"
        f" a second, {busiest} in the busiest), {len(said['saved']):,} marks saved by teachers in"
        f" {counts['keys']:,} saves, {counts['repeats']:,} of them answered twice;"
        f" {len(said['signed_in']):,} let in late; {counts['conflicts']:,} marks that somebody else"
        " had made first.",
        f"gunicorn took {of_web:.0f} s of the processors, start included:"
        f" {1000 * of_web / len(said['requests']):.0f} ms a request; the load generator"
        f" {CPU[LOAD]:.0f} s. Load of the machine before: {said['load']:.1f}.",
    ]
    if file:
        under = f"{len(said['requests']):,} requests in {ended:.0f} seconds; number of each kind"
        title = "The morning's rush: how long requests took"
        file.write_text(histogram.picture(times, marked, title=title, under=under))
    return "\n".join(lines)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms"


def _busiest(moments: Sequence[float]) -> int:
    seconds = [int(moment) for moment in moments]
    return max(map(seconds.count, set(seconds)))


def rush(wanted: argparse.Namespace) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="rollbook-rush-") as folder,
        own_database(wanted.database),
    ):
        var = Path(folder)
        os.environ |= production(var)
        say(f"{wanted.registers} registers: migrating, loading")
        schools = prepare(wanted.registers)
        said = run(schools.plan | {"seconds": wanted.seconds}, var)
        say("comparing every mark with what was told")
        words = report(said, wanted.picture)
        from benchmarks.registers.rush_check import must_be_right

        print(f"\n{words}\n", flush=True)
        must_be_right(schools, said)
    say("no error, no lost mark")


def main() -> int:
    parser = argparse.ArgumentParser(prog="rollbook bench --rush", description=__doc__)
    parser.add_argument("--registers", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--picture", type=Path, default=ROOT / "benchmarks" / "rush.svg")
    parser.add_argument("--database", default="rollbook_rush", help="made and dropped")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all is put away
    try:
        rush(parser.parse_args())
    except NoServerError as problem:
        print(problem, file=sys.stderr)
        return 2
    except (WrongAnswerError, ServerDiedError) as wrong:
        print(f"Not right: {wrong}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
