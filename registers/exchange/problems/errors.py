"""How what is wrong is raised: a cell, a file, a file that is no table, a whole import."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import ProblemReason, Value
from registers.exchange.problems.warnings import ToldWarning
from registers.exchange.questions import Question


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong row, or (line 0) one wrong file."""

    file: str
    line: int
    column: str
    reason: ProblemReason

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        column = f", {self.column}" if self.column else ""
        return f"{where}{column}: {self.reason}"


class WrongCell(ValueError):
    """Why a cell cannot be what its column says."""

    def __init__(self, kind: ProblemKind, **values: Value):
        self.reason = ProblemReason(kind, values)
        super().__init__(str(self.reason))


class WrongFile(Exception):
    """A file that cannot be read at all; no row of it can be skipped."""

    def __init__(self, file: str, reason: ProblemReason, *, line: int = 0, column: str = ""):
        self.problem = Problem(file, line, column, reason)
        super().__init__(str(self.problem))


class UnreadableFile(Exception):
    """One file (or one line of it) that is no table; the message is fit to show."""

    def __init__(self, source: str, kind: ProblemKind, *, line: int = 0, **values: Value):
        self.source, self.line = source, line
        self.reason = ProblemReason(kind, values)
        super().__init__(str(Problem(source, line, "", self.reason)))


class ImportRefused(Exception):
    """Nothing was written. `problems` are the first of `count`; `report` holds them all.

    `questions` are those that a person can answer; with the answers the same files may pass.
    """

    def __init__(
        self,
        problems: Sequence[Problem],
        *,
        count: int | None = None,
        report: Path | None = None,
        warnings: Sequence[ToldWarning] = (),
        questions: Sequence[Question] = (),
    ):
        self.problems = list(problems)
        self.questions = list(questions)
        self.count = len(problems) if count is None else count
        self.report = report
        self.warnings = list(warnings)
        super().__init__("\n".join(map(str, problems)))


class ImportStopped(Exception):
    """The writing broke off; what is written is whole, and the same import again finishes it."""
