"""Who may import. A school's administrator; whoever sets up an empty database; a superuser."""

from django.db.models import Q

from registers import policies
from registers.marks.changes import Author
from registers.models import Appointment, Import, School, User

ADMINISTRATOR = Appointment.Role.ADMINISTRATOR


def check_may_import(by: User | None, school: School | None) -> None:
    """Raises Refused, in words fit to show.

    Nobody need be named while nobody could be: no superuser and no administrator is there yet, or
    the school's first import, begun without a name, was broken off. A new school may be brought by
    an administrator of another, who becomes its administrator.
    """
    if by is None:
        _check_nobody_need_be_named(school)
    elif not (by.is_superuser and by.is_active):
        _check_administers(by, school)


def _check_nobody_need_be_named(school: School | None) -> None:
    if somebody_could_be_named() and not _is_unfinished_first_import(school):
        raise policies.Refused(
            "Say who imports: --by USERNAME, a person who is an administrator of the school."
        )


def _check_administers(by: User, school: School | None) -> None:
    if school is not None:
        policies.check(by, "import_school", school=school)
    elif not policies.appointments(by, "import_school").exists():
        raise policies.Refused("Only an administrator can bring in a new school.")


def somebody_could_be_named() -> bool:
    administrators = Appointment.objects.filter(role=ADMINISTRATOR, user__is_active=True)
    return administrators.exists() or User.objects.filter(is_superuser=True).exists()


def _is_unfinished_first_import(school: School | None) -> bool:
    if school is None:
        return False
    imports = Import.objects.filter(school=school)
    named_or_done = imports.filter(Q(by__isnull=False) | Q(state=Import.State.DONE))
    return imports.exists() and not named_or_done.exists()


def appoint_founder(by: User | None, school: School) -> None:
    """Who brought a new school in is its administrator, or they could not finish their import."""
    if by is not None and not by.is_superuser:
        Appointment.objects.get_or_create(
            user=by, school=school, role=ADMINISTRATOR, defaults={"position": ""}
        )


def author(by: User | None, school: School) -> Author:
    """How amendments name whoever imports."""
    if by is None:
        return Author(None, "Import", "")
    position = policies.position_of(by, "import_school", school=school)
    return Author(by.pk, str(by), position or "System administrator")
