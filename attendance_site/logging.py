"""Logs without a child's data: events with named keys, and only keys that are on a list.

Our own lines are events: `structlog.get_logger(__name__).info("register_saved", marks=30)`. A key
that is not in `NUMBERS` or `WORDS` is left out, and its name is put under `left_out`. Lines of
libraries keep their template, never their arguments. Of an error the log has its type, the
constraint and where in the code it arose; never its words, which may hold a row's values.
"""

import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from types import NoneType
from typing import Any
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse

NUMBERS = frozenset(
    "school_id enrolment_id register_id letter_id copy_id night_id import_id user_id case_id "
    "schools pupils enrolments marks amendments registers letters rows files repaired moved wrong "
    "failed done total written skipped found attempt status milliseconds seconds bytes line "
    "half version".split()
)
WORDS = frozenset(
    "event level at logger said status view method task task_id request_id part command state "
    "urn date as_at error where constraint broker".split()
)
SAFE_WORD = re.compile(r"[\w.:/<>%()\[\], =+-]{0,2000}", re.ASCII)
EVENT = re.compile(r"[a-z][a-z0-9_]*")
# Libraries whose lines are templates and arguments; others may put data into the template itself.
SPOKEN = ("django.request", "django.utils", "celery", "kombu", "gunicorn", "weasyprint")
PASSED_ON = ("django", "django.server", "gunicorn.error", "py.warnings")
OURS = ("registers", "absence", "interventions", "attendance_site")


def _frames(error: BaseException) -> str:
    """The last eight places: file, line, function. Never the words of the error."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    places = (f"{'/'.join(f.filename.split('/')[-2:])}:{f.lineno} {f.name}" for f in frames)
    return ", ".join(places)


def about_error(error: BaseException | None) -> dict[str, str]:
    if error is None:
        return {}
    cause = error.__cause__ or error
    about = {"error": type(error).__name__, "where": _frames(error)}
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return about | ({"constraint": constraint} if constraint else {})


def _error_of(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def _is_number(key: str, value: Any) -> bool:
    return key in NUMBERS and isinstance(value, (int, float, NoneType))


def _is_word(key: str, value: Any) -> bool:
    return key in WORDS and SAFE_WORD.fullmatch(str(value)) is not None


def _allowed(fields: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    left_out = []
    for key, value in fields.items():
        if _is_number(key, value):
            kept[key] = value
        elif _is_word(key, value):
            kept[key] = str(value)
        else:
            left_out.append(key if key.isidentifier() else "?")
    return kept | ({"left_out": " ".join(sorted(left_out))} if left_out else {})


def _our_event(event: dict[str, Any]) -> dict[str, Any]:
    fields = dict(event)
    error = _error_of(fields.pop("exc_info", None))
    if not EVENT.fullmatch(str(fields.get("event"))):
        fields["event"] = "event_without_a_name"
    return fields | about_error(error)


def _library_line(record: logging.LogRecord) -> dict[str, Any]:
    fields: dict[str, Any] = {"event": "library_line", "line": record.lineno}
    if record.name.startswith(SPOKEN):
        fields["said"] = re.sub(r"[^\w .:/%()-]+", " ", str(record.msg), flags=re.ASCII)[:200]
    task = getattr(record, "data", None)
    if isinstance(task, dict):
        fields |= {"task": task.get("name"), "task_id": task.get("id")}
    if isinstance(status := getattr(record, "status_code", None), int):
        fields["status"] = status
    return fields | about_error(_error_of(record.exc_info))


class SafeFormatter(logging.Formatter):
    """One line of named keys, as JSON or as `key=value`, for our own events and for libraries'."""

    def __init__(self, as_json: bool = False):
        super().__init__()
        self.render: Callable[[dict[str, Any]], str] = json.dumps if as_json else _as_words

    def format(self, record: logging.LogRecord) -> str:
        said = _our_event(record.msg) if isinstance(record.msg, dict) else _library_line(record)
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        fields = {"at": at, "level": record.levelname.lower(), "logger": record.name} | said
        return self.render(_allowed(fields))


def _as_words(fields: dict[str, Any]) -> str:
    return " ".join(
        f"{key}={json.dumps(value) if ' ' in str(value) else value}"
        for key, value in fields.items()
    )


def configuration(*, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: everything goes through one handler with one formatter."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    passing_on = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"safe": {"()": SafeFormatter, "as_json": as_json}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "safe"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            **dict.fromkeys(PASSED_ON, passing_on),
            "celery": {"level": "WARNING"},
            "fontTools": {"level": "ERROR"},
            "weasyprint": {"level": "ERROR"},
            "health_check": {"level": "CRITICAL"},  # the health page speaks for itself
            **{app: {"level": "INFO"} for app in OURS},
        },
    }


log = structlog.get_logger(__name__)
QUIET = ("/static/", "/health/")


class RequestLog:
    """One line for each request: who (by number), which view, how long. Never the address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=uuid4().hex[:12]):
            response = self.get_response(request)
            if not request.path.startswith(QUIET):
                log.info("request", **dict(self._said(request, response, started)))
        return response

    @staticmethod
    def _said(
        request: HttpRequest, response: HttpResponse, started: float
    ) -> Iterator[tuple[str, Any]]:
        yield "method", request.method
        yield "view", getattr(request.resolver_match, "view_name", None) or "none"
        yield "status", response.status_code
        yield "milliseconds", round((time.perf_counter() - started) * 1000)
        person = getattr(request, "_cached_user", None)  # never a query for the log's sake
        if person is not None and person.pk:
            yield "user_id", person.pk
