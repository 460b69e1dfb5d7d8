"""A year at another school, as its transfer file tells it: beside our figures, never in them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from registers.models import PriorAttendance
from registers.rules.tally import Tally

FIRST_MONTH = 8  # of an academic year


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What one other school says of a pupil's year there, in sessions, and where it stands."""

    academic_year: str
    school_name: str
    tally: Tally
    possible: int  # as the file says it; sessions without a mark are in no other count
    source: str

    @property
    def standing(self) -> str:
        """In words, where a tenth or more was missed there."""
        if self.tally.severely_absent:
            return "severely absent"
        return "persistently absent" if self.tally.persistently_absent else ""

    @property
    def school(self) -> str:
        return self.school_name or "another school"


def year_before(starts_on: date) -> str:
    """2024/25 for a year that starts in August or September of 2025, whether or not this school
    has a calendar of it.
    """
    starts = starts_on.year - (1 if starts_on.month >= FIRST_MONTH else 2)
    return f"{starts}/{(starts + 1) % 100:02d}"


def elsewhere_in(school_id: int, academic_year: str) -> dict[int, tuple[Elsewhere, ...]]:
    """By pupil, in one statement: that year at other schools."""
    rows = PriorAttendance.objects.filter(
        pupil__school=school_id, academic_year=academic_year, possible__gt=0
    )
    return _by_pupil(rows)


def elsewhere_of(pupils: Collection[int]) -> dict[int, tuple[Elsewhere, ...]]:
    """By pupil, the latest year first: all that is known of other schools."""
    return _by_pupil(PriorAttendance.objects.filter(pupil__in=pupils, possible__gt=0))


def _by_pupil(rows: Iterable[PriorAttendance]) -> dict[int, tuple[Elsewhere, ...]]:
    found: dict[int, list[Elsewhere]] = defaultdict(list)
    for row in rows:
        tally = Tally(row.attended, row.authorised, row.unauthorised)
        found[row.pupil_id].append(
            Elsewhere(row.academic_year, row.school_name, tally, row.possible, row.source)
        )
    return {pupil: tuple(years) for pupil, years in found.items()}
