"""Pupils who leave during the day and come back. None of it ever changes a mark."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registers import policies
from registers.models import Enrolment, School, SignOut
from registers.models.school.staff import User
from registers.rules.presence import clock

ACTION = "see_morning"
LATER = "That time is still to come. Write when it happened."
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
    _check_is_in(enrolment, on, left_at)
    return SignOut.objects.create(
        enrolment=enrolment,
        date=on,
        left_at=left_at,
        left_by=by,
        reason=reason.strip(),
        collected_by_whom=collected_by_whom.strip(),
    )


def _check_is_in(enrolment: Enrolment, on: date, left_at: datetime) -> None:
    """Raises Conflict where the pupil is out already, or was at that time."""
    last = SignOut.objects.filter(enrolment=enrolment, date=on).order_by("-left_at").first()
    if last is None:
        return
    if last.returned_at is None:
        raise policies.Conflict(
            f"This pupil is out already, since {_at(last.left_at)}. Write down the return first."
        )
    if left_at < last.returned_at:
        raise policies.Conflict(
            f"This pupil was out until {_at(last.returned_at)}. Write a later time."
        )


@transaction.atomic
def sign_back_in(*, sign_out: SignOut, returned_at: datetime, by: User, now: datetime) -> SignOut:
    """The pupil is back. A second press changes nothing. Raises Refused."""
    policies.check(by, ACTION, school=sign_out.enrolment.school_id)
    outing = SignOut.objects.select_for_update().get(pk=sign_out.pk)
    if outing.returned_at is not None:
        return outing
    _not_later(returned_at, now)
    if outing.left_at.replace(second=0, microsecond=0) == returned_at:
        returned_at = outing.left_at  # within the same minute
    _check_return(outing.left_at, returned_at)
    outing.returned_at, outing.returned_by = returned_at, by
    outing.save(update_fields=["returned_at", "returned_by"])
    return outing


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
    outing = SignOut.objects.select_for_update().get(pk=sign_out.pk)
    for at in filter(None, (left_at, returned_at)):
        _not_later(at, now)
    _check_return(left_at, returned_at)
    outing.left_at, outing.returned_at = left_at, returned_at
    outing.returned_by = (outing.returned_by or by) if returned_at else None
    outing.reason, outing.collected_by_whom = reason.strip(), collected_by_whom.strip()
    _check_one_at_a_time(outing)
    outing.save()
    return outing


def _check_return(left_at: datetime, returned_at: datetime | None) -> None:
    if returned_at is not None and returned_at < left_at:
        raise policies.Invalid(f"The return cannot be before the pupil left, at {_at(left_at)}.")


def _check_one_at_a_time(outing: SignOut) -> None:
    """Raises Conflict where another outing of the day overlaps this one."""
    others = SignOut.objects.filter(enrolment=outing.enrolment_id, date=outing.date)
    overlapping = others.exclude(pk=outing.pk).filter(
        Q(returned_at=None) | Q(returned_at__gt=outing.left_at)
    )
    if outing.returned_at is not None:
        overlapping = overlapping.filter(left_at__lt=outing.returned_at)
    other = overlapping.first()
    if other is not None:
        raise policies.Conflict(
            f"The pupil was out at another time that day, from {_at(other.left_at)}. The two "
            "times overlap."
        )


def _not_later(at: datetime, now: datetime) -> None:
    if at > now + MINUTE:
        raise policies.Invalid(LATER)


def _at(moment: datetime) -> str:
    return clock(timezone.localtime(moment))
