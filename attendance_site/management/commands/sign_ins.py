"""Who can sign in to the demonstration school: `./rollbook demo` prints it at every start."""

from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.management.base import BaseCommand

from registers.management.commands.demo_school import PASSWORD
from registers.models import Appointment


class Command(BaseCommand):
    help = "Lists the accounts of the demonstration school that have a password."

    def handle(self, *args: Any, **options: Any) -> None:
        appointments = (
            Appointment.objects.exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
            .exclude(user__password="")
            .select_related("user")
            .order_by("pk")
        )
        self.stdout.write(f"Sign in with the password {PASSWORD} as")
        for appointment in appointments:
            user, position = appointment.user, appointment.named_position
            self.stdout.write(f"  {user.username:22} {user}, {position}")
