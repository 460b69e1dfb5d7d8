"""Bytes of a file as any school's system writes it → rows of cells with their line numbers."""

import csv
import hashlib
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, IncrementalDecoder, getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from registers.exchange.layout.files import COLUMNS, MAY_BE_EMPTY, needed_columns
from registers.exchange.layout.findings import Findings
from registers.exchange.problems.errors import WrongFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.places import FilePlace
from registers.exchange.problems.reasons import ProblemReason, because, shortened, shown
from registers.exchange.problems.warnings import WarningKind

CHUNK = 1 << 20
Utf8Decoder = getincrementaldecoder("utf-8")
LONGEST_HEADER = 4_000  # characters; the longest real one has about 300
MOST_LINES_OF_A_ROW = 20  # an address has five; more is a quotation mark that nobody closed
NEVER_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
MOST_MISSHAPEN = 1_000  # rows; a file with more is noise, and need not be read to its end


@dataclass
class Table:
    """One file, looked at but not yet read. `rows` reads it, a row at a time."""

    path: Path
    encoding: str
    delimiter: str
    digest: str
    header_lines: int
    columns: list[str] = field(default_factory=list)  # those of ours that it has
    order: list[int] = field(default_factory=list)  # where each of them stands
    width: int = 0
    ends_whole: bool = True  # whether the last line ends with a line break
    misshapen: int = 0

    @property
    def file(self) -> str:
        return self.path.name

    def rows(self, findings: Findings) -> Iterator[tuple[int, tuple[str, ...]]]:
        """(line, cells in the order of `columns`). Empty lines are left out."""
        width, order = self.width, itemgetter(*self.order)
        for line, cells, is_last in _lines(self):
            if len(cells) == width:
                yield line, order(cells)
            elif _says_something(cells):
                padded = order(cells + [""] * width)
                if reason := self._misshapen(cells, is_last=is_last):
                    self._refuse(line, reason, padded, findings)
                else:
                    yield line, padded

    def _misshapen(self, cells: list[str], *, is_last: bool) -> ProblemReason | None:
        """Why a row has too many cells or too few; None where those are empty, or may be."""
        missing = self._columns_after(len(cells))
        is_short = len(cells) < self.width
        if is_short and is_last and not self.ends_whole:
            return because(ProblemKind.CUT_OFF) if missing else self._wrong_width(cells)
        may_be_so = missing <= MAY_BE_EMPTY[self.file] and not _says_something(cells[self.width :])
        return None if may_be_so else self._wrong_width(cells)

    def _wrong_width(self, cells: list[str]) -> ProblemReason:
        return because(ProblemKind.WRONG_WIDTH, cells=len(cells), width=self.width)

    def _columns_after(self, number: int) -> set[str]:
        places = zip(self.columns, self.order, strict=True)
        return {name for name, place in places if place >= number}

    def _refuse(
        self, line: int, reason: ProblemReason, cells: Sequence[str], findings: Findings
    ) -> None:
        self.misshapen += 1
        if self.misshapen > MOST_MISSHAPEN:
            too_many = because(ProblemKind.ROWS_DO_NOT_FIT, rows=MOST_MISSHAPEN)
            raise WrongFile(self.file, too_many, line=line)
        findings.wrong(self.file, line, "", reason)
        findings.set_aside(self.file, cells, self.columns)


def _says_something(cells: list[str]) -> bool:
    return any(map(str.strip, cells))


def open_table(path: Path, findings: Findings) -> Table:
    """Look at a file: its encoding, delimiter and header. Raises WrongFile."""
    encoding, digest, ends_whole = _looked_at(path)
    if encoding == "cp1252":
        findings.warn(WarningKind.NOT_UTF8, FilePlace(path.name))
    with path.open(encoding=encoding, newline="", errors="replace") as stream:
        first = stream.readline(LONGEST_HEADER)
        skipped = first.lower().startswith("sep=")  # what Excel likes to be told
        if skipped:
            first = stream.readline(LONGEST_HEADER)
    delimiter = max(",;\t", key=first.count)
    table = Table(path, encoding, delimiter, digest, 1 + skipped, ends_whole=ends_whole)
    _find_columns(table, first, findings)
    return table


def _looked_at(path: Path) -> tuple[str, str, bool]:
    """The encoding, the digest, and whether the last line is whole. One pass, a piece at a time."""
    with path.open("rb") as stream:
        if stream.read(2) in (BOM_UTF16_LE, BOM_UTF16_BE):
            return "utf-16", _digest_of(path), True
    digest, utf8, is_utf8, lines, piece = hashlib.sha256(), Utf8Decoder(), True, 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            _refuse_noise(path.name, chunk, lines)
            lines += chunk.count(b"\n")
            digest.update(chunk)
            is_utf8 = is_utf8 and _decodes(utf8, chunk)
            piece = chunk
    if not piece:
        raise WrongFile(path.name, because(ProblemKind.EMPTY))
    return "utf-8-sig" if is_utf8 else "cp1252", digest.hexdigest(), piece[-1:] in b"\r\n"


def _decodes(decoder: IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _refuse_noise(file: str, chunk: bytes, lines_before: int) -> None:
    if noise := NEVER_IN_TEXT.search(chunk):
        line = lines_before + chunk.count(b"\n", 0, noise.start()) + 1
        raise WrongFile(file, because(ProblemKind.NOT_TEXT), line=line)


def _find_columns(table: Table, first: str, findings: Findings) -> None:
    headings = _headings_of(first, table.delimiter)
    names = [name.strip().lstrip("\ufeff").strip().casefold() for name in headings]
    _demand_columns(table, first, names)
    table.columns = [name for name in COLUMNS[table.file] if name.casefold() in names]
    wanted = [name.casefold() for name in table.columns]
    if twice := next((name for name in wanted if names.count(name) > 1), None):
        raise WrongFile(table.file, because(ProblemKind.COLUMN_TWICE), line=1, column=twice)
    _warn_of_unknown(table, zip(names, headings, strict=True), findings)
    table.order = [names.index(name) for name in wanted]
    table.width = len(names)


def _warn_of_unknown(table: Table, headings: Iterable[tuple[str, str]], findings: Findings) -> None:
    known = {"", *(name.casefold() for name in table.columns)}
    for name, heading in headings:
        if name not in known:
            findings.warn(WarningKind.COLUMN_UNKNOWN, FilePlace(table.file), heading=shown(heading))


def _headings_of(first: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        return [first]


def _demand_columns(table: Table, first: str, names: list[str]) -> None:
    """Raises WrongFile where a column is missing that the file must have."""
    needed = needed_columns(table.file)
    missing = [name for name in needed if name.casefold() not in names]
    if len(missing) == len(needed):
        reason = because(ProblemKind.NO_HEADER, cell=shortened(first), columns=",".join(needed))
        raise WrongFile(table.file, reason, line=1)
    if missing:
        reason = because(ProblemKind.COLUMN_MISSING, columns=", ".join(missing))
        raise WrongFile(table.file, reason, line=1, column=missing[0])


def _lines(table: Table) -> Iterator[tuple[int, list[str], bool]]:
    """(first line of the row, cells, whether it is the last row)."""
    with table.path.open(encoding=table.encoding, newline="", errors="replace") as stream:
        reader = csv.reader(stream, delimiter=table.delimiter, strict=True)
        for _ in range(table.header_lines):
            next(reader)
        before, start = None, reader.line_num
        try:
            for cells in reader:
                end = reader.line_num
                if end - start > MOST_LINES_OF_A_ROW:
                    raise WrongFile(
                        table.file, because(ProblemKind.QUOTATION_UNCLOSED), line=start + 1
                    )
                if before is not None:
                    yield before
                before = (start + 1, cells, False) if cells else None
                start = end
        except (csv.Error, UnicodeError) as error:
            raise WrongFile(
                table.file, because(ProblemKind.QUOTATION_UNCLOSED), line=start + 1
            ) from error
        if before is not None:
            yield (*before[:2], True)
