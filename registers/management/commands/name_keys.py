"""Look whether every name has the keys by which it is found and sorted, and make them anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registers.roll.actions.names import bring_keys_into_line


class Command(BaseCommand):
    help = (
        "Make the keys by which pupils' names are found and sorted, as `migrate` does too. Says "
        "how many were not right; with --dry-run it changes nothing and ends with 1 where any "
        "is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only look")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        wrong = bring_keys_into_line(dry_run=dry_run)
        if not dry_run:
            self.stdout.write(f"{wrong:,} names were put right.")
            return
        self.stdout.write(f"{wrong:,} names are not right.")
        if wrong:
            raise SystemExit(1)
