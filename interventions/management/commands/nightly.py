"""The operator's door to the night."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser

from absence.management.commands.export_absence import read_date, read_school
from interventions.letters.actions import drawing
from interventions.models import Night
from interventions.night.actions import night
from registers.models import School
from registers.web.progress import ReportProgress


class Command(BaseCommand):
    help = (
        "Run the night in the foreground: check and repair the weekly totals, bring the standings "
        "up to date, propose the letters that are due and draw their PDFs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as-at", metavar="YYYY-MM-DD", help="the last day that counts; else yesterday"
        )
        parser.add_argument("--school", metavar="URN", help="else every school")
        parser.add_argument(
            "--all",
            action="store_true",
            dest="everything",
            help="check all marks and seals, as on Sundays; else what has moved",
        )

    def handle(
        self, *, as_at: str | None, school: str | None, everything: bool, **options: object
    ) -> None:
        day = read_date(as_at) if as_at else None
        failures = [
            each.urn
            for each in self._schools(school)
            if not self._run(each, day, everything=everything)
        ]
        if failures:
            raise CommandError(f"The night failed for {', '.join(failures)}.")

    def _schools(self, urn: str | None) -> list[School]:
        """The one that is named, else all."""
        if urn:
            return [read_school(urn)]
        schools = list(School.objects.order_by("pk"))
        if not schools:
            self.stdout.write("There is no school yet, so there is nothing to do.")
        return schools

    def _run(self, school: School, as_at: date | None, *, everything: bool) -> bool:
        try:
            run = night.run_night(school, as_at=as_at, send=False, everything=everything)
        except (night.NightIsRunningError, ValueError) as problem:
            self.stderr.write(f"{school.urn}: {problem}")
            return False
        self._tell(school, run)
        drawn = self._draw(school)
        return drawn and run.state == Night.State.DONE

    def _tell(self, school: School, run: Night) -> None:
        self.stdout.write(
            f"{school.urn} {school.name}, as at {run.as_at}: "
            f"{run.enrolments_checked} enrolments checked, "
            f"{run.tallies_repaired} weekly totals repaired, "
            f"{run.standings_moved} standings moved, {run.letters_proposed} letters proposed."
        )
        if run.crossings_listed:
            self.stdout.write(
                f"{school.urn}: {run.crossings_listed} had crossed before Rollbook came. They are "
                "on a list of their own, to be chosen from."
            )
        for problem in run.problems:
            self.stderr.write(f"{school.urn}: {problem}")

    def _draw(self, school: School) -> bool:
        """Draw every copy of the school that waits, so that no worker is needed."""
        progress = ReportProgress(self.stdout, "PDFs")
        drawn, failed = drawing.draw_here(school, progress.each)
        if drawn or failed:
            self.stdout.write(f"{school.urn}: {drawn} PDFs drawn, {failed} failed.")
        return not failed
