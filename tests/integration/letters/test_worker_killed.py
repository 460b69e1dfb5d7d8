"""A real worker is killed while it draws a letter; every letter is drawn all the same, once."""

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pikepdf
import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from django.utils import timezone

from interventions.letters.actions import letters
from interventions.models import Letter, LetterCopy
from tests.factories.classes import make_class
from tests.integration.letters.test_letters_flow import absent_pupil

FRIDAY = date(2025, 9, 12)
PUPILS, PATIENCE = 4, 90  # seconds, for a machine that is busy
REDIS = shutil.which("redis-server") or shutil.which("valkey-server")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not hasattr(os, "killpg"), reason="a worker is killed with its processes, as on Unix"
    ),
]


@dataclass
class Site:
    """A Rollbook of its own: this test's database, a folder and a broker."""

    var: Path
    redis_url: str

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        given = {
            "ROLLBOOK_VAR": str(self.var),
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "ROLLBOOK_REGISTER_KEY": settings.REGISTER_KEY,
        }
        return kept | given | ({"REDIS_URL": self.redis_url} if self.redis_url else {})

    def start_worker(self) -> subprocess.Popen:
        """A prefork worker in a process group of its own, so that it can be killed whole."""
        words = "-A attendance_site worker --pool prefork --concurrency 1 --loglevel WARNING"
        return subprocess.Popen(
            [sys.executable, "-m", "celery", *words.split()],
            cwd=settings.BASE_DIR,
            env=self.environment,
            start_new_session=True,
        )

    def sender(self) -> Celery:
        """What sends messages here as the site's own processes would."""
        app = Celery("sender")
        if self.redis_url:
            app.conf.broker_url = self.redis_url.replace("unix://", "redis+socket://", 1)
            return app
        queue = self.var / "queue"
        for name in ("messages", "control", "processed"):
            (queue / name).mkdir(parents=True, exist_ok=True)
        app.conf.broker_url = "filesystem://"
        app.conf.broker_transport_options = {
            "data_folder_in": str(queue / "messages"),
            "data_folder_out": str(queue / "messages"),
            "control_folder": str(queue / "control"),
            "processed_folder": str(queue / "processed"),
        }
        return app


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    return (
        f"postgres://{database['USER']}{password}@{database['HOST']}:{database['PORT'] or 5432}"
        f"/{database['NAME']}"
    )


@pytest.fixture(params=["files", "redis"])
def site(request, tmp_path: Path, settings) -> Iterator[Site]:
    settings.MEDIA_ROOT = tmp_path / "documents"
    if request.param == "files":
        yield Site(tmp_path, "")
        return
    if REDIS is None:
        pytest.skip("no redis-server on this machine's PATH")
    socket = tmp_path / "redis.sock"
    words = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen([REDIS, *words], stdout=subprocess.DEVNULL)
    try:
        wait_for(socket.exists)
        yield Site(tmp_path, f"unix://{socket}")
    finally:
        server.terminate()
        server.wait(10)


def wait_for(there: Callable[[], bool], *, pause: float = 0.02) -> None:
    until = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < until, "waited too long"
        time.sleep(pause)


def kill(worker: subprocess.Popen) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(10)


def in_state(state: str) -> int:
    return LetterCopy.objects.filter(state=state).count()


def proposed_copies() -> list[int]:
    room = make_class(PUPILS)
    for pupil in range(PUPILS):
        absent_pupil(room, pupil=pupil)
    letters.propose(school=room.school, as_at=FRIDAY, dated=FRIDAY, send=False)
    return list(LetterCopy.objects.order_by("pk").values_list("pk", flat=True))


def test_a_worker_killed_while_it_draws_loses_no_letter(racing_db, site):
    sender = site.sender()
    copies = proposed_copies()
    assert len(copies) == PUPILS
    for pk in copies:
        sender.send_task("interventions.tasks.render_copy", args=[pk])
    worker = site.start_worker()
    try:
        wait_for(lambda: in_state("rendering") == 1, pause=0.002)
    finally:
        kill(worker)
    held = LetterCopy.objects.get(state="rendering")  # dead, and its row says so
    hour_ago = timezone.now() - timedelta(hours=1)
    LetterCopy.objects.filter(state="rendering").update(claimed_at=hour_ago)
    LetterCopy.objects.filter(state="queued").update(claimed_at=hour_ago)

    worker = site.start_worker()
    try:
        sender.send_task("interventions.tasks.sweep")
        wait_for(lambda: in_state("rendered") == PUPILS)
    finally:
        kill(worker)
    assert LetterCopy.objects.get(pk=held.pk).tries == 2
    every_copy_is_drawn_once()


def every_copy_is_drawn_once() -> None:
    assert set(Letter.objects.values_list("state", flat=True)) == {"ready"}
    folder = Path(settings.MEDIA_ROOT) / "letters"
    drawn = {path.stem for path in folder.rglob("*.pdf")}
    assert drawn == set(LetterCopy.objects.values_list("digest", flat=True))
    assert len(drawn) == PUPILS
    for copy in LetterCopy.objects.all():
        pdf = (Path(settings.MEDIA_ROOT) / copy.pdf.name).read_bytes()
        assert sha256(pdf).hexdigest() == copy.digest
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert len(document.pages) == 1
