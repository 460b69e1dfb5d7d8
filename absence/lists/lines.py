"""A pupil on the page of the list: the row with what is said beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from absence.charts import svg
from absence.figures.rows import AbsenceRow
from absence.figures.weeks import weeks_of, weeks_together
from absence.lists import listing, wording
from absence.lists.asked import AskedList
from absence.rules import windows
from absence.rules.measures import attended_until_under
from absence.rules.wording import titles
from registers.models import School
from registers.rules.tally import NOTHING, PERSISTENT, Tally
from registers.rules.wording import many

WEEKS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class InBand:
    """The band and how the pupil came into it; blank where there is none."""

    title: str = ""
    shape: int = 0  # how full its square is
    movement: str = ""


@dataclass(frozen=True, slots=True)
class PupilLine:
    row: AbsenceRow
    url: str
    notes: str
    last_year: str
    to_spare: str
    spark: SafeString
    in_band: InBand


class PupilAddresses:
    """The addresses of pupils' pages, put together once for a school."""

    def __init__(self, school: School):
        self.urn = school.urn

    def of(self, row: AbsenceRow) -> str:
        return reverse("interventions:pupil", kwargs={"urn": self.urn, "pupil_id": row.pupil_id})


def lines_of(asked: AskedList, rows: Sequence[AbsenceRow], urls: PupilAddresses) -> list[PupilLine]:
    """One statement, for the weeks of these pupils."""
    years = list(filter(None, (asked.calendar.before, asked.calendar.year)))
    mondays = windows.latest_weeks(years, asked.as_at, WEEKS_SHOWN)
    weeks = weeks_of([pk for row in rows for pk in row.enrolments], mondays)
    said, shapes = titles(asked.bands), listing.shapes(asked.bands)
    return [
        PupilLine(
            row=row,
            url=urls.of(row),
            notes=wording.notes(row, _left_on(row, asked.as_at)),
            last_year=wording.last_year(row),
            to_spare=_to_spare(asked, row),
            spark=_spark(mondays, weeks_together(weeks, row.enrolments)),
            in_band=_in_band(row, said, shapes),
        )
        for row in rows
    ]


def _left_on(row: AbsenceRow, as_at: date) -> date | None:
    return row.leaves_on if row.leaves_on and row.leaves_on <= as_at else None


def _to_spare(asked: AskedList, row: AbsenceRow) -> str:
    if not row.tally.possible:
        return ""
    if _left_on(row, asked.as_at):
        return wording.HAS_LEFT
    after = attended_until_under(PERSISTENT, row.tally)
    return wording.to_spare(row.to_spare, after, _back_on(asked, row, after))


def _back_on(asked: AskedList, row: AbsenceRow, after: int) -> date | None:
    """The day on which a pupil who misses nothing more is back under the line; None where that is
    not in this year or not before they leave."""
    on = asked.calendar.year.session_day(after, asked.as_at) if after else None
    return on if on and row.is_on_roll(on) else None


def _spark(mondays: Sequence[date], weeks: Mapping[date, Tally]) -> SafeString:
    tallies = [weeks.get(monday, NOTHING) for monday in mondays]
    if not any(tally.possible for tally in tallies):
        return mark_safe("")
    counts = ", ".join(map(wording.missed_in_week, tallies))
    title = f"Missed in the last {many(len(tallies), 'complete week')}: {counts}"
    missed = [(tally.absent, tally.possible) if tally.possible else None for tally in tallies]
    return mark_safe(svg.spark(missed, title=title))  # noqa: S308 (escaped where it is drawn)


def _in_band(row: AbsenceRow, said: Mapping[str, str], shapes: Mapping[str, int]) -> InBand:
    if row.band is None:
        return InBand()
    was = said[row.earlier_band.name] if row.earlier_band else ""
    return InBand(
        title=said[row.band.name],
        shape=shapes[row.band.name],
        movement=wording.movement(listing.move_of(row), was, row.in_band_since),
    )
