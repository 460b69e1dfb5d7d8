"""Parents and other contacts: who they are, and what they are to each pupil.

Siblings share a person, as in the imports (`registers.exchange.actions.contacts`): a new contact
with the name, address and postcode of somebody who is there already is that somebody.
Responsibility, where the pupil lives and who may be written to are kept with who confirmed them and
when; an import never changes what was confirmed.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from operator import attrgetter

from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from registers import policies
from registers.models import Person, Pupil, Relationship, School
from registers.models.school.staff import User
from registers.roll.actions.roll_changes import amended, check_reason, note_changes
from registers.roll.actions.wrong_fields import WrongFields

WHAT_IS_CONFIRMED = attrgetter("has_responsibility", "lives_with", "may_be_written_to", "ground")
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

    @property
    def stripped(self) -> dict[str, str]:
        return {name: text.strip() for name, text in asdict(self).items()}


NOTHING_KNOWN = PersonDetails("")


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
    details: PersonDetails = NOTHING_KNOWN,
    tie: Tie,
    by: User,
    at: datetime | None = None,
) -> Relationship:
    """A person of the school, or a new one with these details, as the pupil's last contact.

    Raises WrongFields when they are a contact of this pupil already, or are to be written to
    without parental responsibility and without a ground.
    """
    _check_may(by, pupil.school_id)
    Pupil.objects.select_for_update().get(pk=pupil.pk)
    person = person or _known_or_new(pupil.school, details)
    _check_can_be_contact(person, pupil)
    last = pupil.relationships.aggregate(last=Coalesce(models.Max("priority"), 0))["last"]
    row = Relationship(pupil=pupil, person=person, priority=last + 1)
    _take(row, tie)
    row.confirmed_by, row.confirmed_at = by, at or timezone.now()
    row.save()
    return row


def _check_may(by: User, school: int) -> None:
    policies.check(by, "keep_pupils", school=school)
    policies.check(by, "see_contacts", school=school)


def _check_can_be_contact(person: Person, pupil: Pupil) -> None:
    if person.school_id != pupil.school_id:
        raise WrongFields({"": "This person belongs to another school."})
    if Relationship.objects.filter(person=person, pupil=pupil).exists():
        raise WrongFields({"name": f"{person.name} is a contact of {pupil.full_name} already"})


def _known_or_new(school: School, details: PersonDetails) -> Person:
    """Whoever has the name and address already, or somebody new."""
    _check_name(details)
    known = _same_person(school, details)
    return known or Person.objects.create(school=school, **details.stripped)


def _check_name(details: PersonDetails) -> None:
    if not details.name.strip():
        raise WrongFields({"name": "Write the name of the contact"})


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
    _check_may(by, relationship.pupil.school_id)
    row = Relationship.objects.select_for_update().get(pk=relationship.pk)
    before = WHAT_IS_CONFIRMED(row)
    _take(row, tie)
    confirmed = confirm or WHAT_IS_CONFIRMED(row) != before
    if confirmed:
        row.confirmed_by, row.confirmed_at = by, at or timezone.now()
    row.save()
    return confirmed


@transaction.atomic
def move_contact(*, relationship: Relationship, up: bool, by: User) -> None:
    """One place up or down among the pupil's contacts, who are then numbered 1, 2, 3 …"""
    policies.check(by, "keep_pupils", school=relationship.pupil.school_id)
    contacts = Relationship.objects.select_for_update().filter(pupil=relationship.pupil_id)
    rows = list(contacts.order_by("priority", "pk"))
    here = rows.index(relationship)
    there = here - 1 if up else here + 1
    rows.insert(max(0, there), rows.pop(here))
    for number, row in enumerate(rows, start=1):
        row.priority = number
    Relationship.objects.bulk_update(rows, ["priority"])


@transaction.atomic
def remove_contact(*, relationship: Relationship, reason: str, by: User) -> bool:
    """Take a person who is no contact of the pupil off the list; True when they were forgotten too.

    A person with no other pupil is forgotten, unless something else names them: a letter, a call.
    Raises WrongFields without a reason, which the history keeps with the name.
    """
    _check_may(by, relationship.pupil.school_id)
    if not reason.strip():
        raise WrongFields({"": "Say why this person is no contact of the pupil."})
    person, pupil = relationship.person, relationship.pupil
    named = ", ".join(filter(None, [person.name, relationship.kind]))
    note_changes(
        changes={"contact": (named, "")},
        reason=reason,
        by=by,
        school_id=pupil.school_id,
        pupil=pupil,
    )
    relationship.delete()
    return _is_forgotten(person)


def _is_forgotten(person: Person) -> bool:
    """Forget whoever is no contact of anybody, unless something names them."""
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
    _check_may(by, person.school_id)
    _check_name(details)
    row = Person.objects.select_for_update().get(pk=person.pk)
    before = _entries(row)
    for name, text in details.stripped.items():
        setattr(row, name, text)
    changes = amended(before, _entries(row))
    check_reason(changes, reason)
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


def _take(row: Relationship, tie: Tie) -> None:
    row.kind, row.court_order = tie.kind.strip(), tie.court_order.strip()
    row.has_responsibility, row.lives_with = tie.has_responsibility, tie.lives_with
    row.may_be_written_to = tie.may_be_written_to
    row.ground = _ground_of(tie)
    row.address_confidential = tie.address_confidential


def _ground_of(tie: Tie) -> str:
    """Kept only for who is written to without responsibility; they need one."""
    if tie.has_responsibility or not tie.may_be_written_to:
        return ""
    if not tie.ground.strip():
        raise WrongFields({"ground": NEEDS_A_GROUND})
    return tie.ground.strip()
