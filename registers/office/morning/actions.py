"""Write down a try to find out why a pupil is away, and settle the marks when it is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from registers import policies
from registers.amendments.code_range import code_for
from registers.marks.actions.amend import amend_marks
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Enrolment, FollowUp, Person, School
from registers.models.school.staff import User


@dataclass(frozen=True, slots=True)
class Logged:
    """The try that was kept, and what is odd about the marks that were settled with it."""

    follow_up: FollowUp
    advice: list[str]


@transaction.atomic
def log_follow_up(
    *,
    school: School,
    enrolment_id: int,
    on: date,
    channel: str,
    outcome: str,
    person_id: int | None,
    note: str,
    by: User,
    now: datetime,
    code: str = "",
    seen: Sequence[tuple[date, int, int]] = (),
    paper: str = "",
) -> Logged:
    """Keep the try; with a code, change the sessions in `seen` (date, half, version) to it too,
    with the `paper` that it needs.

    Both or neither. The note is the reason that the register keeps, with who said it. Raises
    Refused and StaleMarksError as `amend_marks` does.
    """
    policies.check(by, "amend_mark", school=school)
    enrolment = Enrolment.objects.filter(school=school, pk=enrolment_id).first()
    if enrolment is None:
        raise policies.Invalid("This pupil is not on the roll of this school.")
    person, note = _person(enrolment, person_id), note.strip()
    advice: list[str] = []
    if code:
        if not note:
            raise policies.Invalid("Write what you were told: it is the reason in the register.")
        reason = _reason(channel, person, note)
        changes = _changes(enrolment_id, seen, code=code, reason=reason, paper=paper)
        written = amend_marks(school=school, changes=changes, by=by, now=now)
        advice = written.advice_by_enrolment.get(enrolment_id, [])
    follow_up = FollowUp.objects.create(
        enrolment=enrolment,
        date=on,
        channel=channel,
        person=person,
        outcome=outcome,
        note=note,
        made_at=timezone.now(),
        made_by=by,
    )
    return Logged(follow_up, advice)


def _person(enrolment: Enrolment, person_id: int | None) -> Person | None:
    """The contact who was asked. Raises Invalid for somebody who is none of the pupil's."""
    if person_id is None:
        return None
    contacts = Person.objects.filter(
        school=enrolment.school_id, relationships__pupil=enrolment.pupil_id
    )
    person = contacts.filter(pk=person_id).first()
    if person is None:
        raise policies.Invalid("This person is not a contact of the pupil. Choose another.")
    return person


def _changes(
    enrolment_id: int,
    seen: Sequence[tuple[date, int, int]],
    *,
    code: str,
    reason: str,
    paper: str,
) -> list[MarkChange]:
    return [
        MarkChange(
            MarkKey(enrolment_id, day, half),
            code_for(code, half),
            version,
            reason=reason,
            paper=paper,
        )
        for day, half, version in seen
    ]


def _reason(channel: str, person: Person | None, note: str) -> str:
    """Such as "Telephone, Ms Chen: has a temperature"."""
    how = FollowUp.Channel(channel).label
    said_by = f"{how}, {person.name}" if person else how
    return f"{said_by}: {note}"[:500]
