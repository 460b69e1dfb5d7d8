"""Accounts of staff, and what they are at a school."""

from collections.abc import Collection

import structlog
from allauth.mfa.models import Authenticator
from django.db import transaction

from registers import policies
from registers.models import Appointment, Group
from registers.models.school.staff import User

log = structlog.get_logger(__name__)

LAST = "This is the school’s last administrator. Make somebody else one first."


def set_password(user: User, password: str) -> None:
    """Give an account its password; the only way in for one that was imported."""
    user.set_password(password)
    user.save(update_fields=["password"])


@transaction.atomic
def change_appointment(
    *, appointment: Appointment, role: str, position: str, groups: Collection[Group], by: User
) -> None:
    """Another role, position or other groups. Raises Refused; also when nobody would be left
    to administer the school, or the person has that role there already."""
    policies.check(by, "keep_staff", school=appointment.school_id)
    held = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if held.role != role:
        _check_not_last(held)
        others = Appointment.objects.filter(user=held.user, school=held.school, role=role)
        if others.exclude(pk=held.pk).exists():
            raise policies.Refused(f"{held.user} has this role at this school already.")
    Appointment.objects.filter(pk=held.pk).update(role=role, position=position)
    held.groups.set(groups)


@transaction.atomic
def end_appointment(*, appointment: Appointment, by: User) -> None:
    """Take the role away. An account without any role left is closed, and its sessions end.

    What the person did stays with name and position. Raises Refused.
    """
    policies.check(by, "keep_staff", school=appointment.school_id)
    held = Appointment.objects.select_for_update().get(pk=appointment.pk)
    _check_not_last(held)
    held.groups.clear()
    held.delete()
    if not Appointment.objects.filter(user=held.user_id).exists():
        User.objects.filter(pk=held.user_id).update(is_active=False)


@transaction.atomic
def take_second_factor_away(*, appointment: Appointment, by: User) -> None:
    """For a colleague who has lost the telephone and the recovery codes. Raises Refused.

    Not for oneself: whoever sits at an open screen could then take it off. A role that needs a
    second factor is asked for a new one at once.
    """
    policies.check(by, "keep_staff", school=appointment.school_id)
    if appointment.user_id == by.pk:
        raise policies.Refused("Another administrator can take your second factor away.")
    Authenticator.objects.filter(user=appointment.user_id).delete()
    log.info("second_factor_taken_away", user_id=appointment.user_id)


def _check_not_last(held: Appointment) -> None:
    if held.role != Appointment.Role.ADMINISTRATOR:
        return
    others = Appointment.objects.select_for_update().filter(
        school=held.school_id, role=Appointment.Role.ADMINISTRATOR, user__is_active=True
    )
    if not others.exclude(pk=held.pk).exists():
        raise policies.Refused(LAST)
