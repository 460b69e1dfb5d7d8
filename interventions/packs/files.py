"""What is known of one pupil for a pack or a certificate, as plain values. No Django here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from absence.rules.measures import Tally
from interventions.figures.year_grid import SchoolSession
from registers.rules.calendar import HalfTerm, SessionKey


@dataclass(frozen=True, slots=True)
class Changed:
    """One amendment of one mark; an empty `before` is a late entry."""

    date: date
    half: int
    before: str
    after: str
    reason: str
    at: datetime  # in London's time
    by: str
    position: str
    minutes_before: int | None = None
    minutes_after: int | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person of the pupil's; `telephone` is empty where it must not be printed."""

    name: str
    relation: str
    has_responsibility: bool
    lives_with: bool
    may_be_written_to: bool
    telephone: str
    is_confidential: bool
    has_court_order: bool


@dataclass(frozen=True, slots=True)
class Sibling:
    name: str
    group: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done: an action, a call, a letter, a panel.

    `rank` puts those of one day in order; `marks_the_trend` is what the chart numbers.
    """

    on: date
    what: str
    who: str = ""
    outcome: str = ""
    kind: str = ""
    marks_the_trend: bool = True


@dataclass(frozen=True, slots=True)
class NextStep:
    what: str
    due_on: date
    owner: str


@dataclass(frozen=True, slots=True)
class LetterLine:
    dated: date
    what: str
    to: str
    state: str
    reference: str


@dataclass(frozen=True, slots=True)
class PupilFile:
    """One pupil in one academic year, up to the last day that counts.

    `enrolment_id` and the two dates are those of the time on the roll that was asked for; `spells`
    are all of them, where the file is of the pupil and not of that one alone.
    """

    enrolment_id: int
    forename: str
    surname: str
    upn: str
    born_on: date | None
    sex: str
    year_group: str
    group: str
    tutors: str
    starts_on: date
    leaves_on: date | None
    marks: Mapping[SessionKey, str]
    amendments: Sequence[Changed] = ()
    address: str = ""
    characteristics: Sequence[str] = ()
    contacts: Sequence[Contact] = ()
    siblings: Sequence[Sibling] = ()
    steps: Sequence[Step] = ()
    next_steps: Sequence[NextStep] = ()
    letters: Sequence[LetterLine] = ()
    last_year: Tally | None = None
    spells: Sequence[tuple[date, date | None]] = ()
    withheld: int = 0  # actions that are left out because they are sensitive

    def is_on_roll(self, on: date) -> bool:
        return any(
            starts_on <= on and (leaves_on is None or on <= leaves_on)
            for starts_on, leaves_on in self.spells or [(self.starts_on, self.leaves_on)]
        )

    @property
    def name(self) -> str:
        return f"{self.forename} {self.surname}".strip()


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """The school and its calendar for one academic year, and to which day figures count."""

    school: str
    name: str
    starts_on: date
    ends_on: date
    as_at: date
    sessions: Sequence[SchoolSession]
    terms: Sequence[HalfTerm] = ()
    closed_days: Mapping[date, str] = field(default_factory=dict)
    # year group -> Monday -> (sessions missed by all its pupils, pupils)
    missed_by_year_group: Mapping[str, Mapping[date, tuple[int, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CertificateFile:
    """What a certificate of attendance is made from; `year` holds the sessions of its period."""

    pupil: PupilFile
    year: SchoolYear
    urn: str
    school_address: str
    headteacher: str
    register_times: Sequence[str]  # of the days of the period, in words
    brought_in: Collection[SessionKey] = ()  # marks that came with the school's files
    on_leave: Collection[SessionKey] = ()  # sessions for which leave of absence was granted
