"""For scripts: is there a school in the database?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from registers.models import School


class Command(BaseCommand):
    help = "Exits 0 where the database holds a school, else 1. Prints nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not School.objects.exists():
            sys.exit(1)
