"""Amend one mark after the fact, or enter it late, with the reason that the law asks for."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from registers import policies, rules
from registers.actions.writing import (
    Author,
    Change,
    Locked,
    MarkKey,
    MarkNow,
    lock_enrolments,
    write_marks,
)
from registers.codes import Half
from registers.models import Amendment, Enrolment, Mark, Membership, Session
from registers.models.staff import User


class StaleMarkError(Exception):
    """Somebody else changed the mark first; `mark` is how it stands."""

    def __init__(self, mark: MarkNow | None):
        self.mark = mark
        super().__init__("Somebody else changed this mark while you were looking at it.")


@transaction.atomic
def amend_mark(
    *, change: Change, by: User, source: int = Mark.Source.OFFICE, today: date | None = None
) -> Amendment | None:
    """Change the mark and record who, when and why; None when it was so already.

    A mark that is not there is entered (`change.seen` 0). Raises NotAllowed, in words fit to show,
    when the person may not, no reason is given or the rules forbid the code; StaleMarkError when
    the mark is no longer the version that the person saw.
    """
    key = change.key
    enrolment = Enrolment.objects.select_related("school").get(pk=key.enrolment_id)
    policies.check(by, "amend_mark", school=enrolment.school_id)
    if not change.reason.strip():
        raise policies.NotAllowed("Say why this mark is changing.")
    held = Session.objects.filter(
        school=enrolment.school_id, date=key.date, half=key.half, is_open=True
    ).exists()
    facts = rules.SessionFacts(key.date, Half(key.half), held)
    today = today or timezone.localdate()

    def check(change: Change, enrolment: Locked, mark: MarkNow | None) -> str | None:
        return rules.why_not(change.code, pupil=enrolment.facts, session=facts, today=today)

    position = policies.position_of(by, "amend_mark", school=enrolment.school_id)
    written = write_marks(
        [replace(change, reason=change.reason.strip())],
        by=Author(by.pk, str(by), position),
        source=source,
        made_at=timezone.now(),
        check=check,
        locked=lock_enrolments([key.enrolment_id]),
        ended=ended_keys([key.enrolment_id], first=key.date, last=key.date),
    )
    if key in written.conflicts:
        raise StaleMarkError(written.conflicts[key])
    if key in written.refused:
        raise policies.NotAllowed(written.refused[key])
    return Amendment.objects.filter(
        enrolment=key.enrolment_id, date=key.date, half=key.half, version=written.saved.get(key, 0)
    ).first()


def ended_keys(enrolments: Iterable[int], *, first: date, last: date) -> set[MarkKey]:
    """The marks of these enrolments between two days whose register of record has ended.

    The register of record is that of the registration group that the pupil was in on the day.
    """
    on = F("group__registers__session__date")
    rows = Membership.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=on),
        enrolment__in=set(enrolments),
        from_on__lte=on,
        group__kind="registration",
        group__registers__session__date__range=(first, last),
        group__registers__ended_at__isnull=False,
    )
    return {
        MarkKey(*row)
        for row in rows.values_list(
            "enrolment_id", "group__registers__session__date", "group__registers__session__half"
        )
    }
