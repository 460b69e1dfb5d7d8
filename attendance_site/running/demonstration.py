"""The people of the demonstration school, as its sign-in page offers them.

Only where `./rollbook demo` runs the site, and only while no other school is in the database:
everybody can read the password.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from registers.demo.school import DETAILS
from registers.management.commands.demo_school import PASSWORD
from registers.models import Appointment, School

Role = Appointment.Role
TRY: dict[str, str] = {
    Role.TEACHER: "takes the register of a group of their own",
    Role.OFFICE: "rings home, runs the late desk, signs pupils out",
    Role.ATTENDANCE_OFFICER: "follows up who is at risk, writes letters",
    Role.SAFEGUARDING_LEAD: "sees sensitive notes; asks for an authenticator app",
    Role.SLT: "sees how the school stands, holds panels",
    Role.ADMINISTRATOR: "sets the school up, brings files in",
}


@dataclass(frozen=True, slots=True)
class DemonstrationPerson:
    """Somebody to sign in as, with one press."""

    username: str
    name: str
    position: str
    tries: str
    password: str = PASSWORD


def people() -> list[DemonstrationPerson]:
    """Those who have a password, one of each role; nobody where this is no demonstration."""
    if not settings.DEMONSTRATION or School.objects.exclude(urn=DETAILS["URN"]).exists():
        return []
    appointments = (
        Appointment.objects.filter(school__urn=DETAILS["URN"], user__is_active=True)
        .exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
        .exclude(user__password="")
        .select_related("user")
        .order_by("pk")
    )
    return _one_of_each(appointments)


def _one_of_each(appointments: Iterable[Appointment]) -> list[DemonstrationPerson]:
    first: dict[str, Appointment] = {}
    for appointment in appointments:
        first.setdefault(appointment.role, appointment)
    return [_person(first[role]) for role in TRY if role in first]


def _person(appointment: Appointment) -> DemonstrationPerson:
    user = appointment.user
    return DemonstrationPerson(
        user.username, str(user), appointment.named_position, TRY[appointment.role]
    )
