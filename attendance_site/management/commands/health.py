"""The operator's look at the health page, in words."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from health_check.base import HealthCheckResult

from attendance_site.operations import health


class Command(BaseCommand):
    help = "Says how each part of Rollbook is, and what is wrong. Exits 1 when a part is red."

    def handle(self, *args: Any, **options: Any) -> None:
        results = health.look_at_all()
        for result in results:
            self.stdout.write(_line(result))
        if "not ok" in map(health.state_of, results):
            sys.exit(1)


def _line(result: HealthCheckResult) -> str:
    why = f": {result.error.message}" if result.error else ""
    return f"{result.check.name:<12}{health.state_of(result)}{why}"
