"""The list of pupils with their figures: summed up, narrowed, put in order. No Django here.

It works on the rows that `figures.absence_to` gives for the whole school, so that the opening
sentence, the bands and the list are one and the same count.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from absence.measures import Band, Tally, total
from absence.wording import attendance_range, shape

PERSISTENT_ALL, SEVERE_ALL, NO_SESSIONS = "persistently-absent", "severely-absent", "no-sessions"


class Row(Protocol):
    surname: str
    forename: str
    upn: str
    year_group: str
    registration_group: str
    tally: Tally
    band: Band | None

    def is_on_roll(self, on: date) -> bool: ...


AnyRow = TypeVar("AnyRow", bound=Row)


@dataclass(frozen=True, slots=True)
class BandLine:
    """One line of the table of bands; `per_mille` is for its bar alone."""

    name: str
    title: str
    attendance: str
    shape: int
    pupils: int
    per_mille: int

    @property
    def is_over_the_line(self) -> bool:
        return self.shape >= 4


@dataclass(frozen=True, slots=True)
class Summary:
    """All pupils of a list in figures; `tally` is of all their sessions."""

    pupils: int
    persistent: int
    severe: int
    without_sessions: int
    tally: Tally


def summary_of(rows: Iterable[Row]) -> Summary:
    rows = list(rows)
    return Summary(
        pupils=len(rows),
        persistent=sum(row.tally.persistently_absent for row in rows),
        severe=sum(row.tally.severely_absent for row in rows),
        without_sessions=sum(not row.tally.possible for row in rows),
        tally=total(row.tally for row in rows),
    )


def band_lines(rows: Iterable[Row], bands: Sequence[Band]) -> list[BandLine]:
    counted = Counter(row.band.name for row in rows if row.band)
    most = max(counted.values(), default=0)
    return [
        BandLine(
            name=band.name,
            title=band.title,
            attendance=attendance_range(bands, index),
            shape=shape(bands, index),
            pupils=counted[band.name],
            per_mille=1000 * counted[band.name] // most if most else 0,
        )
        for index, band in enumerate(bands)
    ]


def shapes(bands: Sequence[Band]) -> dict[str, int]:
    """How full the square of each band is, by its name."""
    return {band.name: shape(bands, index) for index, band in enumerate(bands)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked the list for; empty asks for everything."""

    text: str = ""
    band: str = ""
    year_group: str = ""
    group: str = ""
    words: list[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", self.text.casefold().split())

    def holds(self, row: Row) -> bool:
        return (
            (not self.year_group or row.year_group == self.year_group)
            and (not self.group or row.registration_group == self.group)
            and (not self.band or self._in_band(row))
            and self._is_called(row)
        )

    def _in_band(self, row: Row) -> bool:
        if self.band == PERSISTENT_ALL:
            return row.tally.persistently_absent
        if self.band == SEVERE_ALL:
            return row.tally.severely_absent
        if self.band == NO_SESSIONS:
            return not row.tally.possible
        return row.band is not None and row.band.name == self.band

    def _is_called(self, row: Row) -> bool:
        """Each word is somewhere in the names or the UPN."""
        text = f"{row.forename} {row.surname} {row.upn}".casefold()
        return all(word in text for word in self.words)


def _name(row: Row) -> tuple:
    return (row.surname.casefold(), row.forename.casefold(), row.upn)


def _share_attended(row: Row) -> Fraction:
    """Below nothing without possible sessions: such a pupil stands at that end of the list."""
    tally = row.tally
    return Fraction(tally.attended, tally.possible) if tally.possible else Fraction(-1)


ORDERS: dict[str, Callable[[Row], Any]] = {
    "name": _name,
    "missed": lambda row: row.tally.absent,
    "authorised": lambda row: row.tally.authorised,
    "unauthorised": lambda row: row.tally.unauthorised,
    "late": lambda row: row.tally.late,
    "attendance": _share_attended,
}
DEFAULT_ORDER = "-missed"


def in_order(rows: Iterable[AnyRow], order: str) -> list[AnyRow]:
    """By one of ORDERS, a minus in front for the largest first; by name where it says nothing."""
    by_name = sorted(rows, key=_name)
    return sorted(by_name, key=ORDERS[order.lstrip("-")], reverse=order.startswith("-"))
