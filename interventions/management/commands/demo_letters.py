"""The operator's door to the letters that the demonstration school has chosen."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from interventions.letters.actions import drawing
from interventions.letters.crossed_before.actions import propose_chosen
from interventions.letters.crossed_before.queries import still_listed
from interventions.management.demo_school import demo_school
from interventions.models import Letter
from registers.demo.school import DETAILS
from registers.models import Appointment, School
from registers.models.school.staff import User
from registers.web.progress import ReportProgress

CHOSEN = 40  # of those who had crossed before, spread over the kinds


class Command(BaseCommand):
    help = "Choose letters from those of the demonstration school that were crossed before, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--urn", default=DETAILS["URN"], help="of another invented school")

    def handle(self, *, urn: str, **options: Any) -> None:
        school = demo_school(urn)
        by = _officer(school)
        listed = list(still_listed(school).order_by("kind", "pk").values_list("pk", flat=True))
        if by is None or not listed or Letter.objects.filter(enrolment__school=school).exists():
            self.stdout.write("There is nothing to choose from, or letters are there already.")
            return
        chosen = listed[:: max(1, len(listed) // CHOSEN)]
        made, _ = propose_chosen(
            school=school, chosen=chosen, by=by, dated=timezone.localdate(), send=False
        )
        self.stdout.write(
            f"{len(made)} letters chosen of {len(listed)} that were crossed before Rollbook."
        )
        drawing.draw_here(school, ReportProgress(self.stdout, "PDFs").each)


def _officer(school: School) -> User | None:
    officers = Appointment.objects.filter(
        school=school, role=Appointment.Role.ATTENDANCE_OFFICER, user__is_active=True
    )
    first = officers.select_related("user").order_by("pk").first()
    return first.user if first else None
