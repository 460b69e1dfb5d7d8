"""What commands share: who acts, how far it is, and the lines that are told."""

from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path

from django.core.management.base import CommandError, OutputWrapper

from registers.exchange.importing import ImportRefused, ImportResult
from registers.models import User
from registers.web.progress import ReportProgress

Shown = closing[ReportProgress] | nullcontext[None]


def person_called(username: str | None) -> User | None:
    """None where nobody is named. Raises CommandError where nobody has the username."""
    if not username:
        return None
    try:
        return User.objects.get(username=username)
    except User.DoesNotExist:
        raise CommandError(f"Nobody has the username {username}.") from None


def progress_on(out: OutputWrapper, verbosity: int) -> Shown:
    """To be entered: gives what is called with the progress, and nothing where it is not shown."""
    return closing(ReportProgress(out)) if verbosity else nullcontext()


def write_lines(out: OutputWrapper, lines: Iterable[str]) -> None:
    for line in lines:
        out.write(line)


def warnings_told(of: ImportRefused | ImportResult) -> Iterator[str]:
    return map("Warning: {}".format, of.warnings)


def problems_told(refused: ImportRefused) -> list[str]:
    """The first problems, and how many more there are."""
    more = refused.count - len(refused.problems)
    return [*map(str, refused.problems), *([f"… and {more:,} more."] if more > 0 else [])]


def report_told(report: Path | None) -> list[str]:
    return [f"All of them are in {report}"] if report else []


def counts_told(result: ImportResult) -> Iterator[str]:
    if result.dry_run:
        yield "A trial: nothing was written. It would be:"
    for words, number in sorted(result.counts.items()):
        yield f"{number:>10,} {words}"


def left_out_told(result: ImportResult) -> Iterator[str]:
    """Where the rows are that did not come in."""
    if result.report:
        yield f"What was left out, and why, is in {result.report}"
    if result.kept:
        yield f"Mend the rows in “{result.kept}”, then import that folder."
