"""Tables of other systems, as the check reads them: rows of one file of the layout, streamed."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from registers.exchange.layout.files import COLUMNS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.origin import Origin
from registers.exchange.map.recipes import Make, academic_year_of
from registers.exchange.map.segments import Segment
from registers.exchange.problems.errors import UnreadableFile, WrongCell, WrongFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import because

REPEATED = ("pupils.csv", "contacts.csv", "groups.csv", "characteristics.csv", "staff.csv")
OF_PUPILS = ("contacts.csv", "marks.csv", "groups.csv", "characteristics.csv")
Cells = list[str | None]  # None: the file has no such column
FindPupil = Callable[[dict[str, str]], str]  # UPN by surname, forename, date of birth; WrongCell


@dataclass
class PlacedSegment:
    """A segment with how much is added to its lines, and whether its pupils may go by name."""

    segment: Segment
    start: int
    by_name: bool


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
    seen: set[tuple] = field(default_factory=set)
    _columns: list[str] = field(default_factory=list)  # of all pieces, found when they are asked
    current: list[str] | None = None  # the person's own cells of the row that is being checked

    @property
    def columns(self) -> list[str]:
        if not self._columns:
            self._columns = self._find_columns()
        return self._columns

    def _find_columns(self) -> list[str]:
        if self.file == "marks.csv":
            return COLUMNS[self.file]
        read = {"UPN"}.union(*(piece.segment.columns for piece in self.pieces))
        return [name for name in COLUMNS[self.file] if name in read]

    def add(self, segment: Segment, *, by_name: bool) -> None:
        def heading(column: str) -> str:
            return self._heading(segment, column)

        start = self.origin.add(self.file, segment.source, segment.last_line, heading)
        self.pieces.append(PlacedSegment(segment, start, by_name))
        self._columns = []

    def rows(self, findings: Findings) -> Iterator[tuple[int, list[str | None]]]:
        """(line in this table, cells in the order of `columns`). Wrong rows go to `findings`."""
        self.seen = set()
        for piece in self.pieces:
            try:
                yield from self._rows_of(piece, findings)
            except UnreadableFile as problem:
                line = piece.start + problem.line
                raise WrongFile(self.file, problem.reason, line=line) from None
        self.current = None

    def _rows_of(self, piece: PlacedSegment, findings: Findings) -> Iterator[tuple[int, Cells]]:
        segment, width = piece.segment, len(piece.segment.table.columns)
        makers = self._makers(segment)
        for line, theirs in segment.rows():
            self.current = theirs
            if len(theirs) != width:
                self._refuse_shape(findings, piece.start + line, len(theirs), width)
                continue
            cells = self._made(piece, line, theirs, makers, findings)
            if cells is None or not self._is_wanted(segment, cells):
                continue
            if self._is_nameless(cells) and not self._named(piece, line, theirs, cells, findings):
                continue
            if not self._is_again(tuple(cells), piece.start + line, findings):
                yield piece.start + line, cells

    def _makers(self, segment: Segment) -> list[tuple[str, Make | None]]:
        make = {column.column: column.make for column in segment.made}
        return [(name, make.get(name)) for name in self.columns]

    def _made(
        self,
        piece: PlacedSegment,
        line: int,
        theirs: list[str],
        makers: Sequence[tuple[str, Make | None]],
        findings: Findings,
    ) -> Cells | None:
        """The cells of the layout; None for a row that is wrong."""
        unsaid = "" if self.file == "marks.csv" else None
        cells: Cells = []
        try:
            for _, maker in makers:
                cells.append(unsaid if maker is None else maker(theirs))
        except WrongCell as wrong:
            name, _ = makers[len(cells)]
            findings.wrong(self.file, piece.start + line, name, wrong.reason)
            stands = self._as_it_stands(piece.segment, theirs)
            findings.set_aside(self.file, stands, self.columns)
            return None
        return cells

    def _is_wanted(self, segment: Segment, cells: Cells) -> bool:
        """Whether the row has the cell without which it says nothing in this table."""
        return not segment.wanted or bool(cells[self.columns.index(segment.wanted)])

    def _is_nameless(self, cells: Cells) -> bool:
        return self.file in OF_PUPILS and not cells[self.columns.index("UPN")]

    def _is_again(self, cells: tuple, line: int, findings: Findings) -> bool:
        """Whether the very same row was there: reports repeat a pupil for each contact."""
        if self.file not in REPEATED:
            return False
        is_again = cells in self.seen
        self.seen.add(cells)
        if is_again:
            findings.warn("the very same row again counts once", f"{self.file}, line {line}")
        return is_again

    def _refuse_shape(self, findings: Findings, line: int, cells: int, width: int) -> None:
        reason = because(ProblemKind.CUT_OFF)
        if cells > width:
            reason = because(ProblemKind.WRONG_WIDTH_OF_HEADINGS, cells=cells, width=width)
        findings.wrong(self.file, line, "", reason)
        findings.wrong_rows[self.file] += 1

    def _named(
        self, piece: PlacedSegment, line: int, theirs: list[str], cells: Cells, findings: Findings
    ) -> bool:
        """Put the pupil's number into a row that has none; False for a row that is wrong."""
        try:
            cells[self.columns.index("UPN")] = self._number(piece, theirs)
        except WrongCell as wrong:
            findings.wrong(self.file, piece.start + line, "UPN", wrong.reason)
            findings.set_aside(self.file, [cell or "" for cell in cells], self.columns)
            return False
        return True

    def _number(self, piece: PlacedSegment, theirs: list[str]) -> str:
        said = {name: one.make(theirs) for name, one in piece.segment.who.items()}
        if number := said.get("Admission number"):
            return number
        if not piece.by_name or self.find is None:
            raise WrongCell(ProblemKind.NO_NUMBER)
        return self.find(said)

    def _as_it_stands(self, segment: Segment, theirs: list[str]) -> list[str]:
        """A wrong row in the layout's columns: what can be made of each cell, else the cell."""
        found = {}
        for one in segment.made:
            try:
                found[one.column] = one.make(theirs)
            except WrongCell:
                own = segment.table.columns.index(one.heading)
                found[one.column] = theirs[own]
        return [found.get(name, "") for name in self.columns]

    def _heading(self, segment: Segment, column: str) -> str:
        """The person's column; of a grid of marks the column of the very day and session."""
        cells = self.current
        if segment.heading_of is not None and cells and column in ("Code", "Date", "Session"):
            theirs = dict(zip(segment.table.columns, cells, strict=False))
            if found := segment.heading_of(theirs.get("Date", ""), theirs.get("Session", "")):
                return found
        return segment.heading(column)


@dataclass
class MadeCalendar:
    """calendar.csv made of days on which a school met, where it has no calendar yet."""

    days: Collection[date]
    file: str = "calendar.csv"
    digest: str = ""

    @property
    def columns(self) -> list[str]:
        return COLUMNS[self.file]

    def rows(self, findings: Findings) -> Iterator[tuple[int, list[str | None]]]:
        """Both sessions of each day: a school opens a day in whole."""
        sessions = ((day, half) for day in sorted(self.days) for half in ("AM", "PM"))
        for line, (day, half) in enumerate(sessions, 2):
            yield line, [day.isoformat(), half, academic_year_of(day)]
