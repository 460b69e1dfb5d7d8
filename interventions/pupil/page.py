"""What the pupil page shows, as it was read. What the person may not see is empty."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from django.utils.html import format_html
from django.utils.safestring import SafeString

from absence.figures.calendar import SchoolCalendar
from absence.figures.elsewhere import Elsewhere
from absence.rules.academic_year import SchoolYear
from absence.rules.effects import Effect
from absence.rules.pupil_year import PupilYear
from absence.rules.year_grid import GridTerm
from interventions.models import Intervention, Letter
from interventions.pupil.contacts import ContactShown
from registers.models import Enrolment, PlannedAbsence
from registers.rules.admission import is_on_roll_between
from registers.rules.allowed_codes import short_day


@dataclass(frozen=True, slots=True)
class SiblingOnRoll:
    """Another pupil on the roll for whom the same person has responsibility."""

    pupil_id: int
    name: str
    group: str

    @property
    def name_and_group(self) -> SafeString:
        in_group = f", {self.group}" if self.group else ""
        return format_html("<bdi>{}</bdi>{}", self.name, in_group)


@dataclass(frozen=True, slots=True)
class DatedFact:
    """Something that is true of the pupil from a day; what each part means depends on `what`."""

    what: str
    on: date
    until: date | None
    kind: str
    value: str
    words: str
    missed: int
    possible: int


@dataclass(frozen=True, slots=True)
class LoggedAction:
    """One action of the log: its number on the chart, its effect, and whether it may be read."""

    intervention: Intervention
    is_readable: bool
    documents: list[tuple[int, str]]
    number: int | None = None
    effect: Effect | None = None

    @property
    def title(self) -> str:
        return self.intervention.title

    @property
    def done_on(self) -> date:
        return self.intervention.done_on

    @property
    def is_open(self) -> bool:
        """Whether its next step is still to be done."""
        return self.intervention.has_open_step


@dataclass
class PupilPage:
    """Everything on the page; what the person may not see is empty."""

    enrolment: Enrolment
    enrolments: Sequence[Enrolment]
    calendar: SchoolCalendar
    today: date
    contacts: list[ContactShown] = field(default_factory=list)
    siblings: list[SiblingOnRoll] = field(default_factory=list)
    characteristics: list[DatedFact] = field(default_factory=list)
    standings: list[DatedFact] = field(default_factory=list)
    follow_ups: list[DatedFact] = field(default_factory=list)
    plans: list[PlannedAbsence] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    log: list[LoggedAction] = field(default_factory=list)
    next_steps: list[LoggedAction] = field(default_factory=list)
    elsewhere: int = 0  # entries of the log that belong to other academic years
    year: SchoolYear | None = None  # with its sessions, once its figures were read
    figures: PupilYear | None = None
    years_elsewhere: Sequence[Elsewhere] = ()  # at other schools, the latest first
    terms: list[GridTerm] = field(default_factory=list)

    @property
    def pupil(self):
        return self.enrolment.pupil

    @property
    def is_this_year(self) -> bool:
        """Whether the year is the one that runs."""
        return self.year is not None and self.year == self.calendar.latest_by(self.today)

    @property
    def is_running(self) -> bool:
        """Whether its figures can still change: of this year, and the pupil has not left."""
        return self.is_this_year and not self.has_left

    @property
    def in_year(self) -> str:
        """` in 2025/26`; empty where the school has no calendar."""
        return f" in {self.year.name}" if self.year else ""

    @property
    def numbered(self) -> list[LoggedAction]:
        """The actions that have a number on the chart, from the first."""
        return [logged for logged in reversed(self.log) if logged.number]

    @property
    def year_before(self) -> SchoolYear | None:
        return self.calendar.before(self.year) if self.year else None

    @property
    def choices(self) -> list[tuple[SchoolYear, Enrolment]]:
        """Every academic year in which the pupil was on the roll, with its latest spell; the
        latest year first."""
        choices = []
        for year in reversed(self.calendar.begun_by(self.today)):
            if spells := self.spells_in(year):
                choices.append((year, spells[-1]))
        return choices

    def spells_in(self, year: SchoolYear) -> list[Enrolment]:
        """The times on the roll in a year, the earliest first."""
        in_year = [one for one in self.enrolments if overlaps(one, year)]
        return sorted(in_year, key=attrgetter("starts_on"))

    @property
    def spells(self) -> list[Enrolment]:
        """The times on the roll that the figures are of, the earliest first."""
        return (self.spells_in(self.year) if self.year else []) or [self.enrolment]

    @property
    def several_spells(self) -> str:
        """On the roll from 1 Sep 2026 to 9 Oct 2026 and since 2 Nov 2026; empty for one spell."""
        if len(self.spells) < 2:
            return ""
        *others, last = map(_spell_in_words, self.spells)
        return f"On the roll {', '.join(others)} and {last}: the figures are of all together"

    @property
    def has_left(self) -> bool:
        return bool(self.enrolment.leaves_on and self.enrolment.leaves_on < self.today)


def overlaps(enrolment: Enrolment, year: SchoolYear) -> bool:
    return is_on_roll_between(enrolment, year.starts_on, year.ends_on)


def _spell_in_words(spell: Enrolment) -> str:
    if spell.leaves_on:
        return f"from {short_day(spell.starts_on)} to {short_day(spell.leaves_on)}"
    return f"since {short_day(spell.starts_on)}"
