"""Settings come from the environment; each thing that is wrong has its own clear sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from attendance_site import env
from attendance_site.celery import TIMETABLE, app
from attendance_site.management.commands import write_docs

LONG = "k7-Wq_0ZpR4x" * 5
SERVER = {
    "ROLLBOOK_MODE": "production",
    "SECRET_KEY": LONG,
    "ROLLBOOK_REGISTER_KEY": LONG,
    "DATABASE_URL": "postgresql://rollbook:pass-word-one@127.0.0.1:5432/rollbook",
    "REDIS_URL": "redis://:pass-word-two@127.0.0.1:6379/0",
    "ALLOWED_HOSTS": "rollbook.example.sch.uk",
    "EMAIL_URL": "smtp+tls://rollbook:pass-word-three@mail.example.sch.uk:587",
}


@pytest.fixture
def server(tmp_path) -> dict[str, str]:
    return SERVER | {"ROLLBOOK_VAR": str(tmp_path)}


def problems_of(environ: dict[str, str]) -> list[str]:
    with pytest.raises(env.WrongEnvironment) as wrong:
        env.read(environ)
    return wrong.value.problems


def manage(*words: str, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    plain = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=env.BASE_DIR,
        env=plain | given,
        capture_output=True,
        text=True,
    )


NEEDED = [variable.name for variable in env.VARIABLES if variable.needed]


@pytest.mark.parametrize("name", NEEDED)
def test_production_says_which_variable_is_missing(name, server):
    del server[name]
    (problem,) = problems_of(server)
    assert problem.startswith(f"{name} is missing")
    assert f"Example: {name}=" in problem


def test_all_that_is_missing_is_said_at_once(tmp_path):
    found = problems_of({"ROLLBOOK_MODE": "production", "ROLLBOOK_VAR": str(tmp_path)})
    assert [problem.split()[0] for problem in found] == NEEDED


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("ROLLBOOK_MODE", "prod", "neither embedded nor production"),
        ("SECRET_KEY", "x" * 49, "at least 50"),
        ("SECRET_KEY", "x" * 60, "cannot be guessed"),
        ("ROLLBOOK_REGISTER_KEY", LONG[:31], "at least 32"),
        ("DATABASE_URL", "mysql://u:pass-word-x@h/db", "neither a PostgreSQL nor an SQLite"),
        ("DATABASE_URL", "postgresql://u:pass-word-x@h/", "does not name a database"),
        ("DATABASE_URL", "postgresql://u:pass-word-x@h:port/db", "cannot be read"),
        ("REDIS_URL", "amqp://u:pass-word-x@h", "not the address of a Redis"),
        ("ALLOWED_HOSTS", "https://rollbook.example.sch.uk", "not a list of host names"),
        ("ALLOWED_HOSTS", "*", "not a list of host names"),
        ("CSRF_TRUSTED_ORIGINS", "rollbook.example.sch.uk", "start with https://"),
        ("EMAIL_URL", "pigeon://u:pass-word-x@h", "not the address of a mail server"),
        ("ROLLBOOK_BEHIND_PROXY", "maybe", "neither yes nor no"),
        ("ROLLBOOK_HSTS_SECONDS", "a year", "not a whole number"),
        ("ROLLBOOK_VAR", "/proc/nowhere", "cannot be written to"),
        ("DEBUG", "yes", "in production"),
    ],
)
def test_a_wrong_value_has_its_sentence_and_is_never_repeated(name, value, why, server):
    (problem,) = problems_of(server | {name: value})
    assert problem.startswith(name)
    assert why in problem
    assert "pass-word" not in problem


def test_manage_py_says_it_without_a_traceback_and_exits_2(tmp_path):
    told = manage("check", given={"ROLLBOOK_MODE": "production", "ROLLBOOK_VAR": str(tmp_path)})
    assert told.returncode == 2
    assert told.stderr.startswith("Rollbook cannot start:\n")
    assert "Traceback" not in told.stderr
    assert all(f"- {name} is missing" in told.stderr for name in NEEDED)


def test_check_deploy_is_clean_in_production(server):
    told = manage("check", "--deploy", "--fail-level", "WARNING", given=server)
    assert told.returncode == 0, told.stderr


def test_a_mistyped_variable_is_told(server):
    told = manage("check", "--deploy", given=server | {"ROLLBOOK_BEHIND_PROXI": "yes"})
    assert "Did you mean ROLLBOOK_BEHIND_PROXY?" in told.stderr


def test_embedded_secrets_are_made_once_and_read_by_their_owner_alone(tmp_path):
    first = env.read({"ROLLBOOK_VAR": str(tmp_path)})
    again = env.read({"ROLLBOOK_VAR": str(tmp_path)})
    assert first["SECRET_KEY"] == again["SECRET_KEY"] != first["ROLLBOOK_REGISTER_KEY"]
    assert first["ROLLBOOK_REGISTER_KEY"] == again["ROLLBOOK_REGISTER_KEY"]
    for name in ("secret_key", "register_key"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_the_embedded_default_keeps_everything_in_var(tmp_path):
    values = env.read({"ROLLBOOK_VAR": str(tmp_path)})
    assert Path(values["DATABASE_URL"]["NAME"]) == tmp_path / "db.sqlite3"
    assert values["ALLOWED_HOSTS"] == env.LOCAL_HOSTS
    assert Path("/", values["EMAIL_URL"]["EMAIL_FILE_PATH"]) == tmp_path / "outbox"


@pytest.mark.parametrize(
    ("redis_url", "broker"),
    [
        ("", "filesystem://"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock"),
        ("redis://h:6379/0", "redis://h:6379/0"),
    ],
)
def test_one_redis_url_serves_the_cache_and_the_queue(redis_url, broker):
    assert env.celery_broker({"REDIS_URL": redis_url}) == broker


def test_the_queue_waits_longer_for_a_task_than_a_task_may_take():
    patience = app.conf.broker_transport_options.get("visibility_timeout", 3600)
    assert app.conf.task_time_limit < patience
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_every_task_of_the_timetable_exists():
    app.loader.import_default_modules()
    assert {row["task"] for row in TIMETABLE.values()} <= set(app.tasks)


def test_the_night_begins_at_two_in_london_summer_and_winter():
    night = next(row for name, row in TIMETABLE.items() if name.startswith("the night"))
    assert (night["schedule"].hour, night["schedule"].minute) == ({2}, {0})
    assert str(app.timezone) == "Europe/London"


def test_documents_have_no_public_address():
    assert not settings.MEDIA_URL.strip("/")


def test_the_table_of_variables_is_what_the_code_reads():
    page = write_docs.DEPLOY.read_text()
    assert write_docs.with_table(page) == page


def test_compose_gives_every_needed_variable():
    services = yaml.safe_load((env.BASE_DIR / "compose.yaml").read_text())["services"]
    ours = [service for service in services.values() if service["image"] == "rollbook"]
    assert len(ours) == 5
    for service in ours:
        assert set(NEEDED) <= set(service["environment"]) <= {*env.BY_NAME, "TZ"}
