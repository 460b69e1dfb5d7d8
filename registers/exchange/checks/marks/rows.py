"""What a row of marks.csv says, text by text: each different text of a column is read once."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from registers.exchange.layout.values import read_code, read_date, read_half, read_minutes
from registers.exchange.problems.errors import WrongCell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import ProblemReason, because
from registers.rules.allowed_codes import SessionFacts
from registers.rules.codes import CODES, Half

T = TypeVar("T")
EMPTY = because(ProblemKind.EMPTY)
MOST_REMEMBERED = 100_000  # noise may not fill the memory


class RefusedMark(Exception):
    """A row of marks that cannot come in: the column, and the reason why not."""

    def __init__(self, column: str, reason: ProblemReason):
        self.column, self.reason = column, reason


class Remembered(dict[str, T]):
    """What each text of a column means, read once. Raises RefusedMark for one that is wrong."""

    def __init__(self, column: str, read: Callable[[str], T]):
        super().__init__()
        self.column, self.read = column, read

    def __missing__(self, text: str) -> T:
        bare = text.strip()
        try:
            value = self.read(bare)
        except WrongCell as wrong:
            raise RefusedMark(self.column, wrong.reason if bare else EMPTY) from None
        if len(self) < MOST_REMEMBERED:
            self[text] = value
        return value


class SessionCells(dict[tuple[str, str], SessionFacts]):
    """The session that two cells name, day and half, and whether the school held it."""

    def __init__(self, held: set[tuple[date, Half]]):
        super().__init__()
        self.held = held
        self.dates, self.halves = Remembered("Date", read_date), Remembered("Session", read_half)

    def __missing__(self, cells: tuple[str, str]) -> SessionFacts:
        day, half = self.dates[cells[0]], self.halves[cells[1]]
        self[cells] = facts = SessionFacts(day, half, (day, half) in self.held)
        return facts


class MarkCells:
    """The columns of marks.csv, each with what its texts mean."""

    def __init__(self, held: set[tuple[date, Half]]):
        self.sessions = SessionCells(held)
        self.codes = Remembered("Code", read_code)
        self._minutes = Remembered("Minutes late", read_minutes)

    def minutes(self, symbol: str, text: str) -> int | None:
        """Minutes stand beside late marks alone; none of another mark is said by 0 as well."""
        minutes = self._minutes[text] if text else None
        if CODES[symbol].late:
            return minutes
        if minutes:
            reason = because(ProblemKind.NOT_A_LATE_MARK, code=symbol)
            raise RefusedMark("Minutes late", reason)
        return None
