"""Read a school's own files in. See docs/setting-up/import.md."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registers.exchange.importing import (
    ImportRefused,
    ImportResult,
    ImportStopped,
    import_school,
)
from registers.models import User
from registers.policies import Refused
from registers.web.progress import ReportProgress


class Command(BaseCommand):
    help = "Reads a school's CSV files in: all is checked before anything is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--by", metavar="USERNAME", help="who imports")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
        parser.add_argument(
            "--skip-wrong-rows",
            action="store_true",
            help="write the good rows and keep the wrong ones in a folder, to be mended",
        )

    def handle(self, *, folder, by, dry_run, skip_wrong_rows, verbosity, **options):
        try:
            person = User.objects.get(username=by) if by else None
        except User.DoesNotExist:
            raise CommandError(f"Nobody has the username {by}.") from None
        progress = ReportProgress(self.stdout) if verbosity else None
        try:
            result = import_school(
                folder,
                by=person,
                dry_run=dry_run,
                skip_wrong_rows=skip_wrong_rows,
                progress=progress,
            )
        except ImportRefused as refused:
            raise CommandError(self._refusal(refused)) from None
        except (Refused, ImportStopped) as error:
            raise CommandError(str(error)) from None
        finally:
            if progress:
                progress.close()
        self._tell(result)

    def _refusal(self, refused: ImportRefused) -> str:
        for warning in refused.warnings:
            self.stderr.write(f"Warning: {warning}")
        lines = [str(problem) for problem in refused.problems]
        if refused.count > len(lines):
            lines.append(f"… and {refused.count - len(lines):,} more.")
        lines.append(f"{refused.count:,} things are wrong. Nothing was written.")
        if refused.report:
            lines.append(f"All of them are in {refused.report}")
        return "\n".join(lines)

    def _tell(self, result: ImportResult) -> None:
        for warning in result.warnings:
            self.stdout.write(f"Warning: {warning}")
        if result.unfinished:
            self.stdout.write(
                f"The import of {result.unfinished:%Y-%m-%d %H:%M} was broken off; this one "
                "finished its work."
            )
        if result.dry_run:
            self.stdout.write("A trial: nothing was written. It would be:")
        for words, number in sorted(result.counts.items()):
            self.stdout.write(f"{number:>10,} {words}")
        if not any(not words.startswith(("unchanged", "left")) for words in result.counts):
            self.stdout.write("Nothing was changed: Rollbook has all of this already.")
        if result.wrong_rows:
            self.stdout.write(f"{result.wrong_rows:,} rows are wrong and were left out.")
        if result.report:
            self.stdout.write(f"What was left out, and why, is in {result.report}")
        if result.kept:
            self.stdout.write(f"Mend the rows in “{result.kept}”, then import that folder.")
