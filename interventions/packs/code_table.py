"""How the sessions of a period add up, for a table on paper: code by code, and by weekday.

Plain values, no Django here. The sums themselves are `absence.rules.pupil_year`'s; a percentage is
rounded once, where it is shown.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from interventions.packs.files import PackYear, PupilFile
from registers.rules.codes import CODES, AttendanceCode, Category, Half
from registers.rules.tally import Tally, rate


@dataclass(frozen=True, slots=True)
class CodeRow:
    """Sessions with one code; `of_possible` in per cent, None where it is not possible."""

    symbol: str
    meaning: str
    counts: str
    sessions: int
    of_possible: str


@dataclass(frozen=True, slots=True)
class PeriodSums:
    """How the sessions of a period add up, each sum behind the other."""

    due: int
    tally: Tally
    by_code: dict[str, int]

    @property
    def unmarked(self) -> int:
        return self.tally.unmarked

    @property
    def late_in_time(self) -> int:
        return self.by_code.get("L", 0)

    @property
    def not_possible(self) -> int:
        """A holiday (#) or a day before joining (Z) is none of them."""
        return sum(row.sessions for row in self.codes if not CODES[row.symbol].possible)

    @property
    def codes(self) -> Sequence[CodeRow]:
        return [
            _row(CODES[symbol], sessions, self.tally)
            for symbol, sessions in self.by_code.items()
            if CODES[symbol].category is not Category.OUTSIDE
        ]

    @property
    def absences(self) -> Sequence[CodeRow]:
        return [row for row in self.codes if CODES[row.symbol].is_absence]

    @property
    def absence(self) -> str:
        """In per cent; empty where nothing was possible."""
        return f"{self.tally.absence_rate}%" if self.tally.possible else ""

    @property
    def attendance(self) -> str:
        shown = self.tally.attendance_rate
        return "none possible" if shown is None else f"{shown}%"


def sums(pupil: PupilFile, year: PackYear) -> PeriodSums:
    """Of the sessions due on roll; a mark outside the calendar counts where its code does."""
    figures = pupil.figures_in(year)
    return PeriodSums(len(figures.due), figures.tally, figures.by_code)


def _row(code: AttendanceCode, sessions: int, tally: Tally) -> CodeRow:
    share = rate(sessions, tally.possible) if code.possible else None
    shown = "" if share is None else f"{share}%"
    return CodeRow(code.symbol, code.meaning, code.counts.value, sessions, shown)


@dataclass(frozen=True, slots=True)
class WeekdayRow:
    """Sessions missed in one half of each day of the week; none is marked: chance does that."""

    half: str
    missed: Sequence[int]


def weekday_rows(pupil: PupilFile, days_of_week: int = 5) -> list[WeekdayRow]:
    missed = Counter(
        (on.weekday(), half)
        for (on, half), symbol in pupil.marks.items()
        if CODES[symbol].is_absence
    )
    return [
        WeekdayRow(label, [missed[day, half] for day in range(days_of_week)])
        for label, half in (("Morning", Half.AM), ("Afternoon", Half.PM))
    ]
