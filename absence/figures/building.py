"""The rows of the figures, put together from who was on the roll and from the tallies."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from absence.figures.elsewhere import Elsewhere
from absence.figures.roll import Facts
from absence.figures.rows import AbsenceRow, SpellOnRoll
from absence.rules.academic_year import SchoolYear
from absence.rules.bands import Band, band_of
from registers.rules.calendar import DAY
from registers.rules.pupils.names import sort_key
from registers.rules.tally import NOTHING, Tally


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the pages show of each pupil beside this year's tally."""

    earlier: Mapping[int, Tally]
    last_year: Mapping[int, Tally]
    elsewhere: Mapping[int, tuple[Elsewhere, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowSources:
    """A year up to a day. Without `made`, the sessions that have a mark by enrolment, nothing is
    said of those that are not marked; without `page`, what only pages show is left out."""

    year: SchoolYear
    as_at: date
    spells: Collection[dict]
    facts: Facts
    bands: tuple[Band, ...]
    tallies: Mapping[int, Tally]
    made: Mapping[int, int] | None = None
    page: PageFacts | None = None

    def rows(self) -> list[AbsenceRow]:
        """A row for each enrolment that had a session due, by name."""
        to_come = self._to_come()
        rows = (self._row(spell, to_come[spell["pupil_id"]]) for spell in self.spells)
        return sorted(filter(None, rows), key=_by_name)

    def _to_come(self) -> dict[int, int]:
        """By pupil, the sessions of the year after the day, of all times on the roll."""
        to_come: dict[int, int] = defaultdict(int)
        for spell in self.spells:
            after = max(self.as_at, spell["starts_on"] - DAY)
            last = spell["leaves_on"] or date.max
            to_come[spell["pupil_id"]] += self.year.sessions_to_come(after, last)
        return to_come

    def _row(self, spell: dict, to_come: int) -> AbsenceRow | None:
        pk, leaves_on = spell["enrolment_id"], spell["leaves_on"]
        last_on = min(self.as_at, leaves_on or self.as_at)
        sessions = self.year.sessions_in(max(spell["starts_on"], self.year.starts_on), last_on)
        if not sessions:
            return None
        tally = self._tally(pk, sessions)
        band = band_of(tally, self.bands)
        return AbsenceRow(
            **spell,
            year_group=self.facts.year_group_in(pk, self.year.starts_on),
            registration_group=self.facts.group_on(pk, last_on),
            tally=tally,
            band=band,
            spells=(SpellOnRoll(pk, spell["starts_on"], leaves_on),),
            to_come=to_come,
            **self._on_the_page(pk, spell["pupil_id"], band),
        )

    def _tally(self, pk: int, sessions: int) -> Tally:
        """Of so many sessions that were due."""
        of = self.tallies.get(pk, NOTHING)
        if self.made is None:
            return of
        unmarked = sessions - self.made.get(pk, 0)
        return Tally(of.attended, of.authorised, of.unauthorised, of.late, unmarked)

    def _on_the_page(self, pk: int, pupil: int, band: Band | None) -> dict[str, Any]:
        if self.page is None:
            return {}
        earlier = self.page.earlier.get(pk, NOTHING)
        return {
            "earlier": earlier,
            "earlier_band": band_of(earlier, self.bands),
            "last_year": self.page.last_year.get(pupil, NOTHING),
            "elsewhere": self.page.elsewhere.get(pupil, ()),
            "characteristics": self.facts.characteristics_on(pupil, self.as_at),
            "in_band_since": self.facts.in_band_since([pk], band.name if band else ""),
        }


def _by_name(row: AbsenceRow) -> tuple:
    return sort_key(row.surname, row.forename), row.upn, row.starts_on
