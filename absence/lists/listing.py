"""The list of pupils with their figures: summed up, narrowed, put in order. No Django here.

It works on the rows that `figures.absence_of` gives for the whole school, so that the opening
sentence, the bands and the list are one and the same count.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from absence.rules.bands import Band
from absence.rules.measures import missed_until_over
from absence.rules.wording import attendance_range, shape, titles
from registers.rules.pupils.names import sort_key
from registers.rules.tally import PERSISTENT, Tally, total

PERSISTENT_ALL, SEVERE_ALL, NO_SESSIONS = "persistently-absent", "severely-absent", "no-sessions"
NEAR_OR_OVER, NEAR = "at-or-near-the-line", "nearly-persistent"

# How a pupil moved since the day that the movement is measured from.
ANY_MOVE, WORSE, BETTER = "any", "worse", "better"
INTO_PERSISTENT, OUT_OF_PERSISTENT = "into-persistent", "out-of-persistent"
INTO_SEVERE = "into-severe"

# What the whole of last year was.
LAST_PERSISTENT, LAST_SEVERE, LAST_UNDER, LAST_AWAY = "persistent", "severe", "under", "away"
LAST_ELSEWHERE = "elsewhere"

NEAR_WITHIN = 2  # sessions missed one after the other: a day
NEAR_FROM = 20  # possible sessions: before that two days of illness are near to any line


class YearElsewhere(Protocol):
    """What another school says of last year."""

    @property
    def tally(self) -> Tally: ...


class ListedRow(Protocol):
    @property
    def pupil_id(self) -> int: ...
    @property
    def surname(self) -> str: ...

    @property
    def forename(self) -> str: ...

    @property
    def upn(self) -> str: ...

    @property
    def year_group(self) -> str: ...

    @property
    def registration_group(self) -> str: ...

    @property
    def tally(self) -> Tally: ...

    @property
    def band(self) -> Band | None: ...

    @property
    def earlier(self) -> Tally: ...

    @property
    def earlier_band(self) -> Band | None: ...

    @property
    def last_year(self) -> Tally: ...

    @property
    def elsewhere(self) -> Sequence[YearElsewhere]: ...

    @property
    def characteristics(self) -> tuple[str, ...]: ...

    @property
    def leaves_on(self) -> date | None: ...

    @property
    def to_spare(self) -> int | None: ...

    def is_on_roll(self, on: date) -> bool: ...


AnyRow = TypeVar("AnyRow", bound=ListedRow)


@dataclass(frozen=True, slots=True)
class BandLine:
    """One line of the table of bands; `per_mille` is for its bar alone.

    `came_in` and `went` are of the same pupils: who stands in the band now and did not, and who
    did and does not.
    """

    name: str
    title: str
    attendance: str
    shape: int
    pupils: int
    per_mille: int
    came_in: int = 0
    went: int = 0

    @property
    def change(self) -> int:
        return self.came_in - self.went

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
    earlier_persistent: int = 0
    near: int = 0

    @property
    def more_persistent(self) -> int:
        return self.persistent - self.earlier_persistent


def summary_of(rows: Iterable[ListedRow]) -> Summary:
    rows = list(rows)
    return Summary(
        pupils=len(rows),
        persistent=sum(row.tally.persistently_absent for row in rows),
        severe=sum(row.tally.severely_absent for row in rows),
        without_sessions=sum(not row.tally.possible for row in rows),
        tally=total(row.tally for row in rows),
        earlier_persistent=sum(row.earlier.persistently_absent for row in rows),
        near=sum(is_near(row.tally) for row in rows),
    )


def is_near(tally: Tally) -> bool:
    """Not persistently absent, and would be after missing the next few sessions."""
    return (
        tally.possible >= NEAR_FROM
        and not tally.persistently_absent
        and missed_until_over(PERSISTENT, tally) <= NEAR_WITHIN
    )


def move_of(row: ListedRow) -> str:
    """Into a worse band or a better one; blank where it is the same or there was none before."""
    now, then = row.band, row.earlier_band
    if now is None or then is None or now.name == then.name:
        return ""
    return WORSE if (now.edge, not now.inclusive) > (then.edge, not then.inclusive) else BETTER


MOVES: dict[str, Callable[[ListedRow], bool]] = {
    ANY_MOVE: lambda row: _name_of(row.band) != _name_of(row.earlier_band),
    WORSE: lambda row: move_of(row) == WORSE,
    BETTER: lambda row: move_of(row) == BETTER,
    INTO_PERSISTENT: lambda row: (
        row.tally.persistently_absent and not row.earlier.persistently_absent
    ),
    OUT_OF_PERSISTENT: lambda row: (
        row.earlier.persistently_absent and not row.tally.persistently_absent
    ),
    INTO_SEVERE: lambda row: row.tally.severely_absent and not row.earlier.severely_absent,
}

LAST_YEARS: dict[str, Callable[[Tally], bool]] = {
    LAST_PERSISTENT: lambda tally: tally.persistently_absent,
    LAST_SEVERE: lambda tally: tally.severely_absent,
    LAST_UNDER: lambda tally: tally.possible > 0 and not tally.persistently_absent,
    LAST_AWAY: lambda tally: not tally.possible,
}


def band_lines(rows: Iterable[ListedRow], bands: Sequence[Band]) -> list[BandLine]:
    rows, said = list(rows), titles(bands)
    counted = Counter(row.band.name for row in rows if row.band)
    moved = list(filter(MOVES[ANY_MOVE], rows))
    came = Counter(_name_of(row.band) for row in moved)
    went = Counter(_name_of(row.earlier_band) for row in moved)
    most = max(counted.values(), default=0)
    return [
        BandLine(
            name=band.name,
            title=said[band.name],
            attendance=attendance_range(bands, index),
            shape=shape(bands, index),
            pupils=counted[band.name],
            per_mille=1000 * counted[band.name] // most if most else 0,
            came_in=came[band.name],
            went=went[band.name],
        )
        for index, band in enumerate(bands)
    ]


def shapes(bands: Sequence[Band]) -> dict[str, int]:
    """How full the square of each band is, by its name."""
    return {band.name: shape(bands, index) for index, band in enumerate(bands)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked the list for; empty asks for everything. `pupils` are those who were
    found by what was typed (`registers.roll.search`); None where nothing was.
    """

    pupils: Collection[int] | None = None
    band: str = ""
    year_group: str = ""
    group: str = ""
    moved: str = ""
    was: str = ""
    need: str = ""
    last_year: str = ""

    def among(self, rows: Iterable[AnyRow]) -> list[AnyRow]:
        """Those of the rows that are asked for."""
        pupils = self.pupils
        held = [row for row in rows if pupils is None or row.pupil_id in pupils]
        for name, fits in CHOICES.items():
            if value := getattr(self, name):
                held = [row for row in held if fits(row, value)]
        return held


def _is_in_band(row: ListedRow, name: str) -> bool:
    special = SPECIAL_BANDS.get(name)
    return special(row) if special else _name_of(row.band) == name


def _was_last_year(row: ListedRow, wanted: str) -> bool:
    if wanted == LAST_ELSEWHERE:
        return any(one.tally.persistently_absent for one in row.elsewhere)
    return LAST_YEARS[wanted](row.last_year)


def _name_of(band: Band | None) -> str:
    return band.name if band else ""


CHOICES: dict[str, Callable[[ListedRow, str], bool]] = {  # of `Wanted`, each by its field
    "band": _is_in_band,
    "year_group": lambda row, name: row.year_group == name,
    "group": lambda row, name: row.registration_group == name,
    "moved": lambda row, move: MOVES[move](row),
    "was": lambda row, name: _name_of(row.earlier_band) == name,
    "need": lambda row, kind: kind in kinds_of(row.characteristics),
    "last_year": _was_last_year,
}
SPECIAL_BANDS: dict[str, Callable[[ListedRow], bool]] = {
    PERSISTENT_ALL: lambda row: row.tally.persistently_absent,
    SEVERE_ALL: lambda row: row.tally.severely_absent,
    NEAR: lambda row: is_near(row.tally),
    NEAR_OR_OVER: lambda row: row.tally.persistently_absent or is_near(row.tally),
    NO_SESSIONS: lambda row: not row.tally.possible,
}


def kinds_of(characteristics: Iterable[str]) -> set[str]:
    """The words that a filter may ask for: "SEN K" is also "SEN"."""
    found = set(characteristics)
    return found | {"SEN" for one in found if one.startswith("SEN ")}


def _name(row: ListedRow) -> tuple:
    return (sort_key(row.surname, row.forename), row.upn)


def _share_attended(row: ListedRow) -> Fraction:
    """Below nothing without possible sessions: such a pupil stands at that end of the list."""
    tally = row.tally
    return Fraction(tally.attended, tally.possible) if tally.possible else Fraction(-1)


def _to_spare(row: ListedRow) -> int:
    """Far beyond the year where there is nothing to spare or to miss."""
    spare = row.to_spare
    return 10_000 if spare is None else spare


def _share_missed_last_year(row: ListedRow) -> Fraction:
    tally = row.last_year
    return Fraction(tally.absent, tally.possible) if tally.possible else Fraction(-1)


ORDERS: dict[str, Callable[[ListedRow], Any]] = {
    "name": _name,
    "missed": lambda row: row.tally.absent,
    "authorised": lambda row: row.tally.authorised,
    "unauthorised": lambda row: row.tally.unauthorised,
    "late": lambda row: row.tally.late,
    "attendance": _share_attended,
    "last-year": _share_missed_last_year,
    "to-spare": _to_spare,
}
DEFAULT_ORDER = "-missed"


def in_order(rows: Iterable[AnyRow], order: str) -> list[AnyRow]:
    """By one of ORDERS, a minus in front for the largest first; by name where it says nothing."""
    by_name = sorted(rows, key=_name)
    return sorted(by_name, key=ORDERS[order.lstrip("-")], reverse=order.startswith("-"))
