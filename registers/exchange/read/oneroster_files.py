"""The CSV files of a OneRoster folder, row by row, and what their cells hold."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.text import read_text

MOST_BYTES = 200 << 20  # of one file
GONE = ("tobedeleted", "inactive")


class Record(dict[str, str]):
    """A row by its headings in small letters; a cell that is not there is empty."""

    def __init__(self, cells: Iterable[tuple[str, str]] = (), line: int = 0):
        super().__init__(cells)
        self.line = line

    def __missing__(self, heading: str) -> str:
        return ""

    @property
    def is_gone(self) -> bool:
        return self["status"].lower() in GONE

    @property
    def full_name(self) -> str:
        return f"{self['givenname']} {self['familyname']}".strip()

    def day(self, heading: str) -> str:
        """The day of a moment, as 2025-09-01."""
        return self[heading][:10]

    def listed(self, heading: str) -> list[str]:
        """What a cell has between its commas."""
        return list(filter(None, map(str.strip, self[heading].split(","))))


class RosterFiles:
    """The files of one folder. `gone` counts, by file, the rows that are to be deleted."""

    def __init__(self, folder: Path, name: str):
        self.folder, self.name = folder, name
        self.gone: Counter[str] = Counter()

    def by_id(self, file: str) -> dict[str, Record]:
        return {record["sourcedid"]: record for record in self.records(file)}

    def records(self, file: str) -> Iterator[Record]:
        """Its rows but those to be deleted; none if it is not there. Raises UnreadableFile."""
        path = file_named(self.folder, file)
        if path is None:
            return
        for record in _read_csv(path, f"{self.name}, {file}"):
            if record.is_gone:
                self.gone[file] += 1
            else:
                yield record


def file_named(folder: Path, name: str) -> Path | None:
    """A file of the folder or of one below it, in whatever capitals; the nearest one."""
    paths = chain(folder.glob("*.csv"), folder.glob("*/*.csv"))
    return next((path for path in paths if path.name.lower() == name.lower()), None)


def _read_csv(path: Path, source: str) -> Iterator[Record]:
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableFile(source, ProblemKind.TOO_LARGE, megabytes=MOST_BYTES >> 20)
    (table,) = read_text(path, source)
    headings = [name.lower() for name in table.columns]
    if "sourcedid" not in headings:
        raise UnreadableFile(source, ProblemKind.COLUMN_MISSING, line=1, columns="sourcedId")
    width = len(headings)
    for line, cells in table.rows():
        if len(cells) != width:
            kind = ProblemKind.WRONG_WIDTH_OF_HEADINGS
            raise UnreadableFile(source, kind, line=line, cells=len(cells), width=width)
        yield Record(zip(headings, map(str.strip, cells), strict=True), line)
