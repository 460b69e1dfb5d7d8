"""Ends what a supervisor leaves behind when it is killed outright.

Runs beside the supervisor and reads from it, line by line, which process groups it has started
(`+123`) and which have ended (`-123`). When the supervisor is gone, so is the other end of the
pipe: what is still there is then stopped in the reverse order.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

PATIENCE = 10.0  # seconds


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def end(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while _is_there(group) and time.monotonic() < until:
            time.sleep(0.1)
        os.killpg(group, signal.SIGKILL)


def watch(lines: Iterable[str]) -> None:
    groups: list[int] = []
    for line in lines:
        sign, group = line[0], int(line[1:])
        if sign == "+":
            groups.append(group)
        else:
            groups.remove(group)
    for group in reversed(groups):
        end(group)


class Watch:
    """The supervisor's end of it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", __file__],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def say(self, sign: str, group: int) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.write(f"{sign}{group}\n")
            self.process.stdin.flush()

    def close(self) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()


if __name__ == "__main__":
    watch(sys.stdin)
