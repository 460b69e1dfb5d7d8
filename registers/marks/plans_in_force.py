"""The plan in force for each pupil in one session: what a register is filled with when it opens."""

from collections.abc import Collection
from datetime import date

from django.db.models import F

from registers.models import PlannedAbsence
from registers.rules.planned_absence import slot_bit


def planned_marks(enrolments: Collection[int], on: date, half: int) -> dict[int, PlannedAbsence]:
    """By enrolment, in one statement. Where two plans cover the session, the latest made wins.

    Nothing that was withdrawn is in it, and no plan covers a Saturday or Sunday.
    """
    bit = slot_bit(on, half)
    if not bit or not enrolments:
        return {}
    plans = (
        PlannedAbsence.objects.filter(
            enrolment__in=enrolments,
            from_on__lte=on,
            until_on__gte=on,
            withdrawn_at__isnull=True,
        )
        .annotate(covered=F("slots").bitand(bit))
        .filter(covered__gt=0)
        .order_by("made_at", "pk")
    )
    return {plan.enrolment_id: plan for plan in plans}
