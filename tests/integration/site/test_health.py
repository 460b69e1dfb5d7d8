"""The health page: red for what stops the school's work, and silent about children."""

import json
from datetime import timedelta
from unittest import mock

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from attendance_site import tasks
from attendance_site.operations import health
from interventions.models import Night
from registers.marks import guards
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db
PARTS = ["database", "migrations", "guards", "broker", "worker", "nights", "disk"]


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": tmp_path / "cache",
        }
    }


@pytest.fixture
def alive():
    tasks.sign_of_life()


def state(client, part: str) -> tuple[int, str]:
    answer = client.get("/health/", headers={"accept": "application/json"})
    return answer.status_code, json.loads(answer.content)["parts"][part]


def test_all_is_well(client, alive):
    answer = client.get("/health/?format=json")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "parts": dict.fromkeys(PARTS, "ok")}


def test_people_get_a_page_and_no_cache_keeps_it(client, alive):
    answer = client.get("/health/", headers={"accept": "text/html"})
    assert "Rollbook is well" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_no_worker_is_red(client):
    assert state(client, "worker") == (503, "not ok")


def test_a_worker_that_fell_silent_is_red(client):
    long_ago = timezone.now() - health.WORKER_SILENT_AFTER - timedelta(seconds=1)
    cache.set(health.SIGN_OF_LIFE, long_ago.isoformat())
    assert state(client, "worker") == (503, "not ok")


def test_a_missing_guard_is_red(client, alive):
    guards.lift(connection)
    assert state(client, "guards") == (503, "not ok")


def test_a_waiting_migration_is_red(client, alive):
    with mock.patch.object(health.MigrationExecutor, "migration_plan", return_value=[("one", 0)]):
        assert state(client, "migrations") == (503, "not ok")


def test_a_database_that_is_gone_is_red(client, alive):
    with mock.patch.object(connection, "cursor", side_effect=DatabaseError("gone: Amara Okafor")):
        answer = client.get("/health/?format=json")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == "not ok"
    assert "Amara" not in answer.content.decode()


def test_a_broker_that_is_gone_is_red(client, alive, settings):
    from attendance_site.celery import app

    dead = app.connection_for_write("redis://127.0.0.1:1/0")
    with mock.patch.object(app, "connection_for_write", return_value=dead):
        assert state(client, "broker") == (503, "not ok")


def test_little_disk_warns_and_none_is_red(client, alive):
    with mock.patch.object(health.shutil, "disk_usage") as usage:
        usage.return_value.free = health.DISK_WARNING - 1
        assert state(client, "disk") == (200, "warning")
        usage.return_value.free = health.DISK_FULL - 1
        assert state(client, "disk") == (503, "not ok")


@pytest.mark.parametrize(("hours", "said"), [(25, "ok"), (27, "warning")])
def test_a_night_is_overdue_after_26_hours(client, alive, hours, said):
    finished = timezone.now() - timedelta(hours=hours)
    Night.objects.create(
        school=SchoolFactory(),
        as_at=finished.date(),
        state=Night.State.DONE,
        started_at=finished,
        finished_at=finished,
    )
    assert state(client, "nights") == (200, said)


def test_strangers_learn_no_school_and_the_operator_does(client, alive, capsys):
    school = SchoolFactory()
    assert str(school.urn) not in client.get("/health/").content.decode()
    call_command("health")
    assert f"nights      warning: no finished night in 26 hours for URN {school.urn}" in (
        capsys.readouterr().out
    )


def test_manage_py_health_exits_1_when_a_part_is_red(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("health")
    assert ended.value.code == 1
    assert "worker      not ok: no worker" in capsys.readouterr().out
