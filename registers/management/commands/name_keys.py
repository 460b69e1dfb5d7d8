"""Look whether every name has the keys by which it is found and sorted, and make them anew."""

from django.core.management.base import BaseCommand

from registers.roll.actions.names import bring_keys_into_line


class Command(BaseCommand):
    help = (
        "Make the keys by which pupils' names are found and sorted, as `migrate` does too. Says "
        "how many were not right; with --dry-run it changes nothing and ends with 1 where any "
        "is wrong."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only look")

    def handle(self, *args, **options):
        wrong = bring_keys_into_line(dry_run=options["dry_run"])
        done = "are not right" if options["dry_run"] else "were put right"
        self.stdout.write(f"{wrong:,} names {done}.")
        if wrong and options["dry_run"]:
            raise SystemExit(1)
