"""A row of the figures: one enrolment or one pupil in one academic year."""

from dataclasses import dataclass
from datetime import date

from absence.figures.elsewhere import Elsewhere
from absence.rules.bands import Band
from absence.rules.measures import absences_left
from registers.rules.admission import is_on_roll
from registers.rules.pupils.namesakes import Namesake, namesake_of
from registers.rules.tally import NOTHING, PERSISTENT, Tally


@dataclass(frozen=True, slots=True)
class SpellOnRoll:
    """A time on the roll of which a row counts the sessions."""

    enrolment_id: int
    starts_on: date
    leaves_on: date | None


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """The absence of one enrolment, or of one pupil, in one academic year up to a date.

    `spells` are the times on the roll that it counts, the latest last: of a pupil all of the year,
    and `enrolment_id`, the dates and the groups are those of the latest. What follows `band` is
    filled by `figures.absence_of`: `earlier` is the tally up to the day that the movement is
    measured from, `last_year` that of the pupil's whole last year at the school, `elsewhere` that
    at other schools (never added to ours), `to_come` the sessions that are still due this year.
    """

    enrolment_id: int
    pupil_id: int
    upn: str
    surname: str
    forename: str
    starts_on: date
    leaves_on: date | None
    year_group: str
    registration_group: str
    tally: Tally
    band: Band | None
    earlier: Tally = NOTHING
    earlier_band: Band | None = None
    last_year: Tally = NOTHING
    elsewhere: tuple[Elsewhere, ...] = ()
    characteristics: tuple[str, ...] = ()
    in_band_since: date | None = None
    to_come: int = 0
    preferred_name: str = ""
    born_on: date | None = None
    sex: str = ""
    spells: tuple[SpellOnRoll, ...] = ()

    @property
    def namesake(self) -> Namesake:
        return namesake_of(self, group=self.registration_group, year_group=self.year_group)

    def is_on_roll(self, on: date) -> bool:
        return any(is_on_roll(spell, on) for spell in self.spells)

    @property
    def enrolments(self) -> list[int]:
        return [spell.enrolment_id for spell in self.spells]

    @property
    def to_spare(self) -> int | None:
        """Sessions that can still be missed and the year end under a tenth; below nothing: so many
        too far. None without a session, missed, attended or to come."""
        by_year_end = self.tally.possible + self.to_come
        if not by_year_end:
            return None
        return absences_left(PERSISTENT, now=self.tally, possible_by_year_end=by_year_end)
