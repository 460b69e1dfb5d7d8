"""Tables of other systems, as the check reads them: rows of one file of the layout, streamed."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from registers.exchange.layout.files import COLUMNS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.origin import Origin
from registers.exchange.layout.rows import Cells
from registers.exchange.map.recipes import MadeColumn, academic_year_of
from registers.exchange.map.segments import Segment
from registers.exchange.problems.errors import UnreadableFile, WrongCell, WrongFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.places import at_line
from registers.exchange.problems.reasons import ProblemReason, because
from registers.exchange.problems.warnings import WarningKind
from registers.rules.grouping import keyed

MARKS = "marks.csv"
OF_A_DAY = ("Code", "Date", "Session")
REPEATED = ("pupils.csv", "contacts.csv", "groups.csv", "characteristics.csv", "staff.csv")
OF_PUPILS = ("contacts.csv", "marks.csv", "groups.csv", "characteristics.csv")
FindPupil = Callable[[dict[str, str]], str]  # UPN by surname, forename, date of birth; WrongCell


class PlacedSegment:
    """A segment with how much is added to its lines, and whether its pupils may go by name."""

    def __init__(self, segment: Segment, start: int, *, by_name: bool):
        self.segment, self.start, self.by_name = segment, start, by_name
        self.width = len(segment.table.columns)
        self.made = keyed(segment.made, "column")

    def has_wanted(self, cells: Mapping[str, str | None]) -> bool:
        """Whether the row has the cell without which it says nothing in this table."""
        return self.segment.wanted is None or bool(cells[self.segment.wanted])

    def as_it_stands(self, theirs: Sequence[str]) -> dict[str, str]:
        """What can be made of each cell of a wrong row, else the cell."""
        return {name: self._made_or_raw(column, theirs) for name, column in self.made.items()}

    def _made_or_raw(self, column: MadeColumn, theirs: Sequence[str]) -> str:
        try:
            return column.make(theirs)
        except WrongCell:
            return theirs[self.segment.table.columns.index(column.heading)]

    def who(self, theirs: Sequence[str]) -> dict[str, str]:
        """What the row says of whom it is about, by the names of the columns."""
        return {name: column.make(theirs) for name, column in self.segment.who.items()}


class RefusedRow(Exception):
    """A row of the person's own that is wrong: the column, the reason, the cells to be mended."""

    def __init__(self, column: str, reason: ProblemReason, cells: dict[str, str] | None = None):
        self.column, self.reason, self.cells = column, reason, cells


@dataclass
class MappedTable:
    """As `readers.Table`: `file`, `columns`, `digest` and `rows`.

    A cell is None where the row's own file has no such column. `find` is set once the pupils of
    the import are known.
    """

    file: str
    origin: Origin
    digest: str = ""
    pieces: list[PlacedSegment] = field(default_factory=list)
    find: FindPupil | None = None
    seen: set[tuple[str | None, ...]] = field(default_factory=set)
    current: Sequence[str] = ()  # the person's own cells of the row at hand

    @property
    def columns(self) -> list[str]:
        """Those of any of the pieces, in the order of the layout; marks have all."""
        if self.file == MARKS:
            return COLUMNS[self.file]
        read = {"UPN"}.union(*(piece.made for piece in self.pieces))
        return [name for name in COLUMNS[self.file] if name in read]

    def add(self, segment: Segment, *, by_name: bool) -> None:
        heading = partial(self._heading, segment)
        start = self.origin.add(self.file, segment.source, segment.last_line, heading)
        self.pieces.append(PlacedSegment(segment, start, by_name=by_name))

    def rows(self, findings: Findings) -> Iterator[tuple[int, Cells]]:
        """(line in this table, cells in the order of `columns`). Wrong rows go to `findings`."""
        self.seen = set()
        for piece in self.pieces:
            try:
                yield from self._rows_of(piece, findings)
            except UnreadableFile as problem:
                line = piece.start + problem.line
                raise WrongFile(self.file, problem.reason, line=line) from None
        self.current = ()

    def _rows_of(self, piece: PlacedSegment, findings: Findings) -> Iterator[tuple[int, Cells]]:
        nothing = "" if self.file == MARKS else None
        unsaid: dict[str, str | None] = dict.fromkeys(self.columns, nothing)
        for line, theirs in piece.segment.rows():
            self.current = theirs
            try:
                cells = self._cells(piece, theirs, unsaid)
            except RefusedRow as refused:
                self._refuse(piece.start + line, refused, findings)
                continue
            if piece.has_wanted(cells) and not self._is_again(cells, piece.start + line, findings):
                yield piece.start + line, list(cells.values())

    def _refuse(self, line: int, refused: RefusedRow, findings: Findings) -> None:
        findings.wrong(self.file, line, refused.column, refused.reason)
        if refused.cells is None:
            findings.wrong_rows[self.file] += 1
            return
        stands = [refused.cells.get(name, "") for name in self.columns]
        findings.set_aside(self.file, stands, self.columns)

    def _cells(
        self, piece: PlacedSegment, theirs: Sequence[str], unsaid: dict[str, str | None]
    ) -> dict[str, str | None]:
        """The cells of the layout. Raises RefusedRow."""
        _demand_width(len(theirs), piece.width)
        cells = unsaid.copy()
        for name, column in piece.made.items():
            try:
                cells[name] = column.make(theirs)
            except WrongCell as wrong:
                raise RefusedRow(name, wrong.reason, piece.as_it_stands(theirs)) from None
        if self.file in OF_PUPILS and not cells["UPN"] and piece.has_wanted(cells):
            cells["UPN"] = self._number(piece, theirs, cells)
        return cells

    def _number(
        self, piece: PlacedSegment, theirs: Sequence[str], cells: dict[str, str | None]
    ) -> str:
        """What stands for the UPN of a row that has none."""
        try:
            said = piece.who(theirs)
            return said.get("Admission number") or self._found(piece, said)
        except WrongCell as wrong:
            stands = {name: cell or "" for name, cell in cells.items()}
            raise RefusedRow("UPN", wrong.reason, stands) from None

    def _found(self, piece: PlacedSegment, said: dict[str, str]) -> str:
        if not piece.by_name or self.find is None:
            raise WrongCell(ProblemKind.NO_NUMBER)
        return self.find(said)

    def _is_again(self, cells: dict[str, str | None], line: int, findings: Findings) -> bool:
        """Whether the very same row was there: reports repeat a pupil for each contact."""
        if self.file not in REPEATED:
            return False
        row = tuple(cells.values())
        is_again = row in self.seen
        self.seen.add(row)
        if is_again:
            findings.warn(WarningKind.ROW_AGAIN, at_line(self.file, line))
        return is_again

    def _heading(self, segment: Segment, column: str) -> str:
        """The person's column; of a grid of marks the column of the very day and session."""
        of_day = None
        if segment.heading_of is not None and self.current and column in OF_A_DAY:
            theirs = dict(zip(segment.table.columns, self.current, strict=False))
            of_day = segment.heading_of(theirs.get("Date", ""), theirs.get("Session", ""))
        return of_day or segment.heading(column)


def _demand_width(cells: int, width: int) -> None:
    if cells < width:
        raise RefusedRow("", because(ProblemKind.CUT_OFF))
    if cells > width:
        reason = because(ProblemKind.WRONG_WIDTH_OF_HEADINGS, cells=cells, width=width)
        raise RefusedRow("", reason)


@dataclass
class MadeCalendar:
    """calendar.csv made of days on which a school met, where it has no calendar yet."""

    days: Collection[date]
    file: str = "calendar.csv"
    digest: str = ""

    @property
    def columns(self) -> list[str]:
        return COLUMNS[self.file]

    def rows(self, findings: Findings) -> Iterator[tuple[int, Cells]]:
        """Both sessions of each day: a school opens a day in whole."""
        sessions = ((day, half) for day in sorted(self.days) for half in ("AM", "PM"))
        for line, (day, half) in enumerate(sessions, 2):
            yield line, [day.isoformat(), half, academic_year_of(day)]
