"""Files, folders and ZIPs → single files, within bounds. No Django in this module.

What an archive says of its size or its paths is not believed: bytes are counted as they come.
"""

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.pieces import pieces_of

MOST_MEMBERS = 2_000
MOST_BYTES = 1024 * 1024 * 1024  # of all archives together, unpacked
MOST_RATIO = 250  # unpacked to packed; marks of a school pack to a thirtieth
SMALL = 16 * 1024 * 1024  # below it the ratio does not matter
DEEPEST = 2  # a ZIP within a ZIP, and no further
ENCRYPTED = 0x1  # of a member's flags
LONGEST_NAME = 120  # characters of a file's name
PASSED_OVER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", "what-is-wrong.csv")
UNREADABLE = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error),
    *(NotImplementedError, EOFError, OSError, RuntimeError),
)


@dataclass
class FoundFile:
    """One file. `folder` is the file, folder or ZIP that it came in; `source` names it to a person.

    Files of one `folder` may belong together, as those of OneRoster do.
    """

    path: Path
    source: str
    folder: str


@dataclass
class Unpacked:
    """The files of an upload; a ZIP's stand in a folder that goes when this object does."""

    files: list[FoundFile] = field(default_factory=list)
    problems: list[UnreadableFile] = field(default_factory=list)
    members: int = 0
    bytes: int = 0
    _kept: list[TemporaryDirectory] = field(default_factory=list)

    def new_folder(self) -> Path:
        self._kept.append(TemporaryDirectory(prefix="rollbook-"))
        return Path(self._kept[-1].name)


def unpack(paths: Sequence[Path]) -> Unpacked:
    """All files below `paths`. What cannot be opened is among the problems; nothing is raised."""
    unpacked = Unpacked()
    for path in paths:
        if path.is_dir():
            _take_folder(unpacked, path)
        elif path.is_file():
            _take(unpacked, path, path.name, "")
        else:
            unpacked.problems.append(UnreadableFile(str(path), ProblemKind.NOT_THERE))
    return unpacked


def _take_folder(unpacked: Unpacked, folder: Path) -> None:
    for path in sorted(filter(Path.is_file, folder.rglob("*"))):
        inside = path.relative_to(folder)
        _take(unpacked, path, str(inside), (folder.name / inside.parent).as_posix())


def _take(unpacked: Unpacked, path: Path, source: str, folder: str, depth: int = 0) -> None:
    if _is_passed_over(PurePosixPath(source)) or path.name.startswith("."):
        return
    if not _is_archive(path):
        unpacked.files.append(FoundFile(path, source, folder))
    elif depth >= DEEPEST:
        unpacked.problems.append(UnreadableFile(source, ProblemKind.ZIP_TOO_DEEP))
    else:
        _take_archive(unpacked, path, source, depth)


def _is_passed_over(path: PurePosixPath) -> bool:
    return not set(PASSED_OVER).isdisjoint(path.parts)


def _is_archive(path: Path) -> bool:
    """A workbook is a ZIP too, and is none here."""
    suffix = path.suffix.lower()
    return suffix == ".zip" or (suffix in ("", ".csv", ".txt") and zipfile.is_zipfile(path))


def _take_archive(unpacked: Unpacked, path: Path, source: str, depth: int) -> None:
    try:
        _Archive(unpacked, path, source, depth).take_members()
    except UnreadableFile as problem:
        unpacked.problems.append(problem)
    except UNREADABLE:
        unpacked.problems.append(UnreadableFile(source, ProblemKind.ZIP_BROKEN))


class _Archive:
    """A ZIP that is unpacked to a folder of its own."""

    def __init__(self, unpacked: Unpacked, path: Path, source: str, depth: int):
        self.unpacked, self.path, self.source, self.depth = unpacked, path, source, depth
        self.folder = unpacked.new_folder()
        self.most = max(SMALL, path.stat().st_size * MOST_RATIO)  # bytes of one member

    def take_members(self) -> None:
        """Raises UnreadableFile, and what `zipfile` raises."""
        with zipfile.ZipFile(self.path) as archive:
            for number, member in enumerate(archive.infolist()):
                inside = PurePosixPath(member.filename.replace("\\", "/"))
                if not (member.is_dir() or _is_passed_over(inside)):
                    self._refuse_odd(member, inside)
                    self._count()
                    target = self._place(inside, number)
                    with archive.open(member) as stream:
                        self._write(stream, target)
                    self._hand_on(target, inside)

    def _refuse_odd(self, member: zipfile.ZipInfo, inside: PurePosixPath) -> None:
        if inside.is_absolute() or ".." in inside.parts or ":" in member.filename:
            raise UnreadableFile(self.source, ProblemKind.ZIP_POINTS_OUT, name=inside.name)
        if member.flag_bits & ENCRYPTED:
            raise UnreadableFile(self.source, ProblemKind.ZIP_PASSWORD)

    def _count(self) -> None:
        self.unpacked.members += 1
        if self.unpacked.members > MOST_MEMBERS:
            raise UnreadableFile(self.source, ProblemKind.ZIP_TOO_MANY, files=MOST_MEMBERS)

    def _place(self, inside: PurePosixPath, number: int) -> Path:
        """A place of our own, under the member's own name: files of one folder stay together."""
        folder = self.folder / sha256(str(inside.parent).encode()).hexdigest()[:16]
        folder.mkdir(exist_ok=True)
        target = folder / inside.name[-LONGEST_NAME:]
        return folder / f"{number}-{target.name}" if target.exists() else target

    def _write(self, stream: IO[bytes], target: Path) -> None:
        size = 0
        with target.open("xb") as out:
            for piece in pieces_of(stream):
                size += len(piece)
                self.unpacked.bytes += len(piece)
                if size > self.most or self.unpacked.bytes > MOST_BYTES:
                    raise UnreadableFile(self.source, ProblemKind.ZIP_GROWS)
                out.write(piece)

    def _hand_on(self, target: Path, inside: PurePosixPath) -> None:
        """The member is a file or an archive itself."""
        source = f"{inside} in {self.source}" if self.depth else str(inside)
        _take(self.unpacked, target, source, f"{self.source}/{inside.parent}", self.depth + 1)
