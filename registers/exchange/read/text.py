"""A file of text → one table: its delimiter, its headings, its rows. No Django in this module."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.encodings import Encoding, encoding_of
from registers.exchange.read.headings import with_headings
from registers.exchange.read.tables import Rows, SourceTable

DELIMITERS = ",;\t|"
LOOKED_AT = 60  # lines from which the delimiter is told
LONGEST_LINE = 200_000  # characters; a grid of a year has about 20,000
MOST_LINES_OF_A_ROW = 20  # an address has five; more is a quotation mark that nobody closed
DELIMITER_NAMES = {";": "semicolons", "\t": "tabs", "|": "upright strokes"}


def read_text(path: Path, source: str) -> list[SourceTable]:
    """Raises UnreadableFile."""
    encoding = encoding_of(path, source)
    skip, delimiter = _delimiter(path, encoding)
    rows = partial(_rows, path, encoding, delimiter, source, skip=skip)
    table = with_headings(source, rows, ends_whole=encoding.ends_whole)
    if encoding.note:
        table.notes.append(encoding.note)
    if delimiter in DELIMITER_NAMES:
        table.notes.append(f"Cells are parted by {DELIMITER_NAMES[delimiter]}.")
    return [table]


def _delimiter(path: Path, encoding: Encoding) -> tuple[int, str]:
    """Lines to skip (Excel’s `sep=`), and what stands between the cells."""
    with path.open(encoding=encoding.name, newline="", errors="replace") as stream:
        lines = [line[:LONGEST_LINE] for line in islice(stream, LOOKED_AT)]
    first = next(iter(lines), "").lstrip("\ufeff").strip()
    if first.lower().startswith("sep=") and first[4:5] in tuple(DELIMITERS):
        return 1, first[4]
    return 0, max(DELIMITERS, key=lambda delimiter: _regular(lines, delimiter))


def _regular(lines: list[str], delimiter: str) -> int:
    """How many cells the rows have that are of the commonest width: titles have another."""
    widths: Counter[int] = Counter()
    with suppress(csv.Error):
        widths.update(map(len, csv.reader(lines, delimiter=delimiter)))
    return max((times * (width - 1) for width, times in widths.items()), default=0)


def _rows(path: Path, encoding: Encoding, delimiter: str, source: str, *, skip: int) -> Rows:
    """(first line of the row, cells). Empty lines are left out. Raises UnreadableFile."""
    with path.open(encoding=encoding.name, newline="", errors="replace") as stream:
        reader = csv.reader(_without_mark(stream), delimiter=delimiter, strict=True)
        start = 0
        try:
            for cells in reader:
                end = reader.line_num
                if end - start > MOST_LINES_OF_A_ROW:
                    raise UnreadableFile(source, ProblemKind.QUOTATION_UNCLOSED, line=start + 1)
                if cells and start >= skip:
                    yield start + 1, cells
                start = end
        except (csv.Error, UnicodeError) as error:
            raise UnreadableFile(source, ProblemKind.QUOTATION_UNCLOSED, line=start + 1) from error


def _without_mark(stream: Iterator[str]) -> Iterator[str]:
    yield next(stream, "").lstrip("\ufeff")
    yield from stream
