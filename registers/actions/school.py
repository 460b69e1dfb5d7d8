"""What a school says of itself, and the end of its set-up."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from registers import policies
from registers.models import School
from registers.models.staff import User

DETAILS = (
    "name",
    "laestab",
    "headteacher",
    "address",
    "postcode",
    "telephone",
    "email",
    "local_authority",
    "sessions_expected",
    "morning_at",
    "afternoon_at",
    "register_minutes",
    "register_minutes_reason",
    "everyday_codes",
    "letters_after_sessions",
)
LONGEST_WITHOUT_REASON = 30  # minutes that a register may stay open without saying why


@transaction.atomic
def keep_details(*, school: School, details: Mapping[str, Any], by: User) -> list[str]:
    """Write what differs; gives the names of the fields that changed.

    Raises NotAllowed where the person may not, or a register is open long without a reason.
    """
    policies.check(by, "keep_school", school=school)
    there = School.objects.select_for_update().get(pk=school.pk)
    changed = [
        name for name in DETAILS if name in details and getattr(there, name) != details[name]
    ]
    for name in changed:
        setattr(there, name, details[name])
    if there.register_minutes > LONGEST_WITHOUT_REASON and not there.register_minutes_reason:
        raise policies.NotAllowed("Say why registers stay open for longer than 30 minutes.")
    if there.afternoon_at <= there.morning_at:
        raise policies.NotAllowed("The afternoon register is called after the morning one.")
    if changed:
        there.save(update_fields=changed)
    return changed


@transaction.atomic
def finish_set_up(*, school: School, by: User, left: list[str]) -> None:
    """Mark the set-up as finished. `left` are the steps still to do, as `set_up_steps` finds them.

    Raises NotAllowed while something is left. A second time changes nothing.
    """
    policies.check(by, "keep_school", school=school)
    if left:
        raise policies.NotAllowed(f"Still to do: {'; '.join(left)}.")
    School.objects.filter(pk=school.pk, set_up_at__isnull=True).update(set_up_at=timezone.now())
