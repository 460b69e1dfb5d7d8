"""Files, folders and ZIPs → tables, whatever kind each is. No Django in this package."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
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
        _read_roster(reading, folder, name, {"urn": urn, "laestab": laestab, "answers": answers})
    for found in unpacked.files:
        if found.path.parent not in rosters:
            _read_file(reading, found)
    _leave_out_empty(reading)
    _tell_apart(reading.tables)
    if reading.tables:
        reading.notes += [f"{other} It was not read." for other in reading.passed_over]
    else:
        reading.problems += reading.passed_over
    return reading


def _read_file(reading: Reading, found: FoundFile) -> None:
    try:
        reading.tables += _tables(found)
    except NoTable as other:
        reading.passed_over.append(other)
    except UnreadableFile as problem:
        reading.problems.append(problem)


def _rosters(files: Sequence[FoundFile]) -> dict[Path, str]:
    """Folders whose files are together a OneRoster, with what a person calls them."""
    folders = {found.path.parent: found.folder for found in files}
    return {
        folder: PurePosixPath(said).name or said or "OneRoster"
        for folder, said in folders.items()
        if oneroster.is_oneroster(folder)
    }


def _read_roster(reading: Reading, folder: Path, name: str, school: dict) -> None:
    try:
        question = oneroster.schools_to_choose_from(folder, name, **school)
        reading.questions += [question] if question else []
        reading.tables += oneroster.read_oneroster(folder, name, **school)
    except UnreadableFile as problem:
        reading.problems.append(problem)


def _tables(found: FoundFile) -> list[SourceTable]:
    suffix = found.path.suffix.lower()
    if suffix in SUFFIXES or (suffix in TEXTS and _is_workbook(found.path)):
        return read_workbook(found.path, found.source)
    if suffix == ".xml" and ctf.is_ctf(found.path):
        return ctf.read_ctf(found.path, found.source)
    if suffix in TEXTS:
        return read_text(found.path, found.source)
    raise NoTable(found.source, NO_TABLES.get(suffix, ProblemKind.KIND_UNKNOWN))


def _is_workbook(path: Path) -> bool:
    """A workbook that somebody called .csv."""
    with path.open("rb") as stream:
        start = stream.read(8)
    return start[:4] == b"PK\x03\x04" or start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _leave_out_empty(reading: Reading) -> None:
    kept = []
    for table in reading.tables:
        try:
            first = next(table.rows(), None)
        except UnreadableFile as problem:
            reading.problems.append(problem)
            continue
        if first is None:
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
