"""Parents and other contacts: who they are, and what they are to each pupil.

Siblings share a person, as in the imports (`registers.exchange.actions.contacts`): a new contact
with the name, address and postcode of somebody who is there already is that somebody.
Responsibility, where the pupil lives and who may be written to are kept with who confirmed them and
when; an import never changes what was confirmed.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone

from registers import policies
from registers.models import Person, Pupil, Relationship, School
from registers.models.school.staff import User
from registers.roll.actions.roll_changes import amended, note_changes
from registers.roll.actions.wrong_fields import WrongFields

CONFIRMED = ("has_responsibility", "lives_with", "may_be_written_to", "ground")
NEEDS_A_GROUND = (
    "Say why they are written to without parental responsibility, or take the tick away"
)


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """How a person can be reached."""

    name: str
    address: str = ""
    postcode: str = ""
    email: str = ""
    telephone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """What a person is to one pupil. `ground`: why they are written to without responsibility."""

    kind: str = ""
    has_responsibility: bool = False
    lives_with: bool = False
    may_be_written_to: bool = False
    ground: str = ""
    address_confidential: bool = False
    court_order: str = ""


@transaction.atomic
def add_contact(
    *,
    pupil: Pupil,
    person: Person | None,
    details: PersonDetails | None = None,
    tie: Tie,
    by: User,
    at: datetime | None = None,
) -> Relationship:
    """A person of the school, or a new one with these details, as the pupil's last contact.

    Raises WrongFields when they are a contact of this pupil already, or are to be written to
    without parental responsibility and without a ground.
    """
    policies.check(by, "keep_pupils", school=pupil.school_id)
    policies.check(by, "see_contacts", school=pupil.school_id)
    Pupil.objects.select_for_update().get(pk=pupil.pk)
    if person is None:
        if details is None or not details.name.strip():
            raise WrongFields({"name": "Write the name of the contact"})
        person = _same_person(pupil.school, details) or _new_person(pupil.school, details)
    elif person.school_id != pupil.school_id:
        raise WrongFields({"": "This person belongs to another school."})
    if Relationship.objects.filter(person=person, pupil=pupil).exists():
        said = f"{person.name} is a contact of {pupil.forename} {pupil.surname} already"
        raise WrongFields({"name": said})
    last = pupil.relationships.aggregate(last=models.Max("priority"))["last"] or 0
    row = Relationship(pupil=pupil, person=person, priority=last + 1)
    _take(row, tie)
    row.confirmed_by, row.confirmed_at = by, at or timezone.now()
    row.save()
    return row


@transaction.atomic
def change_contact(
    *,
    relationship: Relationship,
    tie: Tie,
    confirm: bool = False,
    by: User,
    at: datetime | None = None,
) -> bool:
    """Change what a person is to a pupil; whether responsibility and its like were confirmed.

    They are when one of them changes, or when `confirm` says that they were checked as they stand.
    Raises WrongFields when they are to be written to without responsibility and without a ground.
    """
    school = relationship.pupil.school_id
    policies.check(by, "keep_pupils", school=school)
    policies.check(by, "see_contacts", school=school)
    row = Relationship.objects.select_for_update().get(pk=relationship.pk)
    before = [getattr(row, field) for field in CONFIRMED]
    _take(row, tie)
    confirmed = confirm or before != [getattr(row, field) for field in CONFIRMED]
    if confirmed:
        row.confirmed_by, row.confirmed_at = by, at or timezone.now()
    row.save()
    return confirmed


@transaction.atomic
def move_contact(*, relationship: Relationship, up: bool, by: User) -> None:
    """One place up or down among the pupil's contacts, who are then numbered 1, 2, 3 …"""
    policies.check(by, "keep_pupils", school=relationship.pupil.school_id)
    rows = list(
        Relationship.objects.select_for_update()
        .filter(pupil=relationship.pupil_id)
        .order_by("priority", "pk")
    )
    here = next(n for n, row in enumerate(rows) if row.pk == relationship.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
    for number, row in enumerate(rows, start=1):
        row.priority = number
    Relationship.objects.bulk_update(rows, ["priority"])


@transaction.atomic
def remove_contact(*, relationship: Relationship, reason: str, by: User) -> bool:
    """Take a person who is no contact of the pupil off the list; True when they were forgotten too.

    A person with no other pupil is forgotten, unless something else names them: a letter, a call.
    Raises WrongFields without a reason, which the history keeps with the name.
    """
    policies.check(by, "keep_pupils", school=relationship.pupil.school_id)
    policies.check(by, "see_contacts", school=relationship.pupil.school_id)
    if not reason.strip():
        raise WrongFields({"": "Say why this person is no contact of the pupil."})
    person, pupil = relationship.person, relationship.pupil
    named = f"{person.name}, {relationship.kind}" if relationship.kind else person.name
    note_changes(
        changes={"contact": (named, "")},
        reason=reason,
        by=by,
        school_id=pupil.school_id,
        pupil=pupil,
    )
    relationship.delete()
    if person.relationships.exists():
        return False
    try:
        with transaction.atomic():
            person.delete()
    except models.ProtectedError:
        return False
    return True


@transaction.atomic
def change_person(*, person: Person, details: PersonDetails, reason: str = "", by: User) -> int:
    """Change how a person can be reached, for each of their pupils. How many those are.

    Raises WrongFields without a reason when a name, address or number that stood there changes.
    """
    policies.check(by, "keep_pupils", school=person.school_id)
    policies.check(by, "see_contacts", school=person.school_id)
    if not details.name.strip():
        raise WrongFields({"name": "Write the name of the contact"})
    row = Person.objects.select_for_update().get(pk=person.pk)
    before = _entries(row)
    for field in PersonDetails.__slots__:
        setattr(row, field, getattr(details, field).strip())
    changes = amended(before, _entries(row))
    if changes and not reason.strip():
        raise WrongFields({"reason": f"Say why the {' and the '.join(changes)} is changing"})
    row.save()
    note_changes(changes=changes, reason=reason, by=by, school_id=row.school_id, person=row)
    return row.relationships.count()


def _entries(person: Person) -> dict[str, object]:
    """What the register says of a contact, as its history names it."""
    address = ", ".join([*person.address.split("\n"), person.postcode]) if person.address else ""
    return {
        "name": person.name,
        "address": address.replace("\r", ""),
        "telephone": person.telephone,
        "e-mail": person.email,
    }


def identity(name: str, address: str, postcode: str) -> tuple[str, ...]:
    """Who is the same person, as the imports see it."""
    parts = (name, address, postcode.replace(" ", ""))
    return tuple(" ".join(text.split()).casefold() for text in parts)


def _same_person(school: School, details: PersonDetails) -> Person | None:
    wanted = identity(details.name, details.address, details.postcode)
    first_word = details.name.split()[0]
    for person in Person.objects.filter(school=school, name__icontains=first_word).order_by("pk"):
        if identity(person.name, person.address, person.postcode) == wanted:
            return person
    return None


def _new_person(school: School, details: PersonDetails) -> Person:
    fields = {name: getattr(details, name).strip() for name in PersonDetails.__slots__}
    return Person.objects.create(school=school, **fields)


def _take(row: Relationship, tie: Tie) -> None:
    row.kind, row.court_order = tie.kind.strip(), tie.court_order.strip()
    row.has_responsibility, row.lives_with = tie.has_responsibility, tie.lives_with
    row.may_be_written_to = tie.may_be_written_to
    needs_a_ground = tie.may_be_written_to and not tie.has_responsibility
    row.ground = tie.ground.strip() if needs_a_ground else ""
    if needs_a_ground and not row.ground:
        raise WrongFields({"ground": NEEDS_A_GROUND})
    row.address_confidential = tie.address_confidential
