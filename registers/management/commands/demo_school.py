"""The operator's door to the demonstration school."""

import tempfile
from contextlib import closing, nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registers.demo import DemoSchool, make_school, write_folder
from registers.demo.people.staff import StaffMember
from registers.exchange.importing import ImportRefused, ImportStopped, import_school
from registers.models import Appointment, User
from registers.policies import Refused
from registers.setup.school.actions import finish_set_up
from registers.setup.staff.actions import staff
from registers.web.progress import ReportProgress

PASSWORD = "a-slate-and-a-bell"  # noqa: S105 - printed for all to see; the school is invented


class Command(BaseCommand):
    help = "Make an invented secondary school and import it, with sign-ins to try."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pupils", type=int, default=1000, help="about so many on roll (1000)")
        parser.add_argument("--years", type=int, default=2, help="academic years, this one last")
        parser.add_argument("--seed", type=int, default=1, help="another number, another school")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="last day with marks (default: yesterday)"
        )
        parser.add_argument("--folder", type=Path, help="keep the CSV files here")
        parser.add_argument(
            "--write-only", action="store_true", help="write the files and import nothing"
        )

    def handle(
        self,
        *,
        pupils: int,
        years: int,
        seed: int,
        until: date | None,
        folder: Path | None,
        write_only: bool,
        **options: Any,
    ) -> None:
        if write_only and folder is None:
            raise CommandError("--write-only needs --folder, or there is nothing left to see.")
        until = until or timezone.localdate() - timedelta(days=1)
        school = _made(pupils=pupils, years=years, seed=seed, until=until)
        with nullcontext(folder) if folder else tempfile.TemporaryDirectory() as place:
            write_folder(school, Path(place))
            self.stdout.write(f"Written to {place}: marks until {until}.")
            if not write_only:
                self._import(school, Path(place))

    def _import(self, school: DemoSchool, folder: Path) -> None:
        try:
            with closing(ReportProgress(self.stdout)) as progress:
                import_school(folder, by=None, progress=progress)
        except (ImportRefused, ImportStopped, Refused) as stopped:
            raise CommandError(str(stopped)) from stopped
        self.stdout.write("Sign in as, with the password " + PASSWORD)
        for username, who in sign_ins(school).items():
            _let_in(username)
            self.stdout.write(f"  {username:22} {who}")
        _finish_set_up(school)


def _made(*, pupils: int, years: int, seed: int, until: date) -> DemoSchool:
    try:
        return make_school(pupils=pupils, years=years, seed=seed, until=until)
    except ValueError as wrong:
        raise CommandError(str(wrong)) from wrong


def sign_ins(school: DemoSchool) -> dict[str, str]:
    """One person of each role, and what they are: the first of each in the staff list."""
    first: dict[str, StaffMember] = {}
    for person in school.staff:
        first.setdefault(person.role, person)
    return {person.username: _who(person) for person in first.values()}


def _who(person: StaffMember) -> str:
    tutor = f", tutor of {person.registration_group}" if person.registration_group else ""
    return f"{person.name}, {person.position}{tutor}"


def _let_in(username: str) -> None:
    staff.set_password(User.objects.get(username=username), PASSWORD)


def _finish_set_up(school: DemoSchool) -> None:
    """The files hold all that a school needs: its administrator is not led to do it again."""
    role = Appointment.Role.ADMINISTRATOR
    administrator = next(person for person in school.staff if person.role == role)
    appointment = Appointment.objects.select_related("school", "user").get(
        user__username=administrator.username, role=role
    )
    finish_set_up(school=appointment.school, by=appointment.user, left=[])
