"""The operator's door to the casework of the demonstration school."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from interventions.demo.actions.casework import make_casework
from registers.demo.school import DETAILS
from registers.models import School
from registers.policies import Refused
from registers.web.progress import ReportProgress


class Command(BaseCommand):
    help = "Write a log of actions, plans and calls for the demonstration school, once."

    def add_arguments(self, parser):
        parser.add_argument("--urn", default=DETAILS["URN"], help="of another invented school")

    def handle(self, *, urn, **options):
        school = School.objects.filter(urn=urn).first()
        if school is None:
            raise CommandError(f"There is no school {urn}: make it with demo_school first.")
        progress = ReportProgress(self.stdout, "pupils")
        try:
            told = make_casework(school=school, now=timezone.now(), progress=progress)
        except (Refused, LookupError) as stopped:
            raise CommandError(str(stopped)) from stopped
        finally:
            progress.close()
        if not told.actions:
            self.stdout.write("The school has a log of actions already; nothing was changed.")
        else:
            self.stdout.write(f"Written: {told.words}.")
