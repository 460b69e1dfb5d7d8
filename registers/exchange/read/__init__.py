"""Files, folders and ZIPs → tables, whatever kind each is. No Django in this package."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from registers.exchange.read.problems import Unreadable
from registers.exchange.read.text import read_text
from registers.exchange.read.unpack import Found, Unpacked, unpack
from registers.exchange.read.workbook import SUFFIXES, read_workbook
from registers.exchange.tables import SourceTable

__all__ = ["Reading", "Unreadable", "read_files"]

TEXTS = (".csv", ".txt", ".tsv", ".tab", ".dat", "")
NO_TABLES = {
    ".pdf": "is a PDF: its table cannot be read. Export the report as XLSX or CSV",
    ".doc": "is a document: export the report as XLSX or CSV",
    ".docx": "is a document: export the report as XLSX or CSV",
    ".numbers": "is a Numbers file: save it as XLSX or CSV",
}
UNKNOWN = "is none of the kinds that hold tables: CSV, XLSX, XLS, ODS, or a ZIP of them"


@dataclass
class Reading:
    """What stands in the files. The tables can be read while this object lives."""

    tables: list[SourceTable] = field(default_factory=list)
    problems: list[Unreadable] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unpacked: Unpacked = field(default_factory=Unpacked)


def read_files(paths: Sequence[Path]) -> Reading:
    """Look at every file below `paths`. Rows are read later, when they are asked for."""
    unpacked = unpack(paths)
    reading = Reading(problems=list(unpacked.problems), unpacked=unpacked)
    for found in unpacked.files:
        try:
            reading.tables += _tables(found)
        except Unreadable as problem:
            reading.problems.append(problem)
    _leave_out_empty(reading)
    _tell_apart(reading.tables)
    return reading


def _tables(found: Found) -> list[SourceTable]:
    suffix = PurePosixPath(found.source).suffix.lower()
    if suffix in SUFFIXES or (suffix in TEXTS and _is_workbook(found.path)):
        return read_workbook(found.path, found.source)
    if suffix in TEXTS:
        return read_text(found.path, found.source)
    raise Unreadable(found.source, NO_TABLES.get(suffix, UNKNOWN))


def _is_workbook(path: Path) -> bool:
    """A workbook that somebody called .csv."""
    with path.open("rb") as stream:
        start = stream.read(8)
    return start[:4] == b"PK\x03\x04" or start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _leave_out_empty(reading: Reading) -> None:
    kept = []
    for table in reading.tables:
        if next(table.rows(), None) is None:
            reading.notes.append(f"{table.source} has headings and no rows.")
        else:
            kept.append(table)
    reading.tables = kept


def _tell_apart(tables: list[SourceTable]) -> None:
    """Two files of one name get a number each: a message names one of them."""
    times = Counter(table.source for table in tables)
    seen: Counter[str] = Counter()
    for table in tables:
        if times[table.source] > 1:
            seen[table.source] += 1
            table.source = f"{table.source} ({seen[table.source]})"
