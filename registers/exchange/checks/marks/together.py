"""What is odd only beside other marks of the file: a long suspension, a closure that was none."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from registers.exchange.layout.findings import Findings
from registers.exchange.layout.staged import (
    CODE_BITS,
    LINE_BITS,
    MINUTES_BITS,
    NUMBER,
    SESSION_SHIFT,
    StagedSpell,
    unpack,
)
from registers.exchange.problems.places import FilePlace, at_line
from registers.rules.advice import DAYS_WITHOUT_PROVISION, Odd
from registers.rules.codes import ATTENDED

CODE_SHIFT, CODE_MASK = LINE_BITS + MINUTES_BITS, (1 << CODE_BITS) - 1
PRESENT = frozenset(NUMBER[symbol] for symbol in ATTENDED)
CLOSED, SUSPENDED = NUMBER["Y4"], NUMBER["E"]


def warn_of_what_is_odd_together(spells: Iterable[StagedSpell], findings: Findings) -> None:
    """Marks are sorted by session; a file without Y4 and E costs one look at each mark."""
    spells = list(spells)
    for mark in chain.from_iterable(map(_suspended_long, spells)):
        findings.warn(Odd.SUSPENDED_LONG, _place(mark))
    for mark in _closed_alone(spells):
        findings.warn(Odd.CLOSED_ALONE, _place(mark))


def _code(mark: int) -> int:
    return mark >> CODE_SHIFT & CODE_MASK


def _session(mark: int) -> int:
    return mark >> SESSION_SHIFT


@dataclass
class SuspendedDays:
    """The days in a row on which a pupil is suspended; one session makes a day."""

    count: int = 0
    last_day: int = -1

    def add(self, day: int, *, is_suspended: bool) -> None:
        if is_suspended:
            self.count += day != self.last_day
            self.last_day = day
        elif day != self.last_day:
            self.count = 0


def _suspended_long(spell: StagedSpell) -> Iterator[int]:
    """The marks with E past the days that a suspension may last without other education."""
    days = SuspendedDays()
    if SUSPENDED not in map(_code, spell.marks):
        return
    for mark in spell.marks:
        is_suspended = _code(mark) == SUSPENDED
        days.add(_session(mark) >> 1, is_suspended=is_suspended)
        if is_suspended and days.count > DAYS_WITHOUT_PROVISION:
            yield mark


def _closed_alone(spells: list[StagedSpell]) -> Iterator[int]:
    """The first mark with Y4 of each session in which more pupils were present than had it."""
    closed = _first_closed(spells)
    if closed:
        present, without = _counted(spells, closed)
        for session, mark in closed.items():
            if present[session] > without[session]:
                yield mark


def _first_closed(spells: list[StagedSpell]) -> dict[int, int]:
    """By session its first mark with Y4."""
    closed: dict[int, int] = {}
    for mark in _marks(spells):
        if _code(mark) == CLOSED:
            closed.setdefault(_session(mark), mark)
    return closed


def _counted(
    spells: list[StagedSpell], sessions: Container[int]
) -> tuple[Counter[int], Counter[int]]:
    """By session, how many pupils were present and how many had Y4."""
    present: Counter[int] = Counter()
    without: Counter[int] = Counter()
    for mark in _marks(spells):
        session = _session(mark)
        if session in sessions:
            present[session] += _code(mark) in PRESENT
            without[session] += _code(mark) == CLOSED
    return present, without


def _marks(spells: list[StagedSpell]) -> Iterator[int]:
    return chain.from_iterable(spell.marks for spell in spells)


def _place(mark: int) -> FilePlace:
    return at_line("marks.csv", unpack(mark).line)
