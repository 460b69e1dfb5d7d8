"""What the registers and the school hold for the ground on which a name is taken off the roll."""

from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from django.utils import timezone

from registers.models import Enrolment, LeavingEvidence, Mark, Session
from registers.models.school.staff import User
from registers.rules.admission import Spell
from registers.rules.codes import Half
from registers.rules.roll.leaving import (
    GroundEvidence,
    LeavingFacts,
    SchoolDay,
    Wrong,
    what_is_missing,
)

LONGEST_LEAVE = timedelta(days=200)  # that is looked back to


def is_judged(old: Spell, new: Spell) -> bool:
    """A ground is judged when it is new, or the day moves that it rests on."""
    before = (old.leaves_on, old.leaving_ground)
    return new.leaves_on is not None and (new.leaves_on, new.leaving_ground) != before


def wrong_with_ground(
    enrolment: Enrolment, spell: Spell, evidence: GroundEvidence, *, today: date
) -> Wrong:
    """By field what keeps the ground from standing; empty where it stands."""
    facts = facts_of_leaving(enrolment, spell.leaves_on or today, today=today)
    return what_is_missing(spell.leaving_ground, facts, evidence)


def facts_of_leaving(enrolment: Enrolment, leaves_on: date, *, today: date) -> LeavingFacts:
    """What the registers say of the pupil at this last day on the roll, in four statements."""
    after = Session.objects.filter(school=enrolment.school_id, is_open=True, date__gt=leaves_on)
    years = enrolment.years.filter(academic_year__starts_on__lte=leaves_on)
    latest = years.order_by("-academic_year__starts_on").values_list("year_group", flat=True)
    return LeavingFacts(
        leaves_on=leaves_on,
        today=today,
        born_on=enrolment.pupil.born_on,
        year_group=latest.first() or "",
        days=_days(enrolment, min(leaves_on, today)),
        next_day=after.order_by("date").values_list("date", flat=True).first(),
    )


def _days(enrolment: Enrolment, last: date) -> list[SchoolDay]:
    first = max(enrolment.starts_on, last - LONGEST_LEAVE)
    held = Session.objects.filter(
        school=enrolment.school_id, is_open=True, date__range=(first, last)
    ).order_by("date", "half")
    rows = Mark.objects.filter(enrolment=enrolment, date__range=(first, last))
    marks = {(on, half): code for on, half, code in rows.values_list("date", "half", "code_id")}
    return [
        SchoolDay(on, tuple((Half(half), marks.get((on, half), "")) for _, half in sessions))
        for on, sessions in groupby(held.values_list("date", "half"), itemgetter(0))
    ]


def kept_evidence(enrolment: Enrolment) -> GroundEvidence:
    """What is kept for the ground on which the name was taken off; empty without."""
    row = LeavingEvidence.objects.filter(enrolment=enrolment).first()
    return (
        GroundEvidence(row.day, row.text, row.with_authority, row.confirmed)
        if row
        else GroundEvidence()
    )


def keep_evidence(enrolment: Enrolment, evidence: GroundEvidence, by: User) -> None:
    held = {name: getattr(evidence, name) for name in GroundEvidence.__slots__}
    LeavingEvidence.objects.update_or_create(
        enrolment=enrolment, defaults={**held, "by": by, "at": timezone.now()}
    )
