"""Is Rollbook well? One page for people and machines, without sign-in and without a child's data.

Strangers read `ok`, `warning` or `not ok` for each part. What is wrong in words is printed on the
server by `manage.py health`, and logged by the part's name.
"""

import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from health_check.base import HealthCheck, HealthCheckResult
from health_check.exceptions import ServiceUnavailable, ServiceWarning

log = structlog.get_logger(__name__)

SIGN_OF_LIFE = "worker_sign_of_life"
WORKER_SILENT_AFTER = timedelta(minutes=10)
NIGHT_OVERDUE_AFTER = timedelta(hours=26)
DISK_WARNING, DISK_FULL = 2_000_000_000, 200_000_000  # bytes left


def note_sign_of_life() -> None:
    cache.set(SIGN_OF_LIFE, timezone.now().isoformat(), timeout=None)


class PartCheck(HealthCheck):
    """One part of Rollbook. `look` runs in the request's own thread, on its own connection."""

    name = ""
    timeout = timedelta(seconds=10)

    async def run(self) -> None:
        await sync_to_async(self.look, thread_sensitive=True)()

    def look(self) -> None:
        """Raises ServiceUnavailable (red) or ServiceWarning (amber) with words for the operator."""
        raise NotImplementedError


class DatabaseCheck(PartCheck):
    name = "database"

    def look(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            if cursor.fetchone() != (1,):
                raise ServiceUnavailable("the database does not answer a question")


class MigrationsCheck(PartCheck):
    name = "migrations"

    def look(self) -> None:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            raise ServiceUnavailable(f"{len(waiting)} migrations wait for `manage.py migrate`")


class GuardsCheck(PartCheck):
    name = "guards"

    def look(self) -> None:
        from registers.marks import guards

        if missing := guards.missing(connection):
            raise ServiceUnavailable(f"missing: {', '.join(missing)}; run `manage.py migrate`")


class BrokerCheck(PartCheck):
    name = "broker"

    def look(self) -> None:
        from attendance_site.celery import app

        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=3)


class WorkerCheck(PartCheck):
    name = "worker"

    def look(self) -> None:
        seen = cache.get(SIGN_OF_LIFE)
        if seen is None:
            raise ServiceUnavailable("no worker has done anything yet: start worker and beat")
        if timezone.now() - datetime.fromisoformat(seen) > WORKER_SILENT_AFTER:
            raise ServiceUnavailable(f"no worker has done anything since {seen}")


class NightsCheck(PartCheck):
    name = "nights"

    def look(self) -> None:
        overdue = overdue_schools(timezone.now())
        if overdue:
            raise ServiceWarning(f"no finished night in 26 hours for URN {', '.join(overdue)}")


class DiskCheck(PartCheck):
    name = "disk"

    def look(self) -> None:
        left = shutil.disk_usage(settings.VAR).free
        if left < DISK_FULL:
            raise ServiceUnavailable(f"{left // 1_000_000} MB left")
        if left < DISK_WARNING:
            raise ServiceWarning(f"{left // 1_000_000} MB left")


PARTS: tuple[type[PartCheck], ...] = (
    DatabaseCheck,
    MigrationsCheck,
    GuardsCheck,
    BrokerCheck,
    WorkerCheck,
    NightsCheck,
    DiskCheck,
)


def overdue_schools(now: datetime) -> list[str]:
    """The URNs of the schools whose last finished night is over 26 hours ago, or never was."""
    from interventions.models import Night
    from registers.models import School

    recent = Night.objects.filter(
        state=Night.State.DONE, finished_at__gte=now - NIGHT_OVERDUE_AFTER
    )
    late = School.objects.exclude(pk__in=recent.values("school_id"))
    return [str(urn) for urn in late.order_by("urn").values_list("urn", flat=True)]


async def _results() -> list[HealthCheckResult]:
    return [await part().get_result() for part in PARTS]


def look_at_all() -> list[HealthCheckResult]:
    """One result for each part, in order; an error's words are for the operator alone."""
    return async_to_sync(_results)()


def state_of(result: HealthCheckResult) -> str:
    if result.error is None:
        return "ok"
    return "warning" if isinstance(result.error, ServiceWarning) else "not ok"


def _log_troubles(parts: Mapping[str, str]) -> None:
    for part, state in parts.items():
        if state == "not ok":
            log.warning("health_part_not_ok", part=part)


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The health page: 200 when nothing is red, else 503."""
    parts = {result.check.name: state_of(result) for result in look_at_all()}
    _log_troubles(parts)
    worst, status = ("not ok", 503) if "not ok" in parts.values() else ("ok", 200)
    if request.accepts("text/html") and request.GET.get("format") != "json":
        context = {"parts": parts, "well": worst == "ok"}
        return render(request, "attendance_site/health.html", context, status=status)
    return JsonResponse({"status": worst, "parts": parts}, status=status)
