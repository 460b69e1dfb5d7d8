"""Files, folders and ZIPs → tables, whatever kind each is. No Django in this package."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePosixPath

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.questions import Answers, Question
from registers.exchange.read import ctf, oneroster  # as modules: they read by this package
from registers.exchange.read.archives import FoundFile, Unpacked, unpack
from registers.exchange.read.tables import SourceTable
from registers.exchange.read.text import read_text
from registers.exchange.read.workbook import SUFFIXES, read_workbook

__all__ = ["Reading", "UnreadableFile", "read_files"]

TEXTS = (".csv", ".txt", ".tsv", ".tab", ".dat", "")
NO_TABLES = {
    ".pdf": ProblemKind.IS_PDF,
    ".doc": ProblemKind.IS_DOCUMENT,
    ".docx": ProblemKind.IS_DOCUMENT,
    ".numbers": ProblemKind.IS_NUMBERS,
}


WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


class NoTable(UnreadableFile):
    """A file of another kind among the tables: it is left out, and that is told."""


@dataclass
class Reading:
    """What stands in the files. The tables can be read while this object lives."""

    tables: list[SourceTable] = field(default_factory=list)
    problems: list[UnreadableFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    passed_over: list[UnreadableFile] = field(default_factory=list)  # files that are no tables
    questions: list[Question] = field(default_factory=list)  # that must be answered to read on
    unpacked: Unpacked = field(default_factory=Unpacked)

    @contextmanager
    def noting_what_cannot_be_read(self) -> Iterator[None]:
        """One file that is no table does not keep the others from being read."""
        try:
            yield
        except NoTable as other:
            self.passed_over.append(other)
        except UnreadableFile as problem:
            self.problems.append(problem)


def read_files(
    paths: Sequence[Path], *, urn: str = "", laestab: str = "", answers: Answers | None = None
) -> Reading:
    """Look at every file below `paths`. Rows are read later, when they are asked for.

    `urn`, `laestab` and `answers` say which of several schools of a roster is meant.
    """
    unpacked = unpack(paths)
    reading = Reading(problems=list(unpacked.problems), unpacked=unpacked)
    rosters = _rosters(unpacked.files)
    for folder, name in rosters.items():
        with reading.noting_what_cannot_be_read():
            tables, questions = oneroster.read_oneroster(
                folder, name, urn=urn, laestab=laestab, answers=answers
            )
            reading.tables += tables
            reading.questions += questions
    for file in unpacked.files:
        if file.path.parent not in rosters:
            with reading.noting_what_cannot_be_read():
                reading.tables += _tables(file)
    _leave_out_empty(reading)
    _tell_apart(reading.tables)
    _tell_what_was_passed_over(reading)
    return reading


def _rosters(files: Sequence[FoundFile]) -> dict[Path, str]:
    """Folders whose files are together a OneRoster, with what a person calls them."""
    names = {file.path.parent: file.folder for file in files}
    folders = filter(oneroster.is_oneroster, names)
    return {folder: _name_of_roster(names[folder]) for folder in folders}


def _name_of_roster(folder: str) -> str:
    return PurePosixPath(folder).name or folder or "OneRoster"


def _tables(file: FoundFile) -> list[SourceTable]:
    for is_of_the_kind, read in READERS:
        if is_of_the_kind(file.path):
            return read(file.path, file.source)
    kind = NO_TABLES.get(file.path.suffix.lower(), ProblemKind.KIND_UNKNOWN)
    raise NoTable(file.source, kind)


def _is_workbook(path: Path) -> bool:
    """By its name; or by its first bytes, where somebody called it .csv."""
    if path.suffix.lower() in SUFFIXES:
        return True
    with path.open("rb") as stream:
        return _is_text(path) and stream.read(8).startswith(WORKBOOK_STARTS)


def _is_transfer(path: Path) -> bool:
    return path.suffix.lower() == ".xml" and ctf.is_ctf(path)


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in TEXTS


READERS: tuple[tuple[Callable[[Path], bool], Callable[[Path, str], list[SourceTable]]], ...] = (
    (_is_workbook, read_workbook),
    (_is_transfer, ctf.read_ctf),
    (_is_text, read_text),
)


def _leave_out_empty(reading: Reading) -> None:
    tables, reading.tables = reading.tables, []
    for table in tables:
        with reading.noting_what_cannot_be_read():
            if next(table.rows(), None):
                reading.tables.append(table)
            else:
                reading.notes.append(f"{table.source} has headings and no rows.")


def _tell_apart(tables: Sequence[SourceTable]) -> None:
    """Two files of one name get a number each: a message names one of them."""
    times = Counter(table.source for table in tables)
    numbers = {source: count(1) for source in times if times[source] > 1}
    for table in tables:
        if table.source in numbers:
            table.source = f"{table.source} ({next(numbers[table.source])})"


def _tell_what_was_passed_over(reading: Reading) -> None:
    """Among tables a file that is none is a note; alone it is what is wrong."""
    if reading.tables:
        reading.notes += [f"{other} It was not read." for other in reading.passed_over]
    else:
        reading.problems += reading.passed_over
