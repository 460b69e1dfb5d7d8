"""Read a school's own files in. See docs/setting-up/import.md."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registers.exchange.importing import (
    ImportRefused,
    ImportResult,
    ImportStopped,
    import_school,
)
from registers.management.telling import (
    counts_told,
    left_out_told,
    person_called,
    problems_told,
    progress_on,
    report_told,
    warnings_told,
    write_lines,
)
from registers.policies import Refused

AS_BEFORE = ("unchanged", "left")  # what a count begins with that changed nothing


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

    def handle(
        self,
        *,
        folder: Path,
        by: str | None,
        dry_run: bool,
        skip_wrong_rows: bool,
        verbosity: int,
        **options: Any,
    ) -> None:
        person = person_called(by)
        try:
            with progress_on(self.stdout, verbosity) as progress:
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
        write_lines(self.stdout, _told(result))

    def _refusal(self, refused: ImportRefused) -> str:
        write_lines(self.stderr, warnings_told(refused))
        wrong = f"{refused.count:,} things are wrong. Nothing was written."
        return "\n".join([*problems_told(refused), wrong, *report_told(refused.report)])


def _told(result: ImportResult) -> Iterator[str]:
    yield from warnings_told(result)
    if result.unfinished:
        yield (
            f"The import of {result.unfinished:%Y-%m-%d %H:%M} was broken off; this one "
            "finished its work."
        )
    yield from chain(counts_told(result), _nothing_told(result))
    if result.wrong_rows:
        yield f"{result.wrong_rows:,} rows are wrong and were left out."
    yield from left_out_told(result)


def _nothing_told(result: ImportResult) -> Iterator[str]:
    if all(words.startswith(AS_BEFORE) for words in result.counts):
        yield "Nothing was changed: Rollbook has all of this already."
