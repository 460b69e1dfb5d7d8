"""Print the one-time link for the first administrator."""

from django.core.management.base import BaseCommand
from django.urls import reverse

from registers.setup.staff.actions.invitations import FIRST_LASTS, invite_first_administrator


class Command(BaseCommand):
    help = "Print a one-time link for the first administrator, where nobody has an account yet."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--address", default="", help="Where people reach Rollbook.")

    def handle(self, *, address: str, **options) -> None:
        made = invite_first_administrator()
        if made is None:
            self.stderr.write("Somebody has an account already. An administrator invites others.")
            return
        hours = int(FIRST_LASTS.total_seconds() // 3600)
        self.stdout.write(f"The first administrator's link, good once and for {hours} hours:")
        self.stdout.write(address.rstrip("/") + reverse("accept_invitation", args=[made.secret]))
