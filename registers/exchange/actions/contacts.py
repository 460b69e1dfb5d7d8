"""Parents and other contacts. Siblings share one whose name, address and postcode are the same.

Nobody is deleted: who is no longer in the school's files is not written to any more. What a person
has confirmed in Rollbook (responsibility, lives with, may be written to) stays as they said.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Any

from registers.exchange.actions.bring import create, grouped, take_values, update
from registers.exchange.actions.pupils import Enrolments, pupils_of
from registers.exchange.layout.folder import ContactRow, Folder
from registers.models import Person, Pupil, Relationship, School

Identity = tuple[str, str, str]
DETAILS = ("email", "telephone", "language")
ADDRESS = {"Contact address", "Contact postcode"}
COLUMN_OF = {
    "kind": "Contact relationship",
    "priority": "Priority",
    "has_responsibility": "Parental responsibility",
    "lives_with": "Lives with",
    "may_be_written_to": "May be written to",
}
# What a person may have confirmed in Rollbook.
CONFIRMED = frozenset({"has_responsibility", "lives_with", "may_be_written_to"})

Pair = tuple[Relationship, ContactRow]


class ContactWriter:
    def __init__(self, school: School, folder: Folder, enrolments: Enrolments):
        self.school, self.folder = school, folder
        self.pupils = pupils_of(enrolments)
        people = Person.objects.filter(school=school).order_by("-pk")  # the first has the identity
        self.people = {_identity(person): person for person in people}
        rows = Relationship.objects.filter(pupil__school=school).select_related("person")
        self.there = grouped(rows.order_by("priority", "pk"), "pupil_id")
        self.of_person = grouped(chain.from_iterable(self.there.values()), "person_id")
        self.moves: dict[int, list[Pair]] = defaultdict(list)
        self.pairs: list[Pair] = []
        self.changed: dict[int, Relationship] = {}
        self.touched: dict[int, Person] = {}

    def write(self) -> Counter[str]:
        beside = {row.upn: [row.contact] for row in self.folder.pupils if row.contact}
        for upn, contacts in (beside | self.folder.contacts).items():
            self._match(self.pupils[upn], contacts, whole=upn in self.folder.contacts)
        self._move_people()
        new_people = self._meet_people()
        self._take_details()
        create(new_people)  # each comes with a contact, which is counted
        done = update(list(self.touched.values()), ["name", "address", "postcode", *DETAILS])
        return done + self._write_relationships()

    def _write_relationships(self) -> Counter[str]:
        for relationship, contact in self.pairs:
            relationship.person = self.people[contact.identity]
        new = [relationship for relationship, _ in self.pairs if relationship.pk is None]
        return create(new) + update(list(self.changed.values()), ["person", *COLUMN_OF])

    # --- which contact a row is about

    def _match(self, pupil: Pupil, contacts: Iterable[ContactRow], *, whole: bool) -> None:
        """`whole`: the file tells of all contacts of the pupil, not of one beside the pupil."""
        left = list(self.there[pupil.pk])
        known = [self._pair(pupil, contact, left, whole=whole) for contact in contacts]
        for old in left:
            if whole or (None in known and old.priority == 1):
                self._change(old, may_be_written_to=False, priority=max(old.priority, 2))

    def _pair(
        self, pupil: Pupil, contact: ContactRow, left: list[Relationship], *, whole: bool
    ) -> Relationship | None:
        """What is there of the contact, taken out of those that are left."""
        old = _old_of(contact, left)
        if old is None:
            self.pairs.append((Relationship(pupil=pupil, **_said(contact)), contact))
        else:
            left.remove(old)
            self._keep(old, contact, whole=whole)
        return old

    def _keep(self, old: Relationship, contact: ContactRow, *, whole: bool) -> None:
        self.pairs.append((old, contact))
        self._change(old, **_told(contact) if whole else {"kind": contact.kind})
        if _is_another(contact, old):
            self.moves[old.person_id].append((old, contact))

    def _change(self, row: Relationship, **wanted: Any) -> None:
        fixed: Collection[str] = CONFIRMED if row.confirmed_at else ()
        if take_values(row, {field: wanted[field] for field in wanted if field not in fixed}):
            self.changed[row.pk] = row

    # --- who they are

    def _move_people(self) -> None:
        """Who moved house with all their children is the same person; otherwise it is two homes."""
        for person_id, rows in self.moves.items():
            if self._is_move_of_all(person_id, rows):
                self._move(rows[0][0].person, rows[0][1])
            else:
                self.changed |= {row.pk: row for row, _ in rows}

    def _is_move_of_all(self, person_id: int, rows: Sequence[Pair]) -> bool:
        """Whether all children of a person moved with them, to a home that is nobody’s yet."""
        homes = {contact.identity for _, contact in rows}
        is_whole = len(rows) == len(self.of_person[person_id])
        return is_whole and len(homes) == 1 and homes.isdisjoint(self.people)

    def _move(self, person: Person, contact: ContactRow) -> None:
        person.address, person.postcode = contact.address, contact.postcode
        self.people[contact.identity] = person
        self.touched[person.pk] = person

    def _meet_people(self) -> list[Person]:
        new = []
        for _, contact in self.pairs:
            if contact.identity not in self.people:
                person = Person(
                    school=self.school,
                    name=contact.name,
                    address=contact.address,
                    postcode=contact.postcode,
                )
                self.people[contact.identity] = person
                new.append(person)
        return new

    def _take_details(self) -> None:
        """The last row that tells an e-mail, telephone or language; empty cells take none away."""
        details: dict[Identity, dict[str, str]] = defaultdict(dict)
        for _, contact in self.pairs:
            details[contact.identity] |= _details(contact)
        for identity, wanted in details.items():
            person = self.people[identity]
            if take_values(person, wanted) and person.pk:
                self.touched[person.pk] = person


def _old_of(contact: ContactRow, left: Iterable[Relationship]) -> Relationship | None:
    """The relationship that a row is about: of the same person, else of the same name."""
    name = contact.identity[0]
    named = [row for row in left if _identity(row.person)[0] == name]
    if named and contact.unsaid >= ADDRESS:
        person = named[0].person
        contact.address, contact.postcode = person.address, person.postcode
    return min(named, key=partial(_is_another, contact), default=None)


def _is_another(contact: ContactRow, row: Relationship) -> bool:
    return _identity(row.person) != contact.identity


def _identity(person: Person) -> Identity:
    return ContactRow(0, "", person.name, "", person.address, person.postcode, "", "").identity


def _details(contact: ContactRow) -> dict[str, str]:
    """Those of `DETAILS` that the row tells."""
    return {field: value for field in DETAILS if (value := getattr(contact, field))}


def _said(contact: ContactRow) -> dict[str, Any]:
    return {
        "kind": contact.kind,
        "priority": contact.priority,
        "has_responsibility": contact.responsibility,
        "lives_with": contact.lives_with,
        "may_be_written_to": contact.may_be_written_to,
    }


def _told(contact: ContactRow) -> dict[str, Any]:
    """Of a contact who is there already: only what the file has a column for.

    Letters follow responsibility: a file that does not speak of it opens and closes nothing, and
    one that takes it away ends the letters.
    """
    said = {
        field: value
        for field, value in _said(contact).items()
        if COLUMN_OF[field] not in contact.unsaid
    }
    if "has_responsibility" not in said:
        said.pop("may_be_written_to", None)
    elif not said["has_responsibility"]:
        said["may_be_written_to"] = False
    return said
