"""Pupils who leave during the day and come back. None of it ever changes a mark."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from registers import policies
from registers.models import Enrolment, School, SignOut
from registers.models.school.staff import User
from registers.rules.presence import clock

ACTION = "see_morning"
LATER = "That time is still to come. Write when it happened."
BEFORE_LEAVING = "The return cannot be before the pupil left, at {at}."
MINUTE = timedelta(minutes=1)


@transaction.atomic
def sign_out(
    *,
    school: School,
    enrolment_id: int,
    left_at: datetime,
    reason: str,
    collected_by_whom: str,
    by: User,
    now: datetime,
) -> SignOut:
    """The pupil left at `left_at`. Raises Refused, such as for one who is out already."""
    policies.check(by, ACTION, school=school)
    enrolment = Enrolment.objects.select_for_update().filter(school=school, pk=enrolment_id).first()
    if enrolment is None:
        raise policies.Invalid("This pupil is not on the roll of this school.")
    _not_later(left_at, now)
    on = timezone.localtime(left_at).date()
    earlier = SignOut.objects.filter(enrolment=enrolment, date=on).order_by("-left_at").first()
    if earlier is not None:
        _after(earlier, left_at)
    return SignOut.objects.create(
        enrolment=enrolment,
        date=on,
        left_at=left_at,
        left_by=by,
        reason=reason.strip(),
        collected_by_whom=collected_by_whom.strip(),
    )


def _after(earlier: SignOut, left_at: datetime) -> None:
    if earlier.returned_at is None:
        raise policies.Conflict(
            f"This pupil is out already, since {clock(timezone.localtime(earlier.left_at))}. "
            "Write down the return first."
        )
    if left_at < earlier.returned_at:
        raise policies.Conflict(
            "This pupil was out until "
            f"{clock(timezone.localtime(earlier.returned_at))}. Write a later time."
        )


@transaction.atomic
def sign_back_in(*, sign_out: SignOut, returned_at: datetime, by: User, now: datetime) -> SignOut:
    """The pupil is back. A second press changes nothing. Raises Refused."""
    policies.check(by, ACTION, school=sign_out.enrolment.school_id)
    held = SignOut.objects.select_for_update().get(pk=sign_out.pk)
    if held.returned_at is not None:
        return held
    _not_later(returned_at, now)
    left_at = timezone.localtime(held.left_at)
    if held.left_at.replace(second=0, microsecond=0) == returned_at:
        returned_at = held.left_at  # within the same minute
    if returned_at < held.left_at:
        raise policies.Invalid(BEFORE_LEAVING.format(at=clock(left_at)))
    held.returned_at, held.returned_by = returned_at, by
    held.save(update_fields=["returned_at", "returned_by"])
    return held


@transaction.atomic
def mend_sign_out(
    *,
    sign_out: SignOut,
    left_at: datetime,
    returned_at: datetime | None,
    reason: str,
    collected_by_whom: str,
    by: User,
    now: datetime,
) -> SignOut:
    """Put right what was written down; who wrote it first stays. Raises Refused."""
    policies.check(by, ACTION, school=sign_out.enrolment.school_id)
    held = SignOut.objects.select_for_update().get(pk=sign_out.pk)
    _not_later(left_at, now)
    if returned_at is not None:
        _not_later(returned_at, now)
        if returned_at < left_at:
            raise policies.Invalid(BEFORE_LEAVING.format(at=clock(timezone.localtime(left_at))))
    held.left_at, held.returned_at = left_at, returned_at
    held.returned_by = (held.returned_by or by) if returned_at else None
    held.reason, held.collected_by_whom = reason.strip(), collected_by_whom.strip()
    _one_at_a_time(held)
    held.save()
    return held


def _one_at_a_time(held: SignOut) -> None:
    others = SignOut.objects.filter(enrolment=held.enrolment_id, date=held.date).exclude(pk=held.pk)
    for other in others:
        ends = held.returned_at or datetime.max.replace(tzinfo=held.left_at.tzinfo)
        other_ends = other.returned_at or datetime.max.replace(tzinfo=held.left_at.tzinfo)
        if held.left_at < other_ends and other.left_at < ends:
            raise policies.Conflict(
                "The pupil was out at another time that day, from "
                f"{clock(timezone.localtime(other.left_at))}. The two times overlap."
            )


def _not_later(at: datetime, now: datetime) -> None:
    if at > now + MINUTE:
        raise policies.Invalid(LATER)
