"""Who can take a register, to be chosen from."""

from django.db.models import QuerySet

from registers import policies
from registers.models.school.staff import User
from registers.web.access import SchoolViewer


def staff_of(viewer: SchoolViewer) -> QuerySet[User]:
    """Those of the page's school who can take a register, by name."""
    return (
        User.objects.filter(
            is_active=True,
            appointments__school=viewer.school,
            appointments__role__in=policies.ROLES["take_register"],
        )
        .order_by("name", "username")
        .distinct()
    )
