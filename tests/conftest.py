"""What every test may lean on: a database with its real guards, no network but this machine."""

import socket
from collections.abc import Iterator
from contextvars import ContextVar
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as properties

from registers.web.documents import pdf
from tests import prepared_database

# Whether a property holds does not depend on how busy the machine is.
properties.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
properties.load_profile("any machine")
LOCAL = {"127.0.0.1", "::1", "localhost"}


def pytest_configure(config: pytest.Config) -> None:
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):  # a file, so that threads and workers can share it
        database.setdefault("TEST", {})["NAME"] = str(Path(settings.VAR) / "test.sqlite3")
    # A password's hash is slow on purpose, and every test client would list all static files.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    with django_db_blocker.unblock():
        prepared_database.set_up()


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Only this machine may be called; the tests need nobody else."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family != socket.AF_UNIX and address[0] not in LOCAL:
            raise RuntimeError(f"a test called {address}")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_view_draws() -> Iterator[None]:
    """While a page is being answered, whoever asks for the renderer fails: a worker draws."""
    answer, renderer_of = BaseHandler.get_response, pdf._renderer_of
    answering: ContextVar[bool] = ContextVar("answering", default=False)

    def guarded_answer(self, request):
        token = answering.set(True)
        try:
            return answer(self, request)
        finally:
            answering.reset(token)

    def guarded_renderer(process):
        if answering.get():
            raise AssertionError("a view draws a PDF: give it to a worker")
        return renderer_of(process)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "get_response", guarded_answer)
        patch.setattr(pdf, "_renderer_of", guarded_renderer)
        yield


@pytest.fixture(scope="session")
def _documents_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Folders that are there only once something is stored in them."""
    folder = tmp_path_factory.mktemp("documents")
    return (str(folder / str(number)) for number in count())


@pytest.fixture(autouse=True)
def _documents_folder(request, settings, _documents_folders: Iterator[str]) -> None:
    if "module_db" not in request.fixturenames:
        settings.MEDIA_ROOT = next(_documents_folders)


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker, _documents_folders) -> Iterator[None]:
    """Rows and files that a module's fixtures make once; each test's own changes of rows go."""
    folder = override_settings(MEDIA_ROOT=next(_documents_folders))
    with django_db_blocker.unblock(), folder, transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def racing_db(transactional_db) -> Iterator[None]:
    """A database that threads share, with real commits.

    Afterwards Django empties the tables, which the guards would refuse; so they are lifted here
    and nowhere else. The flush puts them back.
    """
    yield
    from registers.marks import guards

    guards.lift(connection)
