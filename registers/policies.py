"""Who may do what in a school, and the sentence they read when they may not."""

from django.db.models import QuerySet

from registers.models import Appointment, School
from registers.models.school.staff import User

Role = Appointment.Role
EVERYBODY = frozenset(Role)
OFFICE = frozenset(
    {Role.OFFICE, Role.ATTENDANCE_OFFICER, Role.SAFEGUARDING_LEAD, Role.SLT, Role.ADMINISTRATOR}
)
CASEWORK = frozenset({Role.ATTENDANCE_OFFICER, Role.SAFEGUARDING_LEAD, Role.SLT})

AT_SCHOOL = EVERYBODY - {Role.TRUST_LEADER}
LEADERS = frozenset({Role.ATTENDANCE_OFFICER, Role.SLT, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

# A teacher has these for the groups of the appointment and the covers of the day alone:
# see `registers.web.access.Viewer.own_groups`.
ROLES: dict[str, frozenset[str]] = {
    # --- the day
    "take_register": AT_SCHOOL,
    "see_evacuation": AT_SCHOOL,
    "see_morning": OFFICE,
    "give_cover": OFFICE,
    "see_mark": AT_SCHOOL,
    "amend_mark": OFFICE,
    "plan_absence": OFFICE,
    "close_school": OFFICE,
    # --- pupils
    "see_pupils": EVERYBODY,
    "see_pupil": EVERYBODY,
    "see_contacts": OFFICE,
    "keep_pupils": OFFICE,
    "merge_pupils": frozenset({Role.ATTENDANCE_OFFICER, Role.ADMINISTRATOR}),
    "export_pupils": OFFICE,
    # --- what is done about absence
    "see_interventions": CASEWORK | {Role.OFFICE},
    "record_intervention": CASEWORK | {Role.OFFICE},
    "see_sensitive": frozenset({Role.SAFEGUARDING_LEAD}),
    "see_letters": CASEWORK,
    "decide_letter": CASEWORK,
    "write_letter_templates": LEADERS,
    "hold_panel": CASEWORK,
    "make_certificate": LEADERS | {Role.SAFEGUARDING_LEAD},
    # --- the school
    "see_school": EVERYBODY - {Role.TEACHER},
    "see_job": EVERYBODY,  # and what the job itself names
    "see_nights": OFFICE,
    "run_night": LEADERS,
    "keep_school": ADMINISTRATORS,
    "keep_staff": ADMINISTRATORS,
    "import_school": ADMINISTRATORS,
    "export_school": frozenset({Role.ADMINISTRATOR, Role.SLT}),
}
# Who sees sensitive notes signs in with a second factor.
NEEDS_SECOND_FACTOR = ROLES["see_sensitive"]


class Refused(Exception):
    """This cannot be done now; the message is fit to show. Told apart by class and `code`."""

    code = "refused"


class Forbidden(Refused):
    """Not this person: the role does not include it."""

    code = "forbidden"


class Invalid(Refused):
    """Not with what was given; the message says what to mend."""

    code = "invalid"


class Conflict(Refused):
    """Somebody was quicker, or what was looked at has moved; whoever asks looks again."""

    code = "conflict"


def appointments(person: User, action: str) -> QuerySet[Appointment]:
    """The person's appointments that carry this action; none for an account that is closed."""
    if not person.is_authenticated or not person.is_active:
        return Appointment.objects.none()
    return Appointment.objects.filter(user=person, role__in=ROLES[action])


def may(person: User, action: str, *, school: School | int) -> bool:
    """Whether the person may do this in this school (a School or its id)."""
    return appointments(person, action).filter(school=school).exists()


def check(person: User, action: str, *, school: School | int) -> None:
    """Raise Forbidden, in words fit to show, unless the person may do this in this school."""
    if not may(person, action, school=school):
        raise Forbidden("Your role at this school does not include this.")


def position_of(person: User, action: str, *, school: School | int) -> str:
    """The person's position in this school, as the register names it beside an amendment."""
    held = appointments(person, action).filter(school=school).order_by("pk").first()
    return held.named_position if held else ""
