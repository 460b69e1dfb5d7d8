"""What is known of one pupil for a pack or a certificate, as plain values. No Django here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from absence.rules.academic_year import SchoolSession, SchoolYear
from absence.rules.pupil_marks import PupilMark
from absence.rules.pupil_year import PupilYear
from registers.rules.admission import Spell
from registers.rules.calendar import HalfTerm, SessionKey
from registers.rules.tally import NOTHING, Tally


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
class ContactLine:
    """A person of the pupil's; `telephone` is empty where it must not be printed."""

    name: str
    relation: str
    has_responsibility: bool
    lives_with: bool
    may_be_written_to: bool
    telephone: str
    is_confidential: bool
    has_court_order: bool

    @property
    def telephone_shown(self) -> str:
        return "Confidential" if self.is_confidential else self.telephone or "none known"


@dataclass(frozen=True, slots=True)
class SiblingLine:
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
class NextStepLine:
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
class PackYear:
    """The school and its calendar for one academic year, and to which day figures count."""

    school: str
    as_at: date
    year: SchoolYear
    # year group -> Monday -> (sessions missed by all its pupils, pupils)
    missed_by_year_group: Mapping[str, Mapping[date, tuple[int, int]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.year.name

    @property
    def starts_on(self) -> date:
        return self.year.starts_on

    @property
    def ends_on(self) -> date:
        return self.year.ends_on

    @property
    def sessions(self) -> Sequence[SchoolSession]:
        return self.year.sessions

    @property
    def terms(self) -> Sequence[HalfTerm]:
        return self.year.terms

    @property
    def closed_days(self) -> Mapping[date, str]:
        return self.year.closed_days


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
    contacts: Sequence[ContactLine] = ()
    siblings: Sequence[SiblingLine] = ()
    steps: Sequence[Step] = ()
    next_steps: Sequence[NextStepLine] = ()
    letters: Sequence[LetterLine] = ()
    last_year: Tally = NOTHING
    spells: Sequence[tuple[date, date | None]] = ()
    withheld: int = 0  # actions that are left out because they are sensitive

    @property
    def on_roll(self) -> list[Spell]:
        """The times on the roll that the file is of."""
        spells = self.spells or [(self.starts_on, self.leaves_on)]
        return [Spell(starts_on, leaves_on) for starts_on, leaves_on in spells]

    def figures_in(self, year: PackYear) -> PupilYear:
        """What the marks of the file add up to."""
        marks = [PupilMark(on, half, symbol) for (on, half), symbol in sorted(self.marks.items())]
        return PupilYear(year.year, year.as_at, self.on_roll, marks)

    @property
    def name(self) -> str:
        return f"{self.forename} {self.surname}".strip()


@dataclass(frozen=True, slots=True)
class CertificateFile:
    """What a certificate of attendance is made from; `year` holds the sessions of its period."""

    pupil: PupilFile
    year: PackYear
    urn: str
    school_address: str
    headteacher: str
    register_times: Sequence[str]  # of the days of the period, in words
    brought_in: Collection[SessionKey] = ()  # marks that came with the school's files
    on_leave: Collection[SessionKey] = ()  # sessions for which leave of absence was granted
