"""Pages in Debian's WebKitGTK, the nearest to an iPad's browser that runs on this system."""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.browser.conftest import room as room
from tests.webkit.driver import WebKit

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


class Gate:
    """The way to the server: a port that can be shut, as a wifi is that drops."""

    def __init__(self, server: str):
        self.there = (urlsplit(server).hostname, urlsplit(server).port)
        self.port = free_port()
        self.ways: set[socket.socket] = set()
        self.door: socket.socket | None = None
        self.open()

    def open(self) -> None:
        self.door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=[self.door], daemon=True).start()

    def shut(self) -> None:
        door, self.door = self.door, None
        for one in [door, *self.ways]:
            with contextlib.suppress(OSError, AttributeError):
                one.shutdown(socket.SHUT_RDWR)
                one.close()
        self.ways.clear()

    def _serve(self, door: socket.socket) -> None:
        while True:
            try:
                ours, _ = door.accept()
                theirs = socket.create_connection(self.there)
            except OSError:
                return
            self.ways |= {ours, theirs}
            for one, other in ((ours, theirs), (theirs, ours)):
                threading.Thread(target=self._carry, args=[one, other], daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while words := one.recv(65536):
                other.sendall(words)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return door.getsockname()[1]


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A screen that nobody sees, large enough for a tablet held upright."""
    if not (shutil.which("Xvfb") and shutil.which("WebKitWebDriver")):
        pytest.skip("needs the Debian packages webkit2gtk-driver and xvfb")
    reads, writes = os.pipe()
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1400x1400x24"]
    screen = subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL)
    number = os.read(reads, 16).decode().strip()
    yield f":{number}"
    screen.terminate()
    screen.wait()


@pytest.fixture(scope="session")
def driver(display: str) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        ["WebKitWebDriver", f"--port={port}"],
        env=os.environ | {"DISPLAY": display},
    )
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


@pytest.fixture
def gate(room) -> Iterator[Gate]:
    gate = Gate(room.url)
    path = urlsplit(room.path).path
    room.url = f"http://localhost:{gate.port}"
    room.path = room.url + path
    yield gate
    gate.shut()


@pytest.fixture
def tablet(driver: str, gate: Gate, room) -> Iterator[WebKit]:
    """A browser in which the teacher has signed in."""
    browser = WebKit(driver)
    browser.resize(820, 1180)
    sign_in(browser, room, room.teacher)
    yield browser
    browser.close()


def sign_in(browser: WebKit, room, person) -> None:
    client = Client()
    client.force_login(person)
    browser.goto(f"{room.url}/health/")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/"}
    browser.do("cookie", {"cookie": cookie})
