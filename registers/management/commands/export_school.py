"""Write a school's files, as an import reads them. See docs/setting-up/import.md."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registers.exchange.export.files import export_school
from registers.exchange.export.shapes import SHAPES
from registers.models import School


class Command(BaseCommand):
    help = "Writes a school as the CSV files that import_school reads, without amendments."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--school", metavar="URN", help="needed where there are several")

        parser.add_argument(
            "--shape",
            choices=SHAPES,
            default="long",
            help="marks as a row per mark, per pupil and day, or a column per session",
        )

    def handle(self, *, folder: Path, school: str | None, shape: str, **options: Any) -> None:
        try:
            rows = export_school(_school(school), folder, today=timezone.localdate(), shape=shape)
        except OSError as error:
            raise CommandError(f"{folder} could not be written: {error.strerror}.") from None
        for file, number in rows.items():
            self.stdout.write(f"{number:>10,} rows in {folder / file}")
        if shape == "grid":
            self.stdout.write("A grid has no room for comments: they are not among these files.")
        self.stdout.write(
            "Amendments are not among these files: they hold how each mark stands, not its "
            "history. Keep a backup of the database for that."
        )


def _school(urn: str | None) -> School:
    schools = School.objects.filter(urn=urn) if urn else School.objects.all()
    if len(schools) != 1:
        there = ", ".join(School.objects.values_list("urn", flat=True)) or "none"
        raise CommandError(f"Say which school: --school URN. There are: {there}.")
    return schools[0]
