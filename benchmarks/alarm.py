"""`python -m benchmarks.alarm`: somebody else's Today while six adults ask for the evacuation list.

One school of 1,440 pupils, on PostgreSQL; gunicorn is started by the line of
`docs/running/deploy.md`, with one worker beside it. `--before TREE` starts another working tree
too, on the same database, and the two take turns. Each adult asks for the list, and then for its
PDF, again and again; meanwhile one teacher opens Today. It leaves nothing behind.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from benchmarks import rush
from benchmarks.database import own_database
from benchmarks.registers.rush_load import Browser, Rush, Said
from benchmarks.timing import percentile

ADULTS, GROUPS, PAUSE = 6, 48, 1.0
PYTHON = [sys.executable, "-m"]


@contextmanager
def served(tree: Path, var: Path, port: int) -> Iterator[None]:
    """A web server of this working tree and a worker."""
    os.environ["ROLLBOOK_VAR"] = str(var)
    var.mkdir()
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=tree, check=True
    )
    log, of_worker = var / "gunicorn.log", var / "worker.log"
    worker = [*PYTHON, "celery", "-A", "attendance_site", "worker", "--concurrency", "1"]
    with (
        rush.child("gunicorn", rush.gunicorn(port), log, tree) as web,
        rush.child("the worker", worker, of_worker, tree),
    ):
        rush.wait_until_up(web, port, log)
        yield


def measure(plan: dict, *, seconds: float, adults: int) -> Said:
    """Today again and again, with so many adults at the list."""
    said = Said()
    now = Rush(plan | {"seconds": seconds}, said)
    teachers = plan["teachers"]
    threads = [
        threading.Thread(target=ask_for_list, args=(now, teachers[number + 1]))
        for number in range(adults)
    ]
    for thread in threads:
        thread.start()
    browser = Browser(now, teachers[0]["cookies"])
    while now.left() > 0:
        browser.ask("Today", "GET", f"/schools/{teachers[0]['urn']}/today/")
        sleep(0.1)
    for thread in threads:
        thread.join()
    return said


def ask_for_list(now: Rush, told: dict) -> None:
    """The list, then its PDF: from a worker, or as it was once, from the view itself."""
    browser, on_site = Browser(now, told["cookies"]), f"/schools/{told['urn']}/on-site"
    while now.left() > 0:
        browser.ask("list", "GET", f"{on_site}/list/")
        how = "GET" if now.plan["is_before"] else "POST"
        browser.ask("PDF", how, f"{on_site}/evacuation.pdf")
        sleep(PAUSE)


def in_turns(trees: dict[str, tuple[Path, int]], plan: dict, seconds: float, rounds: int) -> None:
    times: dict[tuple[str, int, str], list[float]] = {}
    for _ in range(rounds):
        for name, (_, port) in trees.items():
            for adults in (0, ADULTS):
                asked = plan | {"port": port, "is_before": name == "before"}
                said = measure(asked, seconds=seconds, adults=adults)
                if said.wrong:
                    raise rush.ServerDiedError(said.wrong[0])
                for kind, _, took, _ in said.requests:
                    times.setdefault((name, adults, kind), []).append(took)
    print("| tree | adults | request | number | p50 | p95 | longest |")
    print("|---|---|---|---|---|---|---|")
    for (name, adults, kind), took in times.items():
        shown = (percentile(took, 0.5), percentile(took, 0.95), max(took))
        cells = " | ".join(f"{1000 * value:,.0f} ms" for value in shown)
        print(f"| {name} | {adults} | {kind} | {len(took)} | {cells} |")


def alarm(wanted: argparse.Namespace) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="rollbook-alarm-") as folder,
        own_database("rollbook_alarm"),
    ):
        os.environ |= rush.production(Path(folder))
        plan = rush.prepare(GROUPS, schools=1).plan
        after = (rush.ROOT, rush.free_port())
        with served(after[0], Path(folder) / "after", after[1]):
            if wanted.before is None:
                in_turns({"after": after}, plan, wanted.seconds, wanted.rounds)
                return
            before = (wanted.before, rush.free_port())
            with served(before[0], Path(folder) / "before", before[1]):
                trees = {"before": before, "after": after}
                in_turns(trees, plan, wanted.seconds, wanted.rounds)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.alarm", description=__doc__)
    parser.add_argument("--before", type=Path, help="another working tree")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all is put away
    began = monotonic()
    alarm(parser.parse_args())
    rush.say(f"done in {monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
