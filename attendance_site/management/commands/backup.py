"""The operator's nightly backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from attendance_site.operations import backup


class Command(BaseCommand):
    help = "Writes one file with the database and the documents. The keys are not in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.VAR / "backups", help="folder")
        parser.add_argument("--keep", type=int, default=14, help="how many of the newest stay")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] < 1:
            raise CommandError("--keep must be at least 1.")
        now = timezone.now()
        try:
            made = backup.make(
                options["to"] / f"rollbook-{now:%Y-%m-%dT%H%M%SZ}.zip",
                database=settings.DATABASES["default"],
                documents=Path(settings.MEDIA_ROOT),
                register_key=settings.REGISTER_KEY,
                now=now,
            )
        except (backup.BackupProblem, OSError) as problem:
            raise CommandError(str(problem)) from problem
        removed = backup.prune(options["to"], keep=options["keep"])
        size = made.stat().st_size / 1e6
        self.stdout.write(f"{made}: {size:.1f} MB. Older ones deleted: {len(removed)}.")
