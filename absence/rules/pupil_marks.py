"""One pupil's marks, one after another: by code, by day, by week, spells of absence, and the day
since which the pupil has been over a line. No Django here.

All counts are sessions. What the database says of the same marks is in `absence.figures`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import NamedTuple

from registers.rules.calendar import SessionKey, monday_of
from registers.rules.codes import CODES, AttendanceCode, Category, Counts, Half
from registers.rules.grouping import grouped, grouped_by
from registers.rules.tally import NOTHING, Tally, tally_of


class PupilMark(NamedTuple):
    """One mark: `half` 0 is the morning, 1 the afternoon; `amended` where its code was changed
    after the register had ended; `source` and `made_at` where they were read."""

    date: date
    half: int
    symbol: str
    minutes_late: int | None = None
    amended: bool = False
    source: int | None = None
    made_at: datetime | None = None

    @property
    def key(self) -> SessionKey:
        return self.date, Half(self.half)

    @property
    def code(self) -> AttendanceCode:
        return CODES[self.symbol]


def marks_by_code(symbols: Iterable[str]) -> dict[str, int]:
    """How many marks there are of each code, in the order of the national list."""
    counted = Counter(symbols)
    return {symbol: counted[symbol] for symbol in CODES if counted[symbol]}


def missed_by_code(symbols: Iterable[str]) -> dict[str, int]:
    """Sessions missed by code, the most frequent first."""
    missed = Counter(symbol for symbol in symbols if CODES[symbol].is_absence)
    return dict(sorted(missed.items(), key=lambda counted: (-counted[1], counted[0])))


def tallies_by_day(marks: Iterable[tuple[date, str]]) -> dict[date, Tally]:
    """What each day's marks (day, code) add up to."""
    return _tallies(marks, lambda on: on)


def tallies_by_week(marks: Iterable[tuple[date, str]]) -> dict[date, Tally]:
    """The same by the Monday of the week."""
    return _tallies(marks, monday_of)


def _tallies(marks: Iterable[tuple[date, str]], part: Callable[[date], date]) -> dict[date, Tally]:
    symbols = grouped((part(on), symbol) for on, symbol in marks)
    return {first: tally_of(of_part) for first, of_part in symbols.items()}


@dataclass(frozen=True, slots=True)
class WeekToDate:
    """A school week: what was missed in it, and the year up to its end."""

    monday: date
    tally: Tally
    to_date: Tally

    @property
    def rate_to_date(self) -> Decimal | None:
        return self.to_date.attendance_rate


def weeks_to_date(weeks: Mapping[date, Tally]) -> list[WeekToDate]:
    """The weeks in order, each with the sum of those up to it."""
    points: list[WeekToDate] = []
    so_far = NOTHING
    for monday in sorted(weeks):
        so_far += weeks[monday]
        points.append(WeekToDate(monday, weeks[monday], so_far))
    return points


def over_the_line_since(marks: Iterable[tuple[date, str]], share: Fraction) -> date | None:
    """The day since which the marks so far, in order, have been on or over the line without a
    break; None while they are under it."""
    since, so_far = None, NOTHING
    for on, symbol in marks:
        so_far += ONE_SESSION[symbol]
        since = (since or on) if so_far.missed_at_least(share) else None
    return since


ONE_SESSION = {symbol: tally_of([symbol]) for symbol in CODES}


@dataclass(frozen=True, slots=True)
class AbsenceSpell:
    """Sessions missed one after another for the same reason, from `half` of the first day."""

    first_on: date
    last_on: date
    half: int
    sessions: int
    reason: str


def spells_of_absence(
    marks: Iterable[PupilMark], reason_of: Mapping[str, str]
) -> list[AbsenceSpell]:
    """The earliest first, from marks in order; `reason_of` names the reason of each code.

    A weekend, a holiday or a session that was not possible does not break a spell; a session
    attended or another reason does.
    """
    spells: list[AbsenceSpell] = []
    unbroken = False
    for mark in marks:
        if mark.code.is_absence:
            same = unbroken and spells[-1].reason == reason_of[mark.symbol]
            before = spells.pop() if same else None
            spells.append(_with(before, mark, reason_of[mark.symbol]))
            unbroken = True
        elif mark.code.attended:
            unbroken = False
    return spells


def _with(spell: AbsenceSpell | None, mark: PupilMark, reason: str) -> AbsenceSpell:
    """The spell with one more session, or a new one."""
    if spell is None:
        return AbsenceSpell(mark.date, mark.date, int(mark.half), 1, reason)
    return AbsenceSpell(spell.first_on, mark.date, spell.half, spell.sessions + 1, reason)


# --- the sum behind a percentage, line by line


@dataclass(frozen=True, slots=True)
class CodeCount:
    code: AttendanceCode
    sessions: int


@dataclass(frozen=True, slots=True)
class SumLine:
    """One line of the sum behind a percentage: its codes with their counts, and their total.
    `counts` where they are possible sessions."""

    title: str
    codes: tuple[CodeCount, ...]
    total: int
    counts: bool


def sum_lines(by_code: Mapping[str, int]) -> list[SumLine]:
    """The lines that have a session, in order."""
    counted = (CodeCount(CODES[symbol], sessions) for symbol, sessions in by_code.items())
    codes = grouped_by(counted, _title)
    return [_sum_line(title, codes[title]) for title in TITLES.values() if title in codes]


def _sum_line(title: str, counted: Sequence[CodeCount]) -> SumLine:
    total = sum(map(attrgetter("sessions"), counted))
    return SumLine(title, tuple(counted), total, counts=title != LEFT_OUT)


ATTENDED, ACTIVITY, LEFT_OUT = "Attended", "Approved activity", "Left out"
TITLES = {
    (Counts.ATTENDED, False): ATTENDED,
    (Counts.ATTENDED, True): ACTIVITY,
    (Counts.AUTHORISED, False): "Authorised absence",
    (Counts.UNAUTHORISED, False): "Unauthorised absence",
    (Counts.NOT_POSSIBLE, False): LEFT_OUT,
}


def _title(counted: CodeCount) -> str:
    code = counted.code
    is_activity = code.counts is Counts.ATTENDED and code.category is Category.APPROVED_ACTIVITY
    return TITLES[code.counts, is_activity]
