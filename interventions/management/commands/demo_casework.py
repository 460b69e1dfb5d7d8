"""The operator's door to the casework of the demonstration school."""

from contextlib import closing
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from interventions.demo.actions.casework import make_casework
from interventions.management.demo_school import demo_school
from registers.demo.school import DETAILS
from registers.policies import Refused
from registers.web.progress import ReportProgress


class Command(BaseCommand):
    help = "Write a log of actions, plans and calls for the demonstration school, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--urn", default=DETAILS["URN"], help="of another invented school")

    def handle(self, *, urn: str, **options: Any) -> None:
        school = demo_school(urn)
        try:
            with closing(ReportProgress(self.stdout, "pupils")) as progress:
                told = make_casework(school=school, now=timezone.now(), progress=progress)
        except (Refused, LookupError) as stopped:
            raise CommandError(str(stopped)) from stopped
        if not told.actions:
            self.stdout.write("The school has a log of actions already; nothing was changed.")
        else:
            self.stdout.write(f"Written: {told.words}.")
