"""Cover: a group whose registers a colleague takes on one day."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from registers import policies
from registers.models import Cover, Group, Register, School
from registers.models.school.staff import User

ALREADY = "This colleague has that group for the day already."
USED = "These registers were opened or taken under this cover, so it stays as it is."


@transaction.atomic
def give_cover(
    *, school: School, group: Group, on: date, to: User, by: User, today: date | None = None
) -> Cover:
    """Let `to` take the registers of this group on that day.

    Raises Refused, in words, for a day that is over, a group or a person of another school, and
    where the colleague has the group already.
    """
    policies.check(by, "give_cover", school=school)
    if on < (today or timezone.localdate()):
        raise policies.Refused("That day is over, and its registers with it.")
    if group.school_id != school.pk:
        raise policies.Refused("That group belongs to another school.")
    if not policies.may(to, "take_register", school=school):
        raise policies.Refused("Choose somebody of this school’s staff.")
    cover, is_new = Cover.objects.get_or_create(
        group=group, date=on, user=to, defaults={"given_at": timezone.now(), "given_by": by}
    )
    if not is_new:
        raise policies.Refused(ALREADY)
    return cover


@transaction.atomic
def take_back_cover(*, cover_id: int, school: School, by: User) -> Cover:
    """Take a cover back that nobody has used. Raises Refused, or Cover.DoesNotExist."""
    policies.check(by, "give_cover", school=school)
    cover = (
        Cover.objects.select_for_update(of=("self",))
        .annotate(is_used=used())
        .select_related("group", "user")
        .get(pk=cover_id, group__school=school)
    )
    if cover.is_used:
        raise policies.Refused(USED)
    cover.delete()
    return cover


def used() -> Exists:
    """Whether the colleague opened or took a register of the group that day."""
    theirs = Q(opened_by=OuterRef("user")) | Q(taken_by=OuterRef("user"))
    return Exists(
        Register.objects.filter(theirs, group=OuterRef("group"), session__date=OuterRef("date"))
    )
