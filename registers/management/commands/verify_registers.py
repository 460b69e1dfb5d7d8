"""Has anybody changed the register behind Rollbook's back? See `registers.marks.verify`."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from registers.management.telling import write_lines
from registers.marks.actions.locking import lock_enrolments
from registers.marks.anchors import AnchorMismatch, compare_heads, write_heads
from registers.marks.verify import broken_seals
from registers.models import Enrolment, School


class Command(BaseCommand):
    help = "Recomputes the seal of every enrolment; exit code 1 when a register was tampered with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", metavar="URN")
        parser.add_argument(
            "--heads", type=Path, metavar="FILE", help="write the seals down, to be kept elsewhere"
        )
        parser.add_argument(
            "--against", type=Path, metavar="FILE", help="compare with seals kept before"
        )

    def handle(
        self, *, school: str | None, heads: Path | None, against: Path | None, **options: Any
    ) -> None:
        schools = _schools(school)
        urns = [school.urn for school in schools]
        broken = list(chain.from_iterable(map(_broken, schools)))
        try:
            broken += _differences(against, urns)
            if heads and not broken:
                self._write_down(heads, urns)
        except (OSError, AnchorMismatch, ValueError) as error:
            raise CommandError(str(error)) from None
        write_lines(self.stderr, broken)
        if broken:
            raise CommandError(f"{len(broken):,} registers are not as Rollbook left them.")
        enrolments = Enrolment.objects.filter(school__in=schools).count()
        self.stdout.write(f"The registers of {enrolments:,} enrolments are as Rollbook left them.")

    def _write_down(self, heads: Path, urns: list[str]) -> None:
        number = write_heads(heads, urns)
        self.stdout.write(f"{number:,} seals are in {heads}. Keep it on another machine.")


def _schools(urn: str | None) -> list[School]:
    """The one that is named, else all."""
    if not urn:
        return list(School.objects.all())
    schools = list(School.objects.filter(urn=urn))
    if not schools:
        raise CommandError(f"There is no school with the URN {urn}.")
    return schools


def _differences(against: Path | None, urns: list[str]) -> list[str]:
    """What differs from the seals kept before."""
    return list(compare_heads(against, urns)) if against else []


def _broken(school: School) -> Iterator[str]:
    """Those that look broken are looked at again while nobody can save: no save was between."""
    suspects = [broken.enrolment_id for broken in broken_seals(school)]
    with transaction.atomic():
        lock_enrolments(suspects)
        still_broken = list(broken_seals(school, enrolments=suspects)) if suspects else []
    for broken in still_broken:
        enrolment = Enrolment.objects.select_related("pupil").get(pk=broken.enrolment_id)
        problems = "; ".join(broken.problems)
        yield f"{enrolment.pupil.upn}, on roll from {enrolment.starts_on}: {problems}"
