"""No child's data in the logs: not from our events, not from a library, not from an error."""

import io
import json
import logging

import pytest
import structlog
from celery import shared_task
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from attendance_site.celery import app
from attendance_site.logging import SafeFormatter
from registers.models import User

CHILD = "Zebedee Quillfeather"
log = structlog.get_logger("registers.test")


def fall_over(request: HttpRequest) -> HttpResponse:
    raise ValueError(f"{request.POST['name']} is not on roll")


def break_a_rule(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        User.objects.create(username=request.POST["name"])
    return HttpResponse()


urlpatterns = [path("fall/", fall_over, name="fall"), path("break/", break_a_rule, name="break")]


@pytest.fixture
def lines():
    """What our handler would write, as text."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(SafeFormatter(as_json=True))
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


def events(written: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def silent_about_the_child(written: io.StringIO) -> bool:
    return not any(part in written.getvalue() for part in (CHILD, *CHILD.split()))


@pytest.mark.urls(__name__)
def test_a_500_is_logged_without_the_name(client, lines):
    client.raise_request_exception = False
    answer = client.post(f"/fall/?name={CHILD}", {"name": CHILD})
    assert answer.status_code == 500
    error = next(event for event in events(lines) if "error" in event)
    assert error["error"] == "ValueError"
    assert "fall_over" in error["where"]
    assert silent_about_the_child(lines)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_broken_constraint_is_logged_without_the_row(client, lines):
    User.objects.create(username=CHILD)
    with pytest.raises(IntegrityError) as error:
        client.post("/break/", {"name": CHILD})
    if connection.vendor == "postgresql":
        assert f"(username)=({CHILD})" in str(error.value)  # PostgreSQL does say the row
    client.raise_request_exception = False
    assert client.post("/break/", {"name": CHILD}).status_code == 500
    assert "IntegrityError" in {event.get("error") for event in events(lines)}
    assert silent_about_the_child(lines)


def test_a_failing_task_is_logged_without_its_arguments(lines):
    @shared_task(name="tests.fails")
    def fails(name: str) -> None:
        raise LookupError(f"no letter for {name}")

    app.tasks["tests.fails"].apply(args=[CHILD])
    error = next(event for event in events(lines) if "error" in event)
    assert (error["error"], error["task"]) == ("LookupError", "tests.fails")
    assert silent_about_the_child(lines)


def test_an_event_keeps_the_keys_on_the_list_and_names_the_others(lines):
    log.warning("register_saved", marks=30, school_id=7, surname=CHILD, milliseconds=12.5)
    (event,) = events(lines)
    assert (event["event"], event["marks"], event["school_id"]) == ("register_saved", 30, 7)
    assert event["milliseconds"] == 12.5
    assert event["left_out"] == "surname"
    assert silent_about_the_child(lines)


def test_a_number_cannot_be_a_name_and_an_event_cannot_be_a_sentence(lines):
    log.warning(f"saved the marks of {CHILD}", pupils=CHILD)
    (event,) = events(lines)
    assert (event["event"], event["left_out"]) == ("event_without_a_name", "pupils")
    assert silent_about_the_child(lines)


@pytest.mark.parametrize("name", ["django.request", "celery.app.trace", "some.library"])
def test_a_library_keeps_its_template_and_loses_its_arguments(lines, name):
    logging.getLogger(name).error("cannot do %s", CHILD)
    assert events(lines)[0]["event"] == "library_line"
    assert silent_about_the_child(lines)


def test_a_library_we_do_not_know_cannot_put_a_name_into_its_template(lines):
    logging.getLogger("some.library").error(f"cannot do {CHILD}")
    assert silent_about_the_child(lines)


@pytest.mark.urls(__name__)
def test_each_request_has_one_line_without_its_address(client, lines, caplog):
    caplog.set_level(logging.INFO, "attendance_site")
    client.raise_request_exception = False
    client.post(f"/fall/?name={CHILD}", {"name": CHILD})
    (request,) = [event for event in events(lines) if event["event"] == "request"]
    assert (request["method"], request["view"], request["status"]) == ("POST", "fall", 500)
    assert len(request["request_id"]) == 12


def test_every_handler_has_the_safe_formatter():
    formatters = {row["formatter"] for row in settings.LOGGING["handlers"].values()}
    assert {settings.LOGGING["formatters"][name]["()"] for name in formatters} == {SafeFormatter}
    assert not [row for row in settings.LOGGING["loggers"].values() if row.get("handlers")]
