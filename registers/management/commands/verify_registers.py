"""Has anybody changed the register behind Rollbook's back? See `registers.marks.verify`."""

from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from registers.marks.actions.writing import lock_enrolments
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

    def handle(self, *, school, heads, against, **options):
        schools = School.objects.filter(urn=school) if school else School.objects.all()
        if school and not schools:
            raise CommandError(f"There is no school with the URN {school}.")
        urns = [each.urn for each in schools]
        broken = [sentence for each in schools for sentence in self._broken(each)]
        try:
            broken += self._seals(urns, heads, against, is_whole=not broken)
        except (OSError, AnchorMismatch, ValueError) as error:
            raise CommandError(str(error)) from None
        for sentence in broken:
            self.stderr.write(sentence)
        if broken:
            raise CommandError(f"{len(broken):,} registers are not as Rollbook left them.")
        enrolments = Enrolment.objects.filter(school__in=schools).count()
        self.stdout.write(f"The registers of {enrolments:,} enrolments are as Rollbook left them.")

    def _seals(
        self, urns: list[str], heads: Path | None, against: Path | None, *, is_whole: bool
    ) -> list[str]:
        """What differs from the seals kept before; those of now are written down if all is well."""
        broken = list(compare_heads(against, urns)) if against else []
        if heads and is_whole and not broken:
            number = write_heads(heads, urns)
            self.stdout.write(f"{number:,} seals are in {heads}. Keep it on another machine.")
        return broken

    def _broken(self, school: School) -> Iterator[str]:
        """Those that look broken are looked at again while nobody can save: no save was between."""
        suspects = [broken.enrolment_id for broken in broken_seals(school)]
        with transaction.atomic():
            lock_enrolments(suspects)
            found = list(broken_seals(school, enrolments=suspects)) if suspects else []
        for broken in found:
            of = Enrolment.objects.select_related("pupil").get(pk=broken.enrolment_id)
            problems = "; ".join(broken.problems)
            yield f"{of.pupil.upn}, on roll from {of.starts_on}: {problems}"
