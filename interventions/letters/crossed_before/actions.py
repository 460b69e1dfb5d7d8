"""From the list of those who had crossed before Rollbook came, a person chooses letters."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from absence.figures.calendar import NoAcademicYearError
from interventions.letters import due
from interventions.letters.actions import letters
from interventions.letters.crossed_before.queries import still_listed
from interventions.models import CrossedBefore, Letter
from registers import policies
from registers.models import School
from registers.models.school.staff import User
from registers.rules.grouping import keyed

NOBODY_CHOSEN = "Tick at least one pupil."


@transaction.atomic
def propose_chosen(
    *, school: School, chosen: Collection[int], by: User, dated: date, send: bool = True
) -> tuple[list[Letter], int]:
    """A letter for each of these lines of the list, and how many of them are due no longer.

    The figures are those of the day before; whoever is in another band by now stays off the queue,
    since the night proposes the letter that fits. Raises Refused.
    """
    rows = _held(school, chosen, by)
    as_at, now = dated - timedelta(days=1), timezone.now()
    try:
        known = due.read_for_letters(school, as_at)
    except NoAcademicYearError as missing:
        raise policies.Refused(str(missing)) from None
    wanted = {
        row.enrolment_id: row.kind for row in rows if row.academic_year_id == known.calendar.year.pk
    }
    letters_due = due.still_due(known, wanted, today=dated)
    made = letters.write_letters(school, letters_due, as_at=as_at, dated=dated, send=send)
    by_enrolment = keyed(made, "enrolment_id", "kind")
    for row in rows:
        row.letter = by_enrolment.get((row.enrolment_id, row.kind))
        row.decided_at, row.decided_by = now, by
    CrossedBefore.objects.bulk_update(rows, ["letter", "decided_at", "decided_by"], batch_size=500)
    return made, len(rows) - len(made)


@transaction.atomic
def take_off_the_list(*, school: School, chosen: Collection[int], by: User) -> int:
    """No letter about these: it stays as if one of its kind had been written. How many."""
    rows = _held(school, chosen, by)
    CrossedBefore.objects.filter(pk__in=[row.pk for row in rows]).update(
        decided_at=timezone.now(), decided_by=by
    )
    return len(rows)


def _held(school: School, chosen: Collection[int], by: User) -> list[CrossedBefore]:
    """The lines under a lock, of those that wait still; somebody else may have been quicker."""
    policies.check(by, "decide_letter", school=school)
    listed = still_listed(school).filter(pk__in=chosen)
    rows = list(listed.select_for_update(of=("self",)).order_by("pk"))
    if not rows:
        raise policies.Refused(NOBODY_CHOSEN)
    return rows
