"""The processes of `./rollbook demo` and `start`: begun in order, watched, ended in reverse.

Each has a process group of its own (else Ctrl-C would reach the children before their parent). No
Django in this process.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from attendance_site import env
from attendance_site.running.watch import Watch

PATIENCE = 30.0  # seconds for a child to come up, and to go
Environ = Mapping[str, str]
NOTHING_MORE: Environ = {}


class Stop(Exception):
    """Someone asked us to stop: Ctrl-C, SIGTERM, or the terminal was closed."""


class CannotStart(Exception):
    """What is in the way, in words, with the way out."""


@dataclass
class ChildProcess:
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
class Supervisor:
    """What is running, in the order in which it was started."""

    environ: dict[str, str]
    var: Path
    children: list[ChildProcess] = field(default_factory=list)
    asked_to_stop: bool = False
    watch: Watch = field(default_factory=Watch)

    def log_of(self, name: str) -> Path:
        return self.var / "logs" / f"{name.replace(' ', '-')}.log"

    def start(
        self, name: str, command: list[str], more: Environ, log: IO[bytes] | None = None
    ) -> ChildProcess:
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
        self.children.append(ChildProcess(name, process))
        return self.children[-1]

    def forget(self, child: ChildProcess) -> None:
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

    def look_after(self, children: list[ChildProcess]) -> None:
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


def say(sentence: str) -> None:
    print(sentence, flush=True)
