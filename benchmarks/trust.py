"""A trust of invented pupils as numpy arrays: the data of every measurement, and its oracle.

Plain arrays, no Django. 190 days a year in two sessions, two academic years, schools of 1,500 in
registration groups of 30. Absence is about 7 per cent: each pupil has an own rate, a day's absence
goes on with a chance of 0.6, and 27 codes are weighted. Four marks in a hundred were amended.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from registers.rules.codes import CODES

SCHOOL, GROUP, DAYS = 1_500, 30, 190
DAYS_TO_COME = 35  # in the calendar, without marks: what the measured saves and imports fill
AMENDED = 0.04
STAYS_ABSENT = 0.6
TEACHER = 1
PRESENT = {
    "L": 20,
    "V": 6,
    "P": 3,
    "W": 3,
    "B": 5,
    "K": 2,
    "D": 3,
    "X": 4,
    "Q": 1,
    "Y1": 1,
    "Y4": 2,
}
ABSENT = {
    "I": 520, "M": 60, "C": 25, "C1": 3, "C2": 8, "R": 5, "S": 10, "T": 2, "E": 25, "J1": 2,
    "G": 70, "N": 20, "O": 190, "U": 60,
}  # fmt: skip
SYMBOLS = ["/", "\\", *PRESENT, *ABSENT]
FLAGS = np.array(
    [(c.attended, c.authorised, c.unauthorised, int(c.late)) for c in map(CODES.get, SYMBOLS)],
    dtype=np.uint8,
)
MINUTES = {"L": 7, "U": 40}
HOLIDAYS = {  # weeks of the academic year, by number, without school
    8, 16, 17, 24, 31, 32, 38,
}  # fmt: skip


def school_days(first: date, count: int) -> list[date]:
    """The next `count` days of school from this Monday."""
    days = [
        first + timedelta(days=7 * week + day)
        for week in range(52)
        if week not in HOLIDAYS
        for day in range(5)
    ]
    return days[:count]


YEARS = [school_days(date(2024, 9, 2), DAYS), school_days(date(2025, 9, 1), DAYS)]
TO_COME = school_days(date(2025, 9, 1), DAYS + DAYS_TO_COME)[DAYS:]
SESSIONS = [(day, half) for days in YEARS for day in days for half in (0, 1)]
PER_YEAR = 2 * DAYS


def made_at(day: date, half: int) -> datetime:
    return datetime.combine(day, time(13, 20) if half else time(8, 50), UTC)


def minutes_late(code: int) -> int | None:
    return MINUTES.get(SYMBOLS[code])


@dataclass
class Trust:
    """`codes[pupil, session]` is a place in SYMBOLS; pupil 0 has the enrolment 1, and so on."""

    pupils: int
    seed: int = 1
    per_school: int = SCHOOL
    codes: np.ndarray = field(init=False)
    before: np.ndarray = field(init=False)  # the code that was amended, where `amended`
    amended: np.ndarray = field(init=False)

    def __post_init__(self):
        chance = np.random.default_rng(self.seed)
        self.codes = _codes(chance, self.pupils)
        self.amended = chance.random(self.codes.shape, dtype=np.float32) < AMENDED
        self.before = (self.codes + 1) % len(SYMBOLS)

    @property
    def schools(self) -> int:
        return -(-self.pupils // self.per_school)

    @property
    def groups(self) -> int:
        return -(-self.pupils // GROUP)

    def school_of(self, pupil: int) -> int:
        return pupil // self.per_school + 1

    def group_of(self, pupil: int) -> int:
        return pupil // GROUP + 1

    def year(self, number: int) -> np.ndarray:
        """One byte a mark of one academic year, pupil by pupil."""
        return self.codes[:, number * PER_YEAR : (number + 1) * PER_YEAR]

    def totals(self, year: int) -> np.ndarray:
        """Attended, authorised, unauthorised and late sessions of each pupil: the oracle."""
        return FLAGS[self.year(year)].sum(axis=1, dtype=np.int64)

    def by_week(self) -> list[tuple[date, np.ndarray]]:
        """For each school week its Monday and every pupil's four counts, in order."""
        mondays = np.array([day - timedelta(days=day.weekday()) for day, _ in SESSIONS])
        starts = [
            place
            for place in range(len(mondays))
            if place == 0 or mondays[place] != mondays[place - 1]
        ]
        ends = [*starts[1:], len(mondays)]
        return [
            (mondays[start], FLAGS[self.codes[:, start:end]].sum(axis=1, dtype=np.int64))
            for start, end in zip(starts, ends, strict=True)
        ]


def _codes(chance: np.random.Generator, pupils: int) -> np.ndarray:
    codes = np.empty((pupils, len(SESSIONS)), dtype=np.uint8)
    rate = _rates(chance, pupils)
    begins = np.minimum(1, rate * (1 - STAYS_ABSENT) / (1 - rate))
    away = chance.random(pupils) < rate
    for day in range(len(SESSIONS) // 2):
        away = chance.random(pupils) < np.where(away, STAYS_ABSENT, begins)
        reason = _choose(chance, ABSENT, pupils)
        half_day = chance.random(pupils) < 0.1  # of those away: only the morning or the afternoon
        only = chance.integers(0, 2, pupils)
        for half in (0, 1):
            here = _present(chance, half, pupils)
            absent = away & ~(half_day & (only != half))
            codes[:, 2 * day + half] = np.where(absent, reason, here)
    return codes


def _rates(chance: np.random.Generator, pupils: int) -> np.ndarray:
    """Most pupils miss a few per cent, some a fifth, a few more than half."""
    kinds = chance.choice(3, pupils, p=[0.80, 0.185, 0.015])
    means = np.array([0.043, 0.16, 0.55])[kinds]
    return np.clip(chance.gamma(4, means / 4), 0.001, 0.9)


def _choose(chance, weights: dict[str, int], size: int) -> np.ndarray:
    edges = np.cumsum(list(weights.values()), dtype=float)
    drawn = np.searchsorted(edges, chance.random(size) * edges[-1], side="right")
    return np.array([SYMBOLS.index(symbol) for symbol in weights], dtype=np.uint8)[drawn]


def _present(chance, half: int, size: int) -> np.ndarray:
    """`/` or `\\`, or one of the other codes without absence for five marks in a hundred."""
    other = chance.random(size) < 0.05
    return np.where(other, _choose(chance, PRESENT, size), half).astype(np.uint8)
