"""Parents and other contacts. Siblings share one whose name, address and postcode are the same.

Nobody is deleted: who is no longer in the school's files is not written to any more. What a person
has confirmed in Rollbook (responsibility, lives with, may be written to) stays as they said.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from registers.exchange.actions.bring import create, update
from registers.exchange.actions.pupils import Enrolments
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


class ContactWriter:
    def __init__(self, school: School, folder: Folder, enrolments: Enrolments):
        self.school, self.folder = school, folder
        self.pupils = {upn: enrolment.pupil for (upn, _), enrolment in enrolments.items()}
        self.people: dict[Identity, Person] = {}
        for person in Person.objects.filter(school=school).order_by("-pk"):
            self.people[_identity(person)] = person
        self.there: dict[int, list[Relationship]] = defaultdict(list)
        self.children: Counter[int] = Counter()  # of each person
        rows = Relationship.objects.filter(pupil__school=school).select_related("person")
        for row in rows.order_by("priority", "pk"):
            self.there[row.pupil_id].append(row)
            self.children[row.person_id] += 1
        self.moves: dict[int, list[tuple[Relationship, ContactRow]]] = defaultdict(list)
        self.pairs: list[tuple[Relationship, ContactRow]] = []
        self.changed: dict[int, Relationship] = {}
        self.touched: dict[int, Person] = {}

    def write(self) -> Counter:
        rows = {row.upn: [row.contact] for row in self.folder.pupils if row.contact}
        for upn, contacts in (rows | self.folder.contacts).items():
            self._match(self.pupils[upn], contacts, whole=upn in self.folder.contacts)
        self._move_people()
        new_people = self._meet_people()
        self._take_details()
        create(new_people)  # each comes with a contact, which is counted
        done = update(list(self.touched.values()), ["name", "address", "postcode", *DETAILS])
        for relationship, contact in self.pairs:
            relationship.person = self.people[contact.identity]
        new = [relationship for relationship, _ in self.pairs if relationship.pk is None]
        fields = [
            "person",
            "kind",
            "priority",
            "has_responsibility",
            "lives_with",
            "may_be_written_to",
        ]
        return done + create(new) + update(list(self.changed.values()), fields)

    def _match(self, pupil: Pupil, contacts: list[ContactRow], *, whole: bool) -> None:
        """`whole`: the file tells of all contacts of the pupil, not of one beside the pupil."""
        left, replaced = list(self.there[pupil.pk]), False
        for contact in contacts:
            old = self._old_of(contact, left)
            if old is None:
                self.pairs.append((Relationship(pupil=pupil, **_said(contact)), contact))
                replaced = not whole
                continue
            left.remove(old)
            self.pairs.append((old, contact))
            self._change(old, **_told(contact) if whole else {"kind": contact.kind})
            if _identity(old.person) != contact.identity:
                self.moves[old.person_id].append((old, contact))
        for old in left:
            if whole or (replaced and old.priority == 1):
                self._change(old, may_be_written_to=False, priority=max(old.priority, 2))

    def _old_of(self, contact: ContactRow, left: Iterable[Relationship]) -> Relationship | None:
        """The relationship that a row is about: of the same person, else of the same name."""
        name = contact.identity[0]
        named = [row for row in left if _identity(row.person)[0] == name]
        if named and contact.unsaid >= ADDRESS:
            person = named[0].person
            contact.address, contact.postcode = person.address, person.postcode
        same = [row for row in named if _identity(row.person) == contact.identity]
        return next(iter(same or named), None)

    def _change(self, row: Relationship, **wanted: Any) -> None:
        confirmed = {"has_responsibility", "lives_with", "may_be_written_to"}
        for field, value in wanted.items():
            if getattr(row, field) == value or (row.confirmed_at and field in confirmed):
                continue
            setattr(row, field, value)
            self.changed[row.pk] = row

    def _move_people(self) -> None:
        """Who moved house with all their children is the same person; otherwise it is two homes."""
        for person_id, rows in self.moves.items():
            homes = {contact.identity for _, contact in rows}
            (person, contact) = (rows[0][0].person, rows[0][1])
            together = len(homes) == 1 and len(rows) == self.children[person_id]
            if together and contact.identity not in self.people:
                person.address, person.postcode = contact.address, contact.postcode
                self.people[contact.identity] = person
                self.touched[person_id] = person
            else:
                self.changed |= {row.pk: row for row, _ in rows}

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
        said: dict[Identity, dict[str, str]] = defaultdict(dict)
        for _, contact in self.pairs:
            for field in DETAILS:
                if value := getattr(contact, field):
                    said[contact.identity][field] = value
        for identity, details in said.items():
            person = self.people[identity]
            if any(getattr(person, field) != value for field, value in details.items()):
                for field, value in details.items():
                    setattr(person, field, value)
                if person.pk:
                    self.touched[person.pk] = person


def _identity(person: Person) -> Identity:
    return ContactRow(0, "", person.name, "", person.address, person.postcode, "", "").identity


def _said(contact: ContactRow) -> dict:
    return {
        "kind": contact.kind,
        "priority": contact.priority,
        "has_responsibility": contact.responsibility,
        "lives_with": contact.lives_with,
        "may_be_written_to": contact.may_be_written_to,
    }


def _told(contact: ContactRow) -> dict:
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
