"""The measurement of the rush leaves no process behind, whenever it is stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from benchmarks import rush

WAITS = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture(autouse=True)
def _ctrl_c_stops() -> Iterator[None]:
    """Also where the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_process_that_has_just_begun_is_ended_too(monkeypatch, tmp_path):
    begun = []

    def stopped_meanwhile(*words, **known):
        begun.append(popen(*words, **known))
        os.kill(os.getpid(), signal.SIGINT)
        return begun[0]

    popen = subprocess.Popen
    monkeypatch.setattr(rush.subprocess, "Popen", stopped_meanwhile)
    with pytest.raises(KeyboardInterrupt), rush.child("a process", WAITS, tmp_path / "log"):
        pytest.fail("it goes no further")
    assert begun[0].returncode == -signal.SIGTERM
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
