"""A pupil is taken as a whole: the rows of one pupil in a file come in, or wait, together."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder
from registers.exchange.layout.rows import FileRow, RowSource, rows_of
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import LayoutFile, ProblemReason, because, line
from registers.rules.pupils.upn import why_not_upn

T = TypeVar("T")
PUPILS = LayoutFile("pupils.csv")
PUPIL_UNKNOWN = because(ProblemKind.PUPIL_UNKNOWN, file=PUPILS)


@dataclass
class RowsOfPupil(Generic[T]):
    """The rows of one pupil in one file, each with what was read from it."""

    pairs: list[tuple[FileRow, T]] = field(default_factory=list)
    waits_for: int = 0  # the line of the first row that is wrong; 0 where none is

    @property
    def parts(self) -> list[T]:
        return [part for _, part in self.pairs]

    def can_come_in(self, compare: Callable[[list[tuple[FileRow, T]]], None]) -> bool:
        """Whether each row is right, and then, as `compare` tells, all of them with each other."""
        if not self._first_wrong():
            compare(self.pairs)
        self.waits_for = self._first_wrong()
        if self.waits_for:
            self._let_wait()
        return not self.waits_for

    def _first_wrong(self) -> int:
        return next((row.line for row, _ in self.pairs if not row.ok), 0)

    def _let_wait(self) -> None:
        """The good rows are set aside with the wrong one."""
        for row, _ in self.pairs:
            if row.ok:
                row.wrong("UPN", ProblemKind.PUPIL_WAITS, line=line(self.waits_for))


def rows_by_pupil(
    table: RowSource, folder: Folder, findings: Findings, read: Callable[[FileRow, str], T]
) -> dict[str, RowsOfPupil[T]]:
    """The rows of a file by the UPN of their pupil, who must be in these files or in Rollbook."""
    found: dict[str, RowsOfPupil[T]] = defaultdict(RowsOfPupil)
    for row in rows_of(table, findings):
        upn = read_known_upn(row, folder)
        found[upn].pairs.append((row, read(row, upn)))
    return found


def read_known_upn(row: FileRow, folder: Folder) -> str:
    """The UPN of the pupil whom another file's row names, by whatever number it does."""
    upn = folder.upn_of(row.cells["UPN"])
    if why := why_not_upn(upn):
        row.wrong("UPN", ProblemKind.NOT_A_UPN, why=why)
    elif upn in folder.waiting:
        row.refuse("UPN", pupil_row_wrong(folder.waiting[upn]))
    elif upn not in folder.spells:
        row.refuse("UPN", PUPIL_UNKNOWN)
    return upn


def pupil_row_wrong(number: int) -> ProblemReason:
    return because(ProblemKind.PUPIL_ROW_WRONG, file=PUPILS, line=line(number, PUPILS.name))
