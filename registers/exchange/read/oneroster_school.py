"""What a OneRoster holds of one school → tables in the layout's headings."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, starmap
from operator import attrgetter
from typing import NamedTuple

from registers.exchange.read.oneroster_files import Record
from registers.exchange.read.oneroster_roster import Roster
from registers.exchange.read.tables import Cells, NumberedCells, SourceTable, table_of_cells
from registers.rules.grouping import grouped_by
from registers.rules.pupils.upn import normalise, why_not_upn
from registers.rules.pupils.year_groups import normalise as year_group_of

AGENTS = ("parent", "guardian", "relative")
BROUGHT_IN = {"student", "teacher", *AGENTS}  # roles
GRADES = {"KG": "R", "PK": "N2"}  # other codes are years, or say nothing that a register knows
SEXES = {"female": "F", "male": "M"}
NOT_SAID = (
    "OneRoster does not say who has parental responsibility: say so on each contact’s page before "
    "letters are written"
)


class ClassPlace(NamedTuple):
    """Somebody's place in a class."""

    taught: Record
    enrolment: Record

    @property
    def user(self) -> str:
        return self.enrolment["usersourcedid"]

    @property
    def is_registration(self) -> bool:
        return self.taught["classtype"].lower() == "homeroom"


class SchoolRoster:
    """The users, places and terms of one school, or of all where `school` is None."""

    def __init__(self, roster: Roster, school: str | None):
        self.roster, self.school = roster, school
        self.roles = {pk: set(self._roles(pk)) for pk in roster.users}
        self.places = self._places()

    def _is_here(self, org: str) -> bool:
        return self.school is None or org in ("", self.school)

    def _roles(self, pk: str) -> Iterator[str]:
        return (role.name for role in self.roster.roles[pk] if self._is_here(role.org))

    def _places(self) -> dict[str, list[ClassPlace]]:
        """Of each user, the classes of the school with the enrolment in each."""
        classes = self.roster.classes
        places = (
            ClassPlace(classes[enrolment["classsourcedid"]], enrolment)
            for enrolment in self.roster.enrolments
            if enrolment["classsourcedid"] in classes
            and self._is_here(enrolment["schoolsourcedid"])
        )
        return grouped_by(places, attrgetter("user"))

    def tables(self) -> list[SourceTable]:
        """Those that have rows."""
        parts: tuple[tuple[str, str, Iterator[NumberedCells], list[str]], ...] = (
            ("pupils.csv", "users.csv", self._pupils(), self._notes()),
            ("contacts.csv", "users.csv (agents)", self._contacts(), [NOT_SAID]),
            ("groups.csv", "enrollments.csv", self._groups(), []),
            ("staff.csv", "users.csv (teachers)", self._staff(), []),
            ("terms.csv", "academicSessions.csv", self._terms(), []),
        )
        tables = []
        for kind, file, cells, notes in parts:
            if rows := list(cells):
                tables.append(table_of_cells(f"{self.roster.name}, {file}", kind, rows))
                tables[-1].notes += notes
        return tables

    # --- pupils

    def _students(self) -> Iterator[tuple[str, Record]]:
        return ((pk, user) for pk, user in self.roster.users.items() if "student" in self.roles[pk])

    def _pupils(self) -> Iterator[NumberedCells]:
        for pk, user in self._students():
            upn, number = numbers_of(user)
            demographics = self.roster.demographics.get(pk, Record())
            yield (
                user.line,
                {
                    "UPN": upn,
                    "Surname": user["familyname"],
                    "Forename": user["givenname"],
                    "Date of birth": demographics.day("birthdate"),
                    "Sex": SEXES.get(demographics["sex"].lower(), ""),
                    "Year group": _year_group(user),
                    "Registration group": self._registration_groups(pk)[0],
                    "Preferred forename": user["preferredgivenname"],
                    "Admission number": number,
                },
            )

    def _registration_groups(self, pk: str) -> list[str]:
        """The names of a user's; an empty one where there is none."""
        places = self.places[pk]
        return [place.taught["title"] for place in places if place.is_registration] or [""]

    def _groups(self) -> Iterator[NumberedCells]:
        for pk, user in self._students():
            for place in self.places[pk]:
                if not place.is_registration:
                    yield place.enrolment.line, self._group(user, place)

    def _group(self, user: Record, place: ClassPlace) -> Cells:
        starts = map(self._first_day_of_term, place.taught.listed("termsourcedids"))
        return {
            "UPN": _key(user),
            "Group": place.taught["title"],
            "Kind": "teaching",
            "From": place.enrolment.day("begindate") or min(filter(None, starts), default=""),
            "Until": place.enrolment.day("enddate"),
        }

    def _first_day_of_term(self, pk: str) -> str:
        return self.roster.sessions.get(pk, Record()).day("startdate")

    def _contacts(self) -> Iterator[NumberedCells]:
        for _, user in self._students():
            for agent in user.listed("agentsourcedids"):
                person = self.roster.users.get(agent)
                if person is not None and (relationship := self._relationship(agent)):
                    yield user.line, _contact(user, person, relationship)

    def _relationship(self, agent: str) -> str:
        """What a contact is to the pupil; empty where the roster says no such thing."""
        names = (role.name for role in self.roster.roles[agent])
        return next(filter(AGENTS.__contains__, names), "")

    # --- colleagues and terms

    def _staff(self) -> Iterator[NumberedCells]:
        """Who teaches and is no pupil."""
        for pk, user in self.roster.users.items():
            if self.roles[pk] & {"teacher", "student"} == {"teacher"}:
                for group in self._registration_groups(pk):
                    yield user.line, _teacher(user, group)

    def _terms(self) -> Iterator[NumberedCells]:
        for session in self.roster.sessions.values():
            ends = session["schoolyear"]
            if session["type"].lower() == "term" and ends.isdecimal() and len(ends) == 4:
                yield (
                    session.line,
                    {
                        "Academic year": f"{int(ends) - 1}/{ends[2:]}",
                        "Term": session["title"],
                        "From": session.day("startdate"),
                        "Until": session.day("enddate"),
                    },
                )

    # --- what is left out

    def _notes(self) -> list[str]:
        notes = list(starmap(_left_out, sorted(self.roster.gone.items())))
        others = Counter(chain.from_iterable(roles - BROUGHT_IN for roles in self.roles.values()))
        if others:
            counts = ", ".join(f"{number:,} × {role}" for role, number in sorted(others.items()))
            notes.append(f"not brought in, invite them by hand: {counts}")
        return notes


def _left_out(file: str, number: int) -> str:
    rows = "1 row that is" if number == 1 else f"{number:,} rows that are"
    return f"{file}: {rows} to be deleted or inactive left out"


def _is_upn(text: str) -> bool:
    return bool(text) and why_not_upn(text) is None


def numbers_of(user: Record) -> tuple[str, str]:
    """The UPN, from the identifier or the ids of other systems, and any other number."""
    identifier = user["identifier"]
    others = (text.strip("{} ").rpartition(":")[2] for text in user.listed("userids"))
    upn = next(filter(_is_upn, (identifier, *others)), "")
    number = "" if _is_upn(identifier) else identifier
    return normalise(upn), number[:20]


def _key(user: Record) -> str:
    """By which rows of other tables name a pupil."""
    return next(filter(None, numbers_of(user)), "")


def _year_group(user: Record) -> str:
    known = (year_group_of(GRADES.get(grade.upper(), grade)) for grade in user.listed("grades"))
    return next(filter(None, known), "")


def _contact(pupil: Record, person: Record, relationship: str) -> Cells:
    return {
        "UPN": _key(pupil),
        "Contact name": person.full_name,
        "Contact relationship": relationship,
        "Contact email": person["email"],
        "Contact telephone": person["phone"] or person["sms"],
    }


def _teacher(user: Record, group: str) -> Cells:
    return {
        "Username": user["username"] or user["email"],
        "Name": user.full_name,
        "Position": "Teacher",
        "Role": "teacher",
        "Registration group": group,
        "Email": user["email"],
    }
