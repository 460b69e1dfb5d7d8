"""Who may do what in a school, and the sentence they read when they may not."""

from django.db.models import Exists, OuterRef, QuerySet

from registers.models import Appointment, School
from registers.models.staff import User

Role = Appointment.Role
EVERYBODY = frozenset(Role)
OFFICE = frozenset(
    {Role.OFFICE, Role.ATTENDANCE_OFFICER, Role.SAFEGUARDING_LEAD, Role.SLT, Role.ADMINISTRATOR}
)
CASEWORK = frozenset({Role.ATTENDANCE_OFFICER, Role.SAFEGUARDING_LEAD, Role.SLT})

ROLES: dict[str, frozenset[str]] = {
    "take_register": EVERYBODY - {Role.TRUST_LEADER},
    "amend_mark": OFFICE,
    "see_pupils": EVERYBODY,
    "see_letters": CASEWORK,
    "decide_letter": CASEWORK,
    "see_nights": OFFICE,
    "run_night": frozenset({Role.ATTENDANCE_OFFICER, Role.SLT, Role.ADMINISTRATOR}),
    "import_school": frozenset({Role.ADMINISTRATOR}),
    "export_school": frozenset({Role.ADMINISTRATOR, Role.SLT}),
}


class NotAllowed(Exception):
    """This person may not do this now; the message is fit to show them."""


def appointments(person: User, action: str) -> QuerySet[Appointment]:
    """The person's appointments that carry this action; none for an account that is closed."""
    if not person.is_authenticated or not person.is_active:
        return Appointment.objects.none()
    return Appointment.objects.filter(user=person, role__in=ROLES[action])


def may(person: User, action: str, *, school: School | int) -> bool:
    """Whether the person may do this in this school (a School or its id)."""
    return appointments(person, action).filter(school=school).exists()


def schools_where(person: User, action: str) -> QuerySet:
    """The ids of the schools in which the person may do this."""
    return appointments(person, action).values("school")


def may_in_school_of(person: User, action: str, school_ref: str) -> Exists:
    """The same question as an annotation, for rows whose school is at `school_ref`."""
    return Exists(appointments(person, action).filter(school=OuterRef(school_ref)))


def check(person: User, action: str, *, school: School | int) -> None:
    """Raise NotAllowed, in words fit to show, unless the person may do this in this school."""
    if not may(person, action, school=school):
        raise NotAllowed("Your role at this school does not include this.")


def position_of(person: User, action: str, *, school: School | int) -> str:
    """The person's position in this school, as the register names it beside an amendment."""
    held = appointments(person, action).filter(school=school).order_by("pk").first()
    return held.position or held.get_role_display() if held else ""
