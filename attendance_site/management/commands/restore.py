"""The way back from a backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from attendance_site.operations import backup
from registers.marks import guards


class Command(BaseCommand):
    help = (
        "Puts a backup into the empty database that DATABASE_URL names, brings it up to date and "
        "checks that its guards are there. Never writes over a database that holds anything."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.introspection.table_names():
            raise CommandError("The database is not empty. Name a new one in DATABASE_URL.")
        connection.close()
        try:
            manifest = backup.restore(
                options["file"],
                database=settings.DATABASES["default"],
                documents=Path(settings.MEDIA_ROOT),
            )
        except (backup.BackupProblem, OSError) as problem:
            raise CommandError(str(problem)) from problem
        call_command("migrate", verbosity=0)
        if missing := guards.missing(connection):
            raise CommandError(f"Restored, but guards are missing: {', '.join(missing)}")
        self.stdout.write(f"Restored as it was at {manifest.made_at}; the guards are in place.")
        if manifest.register_key != backup.fingerprint(settings.REGISTER_KEY):
            self.stderr.write(
                "Attention: ROLLBOOK_REGISTER_KEY is not the key of this backup. Put the right "
                "one in place before anyone saves a mark; until then no seal can be verified."
            )
