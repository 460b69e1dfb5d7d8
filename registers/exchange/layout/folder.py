"""What a folder says once it is checked: plain values, nothing of the database."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from registers.exchange.layout.staged import StagedSpell
from registers.exchange.problems.places import FilePlace
from registers.rules.allowed_codes import PupilFacts
from registers.rules.codes import Half
from registers.rules.pupils.upn import normalise
from registers.rules.pupils.who_is_who import NamedChild

SessionKey = tuple[date, Half]
PRIOR_COUNTS = (
    "possible",
    "attended",
    "authorised",
    "unauthorised",
)  # sessions of a year elsewhere


@dataclass(slots=True)
class ContactRow:
    line: int
    upn: str
    name: str
    kind: str
    address: str
    postcode: str
    email: str
    telephone: str
    responsibility: bool = False
    lives_with: bool = False
    may_be_written_to: bool = False  # never without responsibility: that takes a named person
    priority: int = 1
    language: str | None = None  # None: this file does not say
    unsaid: frozenset[str] = frozenset()  # columns that the file does not have

    @property
    def identity(self) -> tuple[str, str, str]:
        """Siblings share a contact whose name, address and postcode are the same."""
        return _plain(self.name), _plain(self.address), _plain(self.postcode.replace(" ", ""))

    @property
    def details(self) -> str:
        """How the contact can be reached, if in any way."""
        return self.address or self.email or self.telephone


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


FIELD_OF_COLUMN = {  # those that a second row of the same pupil may add
    "Surname": "surname",
    "Forename": "forename",
    "Date of birth": "born_on",
    "Date of leaving": "leaves_on",
    "Sex": "sex",
    "Year group": "year_group",
    "Registration group": "registration_group",
    "Preferred forename": "preferred_name",
    "Medical alert": "medical_alert",
    "Admission number": "admission_number",
}
UNSAID_DAY = date.min


@dataclass(slots=True)
class PupilRow:
    """A row of pupils.csv: one enrolment."""

    line: int
    upn: str
    surname: str
    forename: str
    born_on: date | None
    sex: str
    year_group: str
    registration_group: str
    starts_on: date  # UNSAID_DAY where the file does not say, until the register does
    leaves_on: date | None
    characteristics: dict[str, str]
    contact: ContactRow | None
    preferred_name: str | None = None  # None: the file does not say
    medical_alert: str | None = None
    admission_number: str | None = None
    former_upn: str = ""
    unsaid: frozenset[str] = frozenset()  # columns that the file does not have
    corrects: date | None = None  # the date of entry in Rollbook that this row puts right

    @property
    def child(self) -> NamedChild:
        return NamedChild(
            self.upn, self.surname, self.forename, self.born_on, self.admission_number or ""
        )

    @property
    def facts(self) -> PupilFacts:
        return PupilFacts(self.born_on, self.starts_on, self.leaves_on)

    @property
    def stands_for(self) -> date:
        """The date of entry under which Rollbook has this time on the roll, if it has it."""
        return self.corrects or self.starts_on

    def says(self, column: str) -> bool:
        return column not in self.unsaid

    def value_of(self, column: str) -> object:
        if column in self.characteristics:
            return self.characteristics[column]
        return getattr(self, FIELD_OF_COLUMN[column])

    def set_value(self, column: str, value: Any) -> None:
        if column in self.characteristics:
            self.characteristics[column] = value
        else:
            setattr(self, FIELD_OF_COLUMN[column], value)

    def call(self, upn: str) -> None:
        """The row is about the pupil with this UPN, whatever number it has itself."""
        self.upn = upn
        if self.contact is not None:
            self.contact.upn = upn


@dataclass(frozen=True, slots=True)
class PriorRow:
    """A row of prior_attendance.csv: sessions of one year at another school."""

    line: int
    upn: str
    academic_year: str
    laestab: str
    school_name: str
    possible: int
    attended: int
    authorised: int
    unauthorised: int
    source: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.upn, self.academic_year, self.laestab, self.school_name

    @property
    def counted(self) -> int:
        return self.attended + self.authorised + self.unauthorised


@dataclass(frozen=True, slots=True)
class Renumbered:
    """A pupil who has another UPN from now on, and the line of pupils.csv that says so."""

    before: str
    upn: str
    line: int


@dataclass(slots=True)
class Dated:
    """A row of characteristics.csv or groups.csv: `what` is the value or the group's name."""

    line: int
    upn: str
    kind: str
    what: str
    from_on: date
    until_on: date | None

    @property
    def last_day(self) -> date:
        return self.until_on or date.max


@dataclass(slots=True)
class TermRow:
    year: str
    name: str
    starts_on: date
    ends_on: date


@dataclass(slots=True)
class StaffRow:
    line: int
    username: str
    name: str
    position: str
    role: str
    group: str
    email: str


def spans(sessions: dict[SessionKey, str]) -> dict[str, tuple[date, date]]:
    """The first and last day of each academic year, in order."""
    days: dict[str, set[date]] = defaultdict(set)
    for (day, _), year in sessions.items():
        days[year].add(day)
    return {year: (min(of), max(of)) for year, of in sorted(days.items(), key=_first_and_last)}


def _first_and_last(year_and_days: tuple[str, set[date]]) -> tuple[date, date]:
    _, days = year_and_days
    return min(days), max(days)


@dataclass
class Folder:
    """Everything that was read and found good."""

    path: Path
    school: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)  # name: digest
    sessions: dict[SessionKey, str] = field(default_factory=dict)  # to its academic year
    taken_out: set[SessionKey] = field(default_factory=set)  # known, no longer in calendar.csv
    years: dict[str, tuple[date, date]] = field(default_factory=dict)  # those of Rollbook too
    waiting: dict[str, int] = field(default_factory=dict)  # UPNs with a wrong row in pupils.csv
    terms: list[TermRow] = field(default_factory=list)
    pupils: list[PupilRow] = field(default_factory=list)
    contacts: dict[str, list[ContactRow]] = field(default_factory=dict)
    characteristics: dict[tuple[str, str], list[Dated]] = field(default_factory=dict)
    groups: dict[tuple[str, str], list[Dated]] = field(default_factory=dict)
    staff: list[StaffRow] = field(default_factory=list)
    spells: dict[str, list[StagedSpell]] = field(
        default_factory=dict
    )  # by UPN; they hold the marks
    prior: list[PriorRow] = field(default_factory=list)
    where: Callable[[FilePlace], str] = str  # with the person's own file and line
    default_entry: date | None = None  # of new pupils, where the file does not say
    gone: list[str] = field(default_factory=list)  # UPNs on roll that a file of pupils lacks
    renumbered: list[Renumbered] = field(default_factory=list)
    also_had: list[Renumbered] = field(default_factory=list)  # as a former UPN; theirs stands
    also_known_as: dict[str, str] = field(default_factory=dict)  # other numbers: the UPN of today

    def upn_of(self, text: str) -> str:
        """The UPN under which the pupil of a cell stands in Rollbook, however the file knows them:
        by that UPN, by a former one or by the admission number.
        """
        number = normalise(text)
        return self.also_known_as.get(number, number)

    def all_spells(self) -> Iterator[StagedSpell]:
        return chain.from_iterable(self.spells.values())

    def groups_of(self, kind: str) -> Iterator[Dated]:
        return chain.from_iterable(dated for (_, of), dated in self.groups.items() if of == kind)

    @property
    def numbers_now(self) -> dict[str, str]:
        """The UPN of today by the one before, of pupils whom the files give another."""
        return {change.before: change.upn for change in self.renumbered}
