"""A school in figures: pupils together, by year group, by group; this year beside the last.

Plain functions on the rows of `figures`, no Django here. A group's rate is the sum of its sessions
missed over the sum of its possible sessions, never a mean of percentages.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from absence.lists.listing import (
    LAST_AWAY,
    LAST_PERSISTENT,
    LAST_UNDER,
    LAST_YEARS,
    kinds_of,
)
from absence.rules.national import National
from registers.rules.codes import CODES, AttendanceCode
from registers.rules.grouping import grouped_by
from registers.rules.tally import Tally, rate, tally_of_counts, total

FEWEST_OVER = 3  # of a sensitive group: fewer are told as that
FEWEST = 10  # pupils: a smaller group would say something about a child


class ComparedRow(Protocol):
    @property
    def year_group(self) -> str: ...

    @property
    def registration_group(self) -> str: ...

    @property
    def tally(self) -> Tally: ...

    @property
    def last_year(self) -> Tally: ...

    @property
    def characteristics(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class PupilsTogether:
    """Some pupils together. `pupils` are those with a possible session: the DfE's denominator."""

    pupils: int
    persistent: int
    severe: int
    tally: Tally

    @property
    def persistent_rate(self) -> Decimal | None:
        return rate(self.persistent, self.pupils)

    @property
    def severe_rate(self) -> Decimal | None:
        return rate(self.severe, self.pupils)

    @property
    def is_small(self) -> bool:
        return self.pupils < FEWEST

    @property
    def few_persistent(self) -> bool:
        return 0 < self.persistent < FEWEST_OVER


def together(rows: Iterable[ComparedRow]) -> PupilsTogether:
    counted = [row.tally for row in rows if row.tally.possible]
    return PupilsTogether(
        pupils=len(counted),
        persistent=sum(tally.persistently_absent for tally in counted),
        severe=sum(tally.severely_absent for tally in counted),
        tally=total(counted),
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """A part of the school beside what it is held against."""

    name: str
    now: PupilsTogether
    before: PupilsTogether | None = None
    national: National | None = None

    @property
    def points(self) -> Decimal | None:
        """Attendance now less attendance before, as both are shown."""
        now = self.now.tally.attendance_rate
        before = self.before.tally.attendance_rate if self.before else None
        return None if now is None or before is None else now - before


def by(
    part: Callable[[ComparedRow], str],
    rows: Iterable[ComparedRow],
    last_year: Iterable[ComparedRow],
    names: Sequence[str],
) -> list[Compared]:
    """This year beside the last for each of these names; small groups are for the caller."""
    now, before = grouped_by(rows, part), grouped_by(last_year, part)
    return [
        Compared(name, together(now[name]), together(before[name]) if before[name] else None)
        for name in names
    ]


def gaps(
    rows: Sequence[ComparedRow], kinds: Mapping[str, str], national: Mapping[str, National]
) -> tuple[list[Compared], list[str]]:
    """Each characteristic beside everybody without it, and the names of those too small to show.

    Where all but a few have it, the few could be worked out: that is too small as well.
    """
    shown, hidden = [], []
    for kind, name in kinds.items():
        others, inside = map(together, _parted_by_kind(kind, rows))
        if inside.is_small or others.is_small:
            hidden += [name] if inside.pupils else []
        else:
            shown.append(Compared(name, inside, others, national.get(kind)))
    return shown, hidden


def _parted_by_kind(
    kind: str, rows: Iterable[ComparedRow]
) -> tuple[list[ComparedRow], list[ComparedRow]]:
    """Those without the characteristic, and those with it."""
    parted: tuple[list[ComparedRow], list[ComparedRow]] = ([], [])
    for row in rows:
        parted[kind in kinds_of(row.characteristics)].append(row)
    return parted


@dataclass(frozen=True, slots=True)
class Origins:
    """Those who are persistently absent now, by what they were in the whole of last year; and who
    was and is not. Pupils with a possible session this year."""

    too: int
    new: int
    not_here: int
    out: int


def origins(rows: Iterable[ComparedRow]) -> Origins:
    pupils = Counter(
        (row.tally.persistently_absent, _last_year(row)) for row in rows if row.tally.possible
    )
    return Origins(
        too=pupils[True, LAST_PERSISTENT],
        new=pupils[True, LAST_UNDER],
        not_here=pupils[True, LAST_AWAY],
        out=pupils[False, LAST_PERSISTENT],
    )


def _last_year(row: ComparedRow) -> str:
    choices = (LAST_PERSISTENT, LAST_UNDER, LAST_AWAY)
    return next(name for name in choices if LAST_YEARS[name](row.last_year))


@dataclass(frozen=True, slots=True)
class Reason:
    """The sessions missed with one code, this year and to the same point of the last."""

    code: AttendanceCode
    sessions: int
    before: int
    share: Decimal | None
    share_before: Decimal | None


def reasons(
    now: Mapping[str, int], before: Mapping[str, int], possible: int, possible_before: int
) -> list[Reason]:
    """Codes that count as absence, the most frequent first; shares of possible sessions."""
    found = [
        Reason(
            code,
            now.get(symbol, 0),
            before.get(symbol, 0),
            rate(now.get(symbol, 0), possible),
            rate(before.get(symbol, 0), possible_before),
        )
        for symbol, code in CODES.items()
        if _is_absence(code) and (now.get(symbol) or before.get(symbol))
    ]
    return sorted(found, key=lambda reason: (-reason.sessions, -reason.before, reason.code.symbol))


# --- today


@dataclass(frozen=True, slots=True)
class HalfToday:
    """A half of today that has begun: a register is complete when none of its pupils is blank."""

    name: str
    pupils: int
    marked: int
    complete: int
    groups: int

    @property
    def not_marked(self) -> int:
        return self.pupils - self.marked


@dataclass(frozen=True, slots=True)
class Today:
    """Today's marks so far, all halves together; reasons with their sessions."""

    on: date
    tally: Tally
    halves: list[HalfToday]
    reasons: list[tuple[AttendanceCode, int]]

    @property
    def latest(self) -> HalfToday | None:
        return self.halves[-1] if self.halves else None


def today_so_far(
    on: date,
    begun: Mapping[int, str],
    marks: Iterable[tuple[int, int, str]],
    groups: Mapping[int, str],
) -> Today:
    """From the halves that have begun, by number and name, the marks of the day (enrolment, half,
    code) and the group of each enrolment on the roll."""
    codes: Counter[str] = Counter()
    marked: dict[int, set[int]] = defaultdict(set)
    for enrolment, half, symbol in marks:
        codes[symbol] += 1
        marked[half].add(enrolment)
    absent = [
        (CODES[symbol], sessions)
        for symbol, sessions in codes.most_common()
        if _is_absence(CODES[symbol])
    ]
    halves = [_half(name, marked[half] & groups.keys(), groups) for half, name in begun.items()]
    return Today(on, tally_of_counts(codes), halves, absent)


def _is_absence(code: AttendanceCode) -> bool:
    return bool(code.authorised or code.unauthorised)


def _half(name: str, marked: set[int], groups: Mapping[int, str]) -> HalfToday:
    blank = {group for pk, group in groups.items() if pk not in marked}
    named = {group for group in groups.values() if group}
    return HalfToday(name, len(groups), len(marked), len(named - blank), len(named))
