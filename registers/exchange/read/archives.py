"""Files, folders and ZIPs → single files, within bounds. No Django in this module.

What an archive says of its size or its paths is not believed: bytes are counted as they come.
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind

MOST_MEMBERS = 2_000
MOST_BYTES = 1024 * 1024 * 1024  # of all archives together, unpacked
MOST_RATIO = 250  # unpacked to packed; marks of a school pack to a thirtieth
SMALL = 16 * 1024 * 1024  # below it the ratio does not matter
DEEPEST = 2  # a ZIP within a ZIP, and no further
CHUNK = 1 << 20
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


def unpack(paths: Sequence[Path]) -> Unpacked:
    """All files below `paths`. What cannot be opened is among the problems; nothing is raised."""
    found = Unpacked()
    for path in paths:
        if path.is_dir():
            for inside in sorted(one for one in path.rglob("*") if one.is_file()):
                said = str(inside.relative_to(path))
                folder = str(PurePosixPath(path.name, *inside.relative_to(path).parts[:-1]))
                _take(found, inside, said, folder)
        elif path.is_file():
            _take(found, path, path.name, "")
        else:
            found.problems.append(UnreadableFile(str(path), ProblemKind.NOT_THERE))
    return found


def _take(found: Unpacked, path: Path, source: str, folder: str, depth: int = 0) -> None:
    parts = PurePosixPath(source).parts
    if any(part in PASSED_OVER for part in parts) or path.name.startswith("."):
        return
    if not _is_archive(path):
        found.files.append(FoundFile(path, source, folder))
    elif depth >= DEEPEST:
        found.problems.append(UnreadableFile(source, ProblemKind.ZIP_TOO_DEEP))
    else:
        try:
            _take_members(found, path, source, depth)
        except UnreadableFile as problem:
            found.problems.append(problem)
        except UNREADABLE:
            found.problems.append(UnreadableFile(source, ProblemKind.ZIP_BROKEN))


def _is_archive(path: Path) -> bool:
    """A workbook is a ZIP too, and is none here."""
    suffix = path.suffix.lower()
    return suffix == ".zip" or (suffix in ("", ".csv", ".txt") and zipfile.is_zipfile(path))


def _take_members(found: Unpacked, path: Path, source: str, depth: int) -> None:
    kept = TemporaryDirectory(prefix="rollbook-")
    found._kept.append(kept)
    with zipfile.ZipFile(path) as archive:
        for number, member in enumerate(archive.infolist()):
            inside = PurePosixPath(member.filename.replace("\\", "/"))
            if member.is_dir() or any(part in PASSED_OVER for part in inside.parts):
                continue
            _refuse_odd(member, inside, source)
            found.members += 1
            if found.members > MOST_MEMBERS:
                raise UnreadableFile(source, ProblemKind.ZIP_TOO_MANY, files=MOST_MEMBERS)
            target = _place(Path(kept.name), inside, number)
            with archive.open(member) as stream:
                _write(found, stream, target, source, path.stat().st_size)
            said = str(inside) if depth == 0 else f"{inside} in {source}"
            _take(found, target, said, f"{source}/{inside.parent}", depth + 1)


def _place(kept: Path, inside: PurePosixPath, number: int) -> Path:
    """A place of our own for a member, under its own name: files of one folder stay together."""
    folder = kept / sha256(str(inside.parent).encode()).hexdigest()[:16]
    folder.mkdir(exist_ok=True)
    target = folder / inside.name[-LONGEST_NAME:]
    return folder / f"{number}-{target.name}" if target.exists() else target


def _refuse_odd(member: zipfile.ZipInfo, inside: PurePosixPath, source: str) -> None:
    if inside.is_absolute() or ".." in inside.parts or ":" in member.filename:
        raise UnreadableFile(source, ProblemKind.ZIP_POINTS_OUT, name=inside.name)
    if member.flag_bits & 0x1:
        raise UnreadableFile(source, ProblemKind.ZIP_PASSWORD)


def _write(found: Unpacked, stream: IO[bytes], target: Path, source: str, packed: int) -> None:
    size = 0
    with target.open("xb") as out:
        for chunk in _chunks(stream):
            size += len(chunk)
            found.bytes += len(chunk)
            if found.bytes > MOST_BYTES or size > max(SMALL, packed * MOST_RATIO):
                raise UnreadableFile(source, ProblemKind.ZIP_GROWS)
            out.write(chunk)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk
