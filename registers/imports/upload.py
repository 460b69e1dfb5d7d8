"""Files that came through the browser → a folder that an import can read. Nothing is trusted.

CSV files, or a zip of them, land under MEDIA_ROOT/imports/<uuid>/ for their owner alone, under the
names of `layout.COLUMNS` and no other. What a zip says of its size or its paths is not believed.
"""

import csv
import shutil
import uuid
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from django.conf import settings
from django.utils import timezone

from registers.imports.layout import COLUMNS, needed_columns
from registers.imports.problems import shown
from registers.models import School

UNREADABLE = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error),
    *(NotImplementedError, EOFError, OSError),
)
MOST_BYTES = 200 * 1024 * 1024  # of all files together, unpacked
CHUNK = 1 << 20
FIRST_LINE = 4_000  # bytes in which a header is looked for
KEPT_FOR = timedelta(days=14)
REPORT = "what-is-wrong.csv"  # goes out with the wrong rows, and may come back with them
SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")
PASSED_OVER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini", REPORT)
MADE_HERE = "school.csv was not among the files, so the school’s own details stand in for it."


class Upload(Protocol):
    name: str | None
    size: int

    def chunks(self, chunk_size: int | None = None) -> Iterable[bytes]: ...


class UploadRefused(Exception):
    """Files that cannot be taken; `problems` are sentences fit to show, each naming its file."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass
class Received:
    """What was stored: under which name, which files, and what is to be said of them."""

    upload: str
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def folder_of(upload: str) -> Path:
    """Raises ValueError where this is no name that `receive` gives."""
    return Path(settings.MEDIA_ROOT) / "imports" / str(uuid.UUID(upload))


def is_there(upload: str) -> bool:
    try:
        return folder_of(upload).is_dir()
    except ValueError:
        return False


def forget(upload: str) -> None:
    """Children's data: it goes when it has been read in, or nobody came back for it."""
    shutil.rmtree(folder_of(upload), ignore_errors=True)


def forget_old() -> int:
    """The uploads that nobody went on with; how many."""
    root = Path(settings.MEDIA_ROOT) / "imports"
    oldest = (timezone.now() - KEPT_FOR).timestamp()
    old = [path for path in root.glob("*") if path.is_dir() and path.stat().st_mtime < oldest]
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)


def receive(uploads: Iterable[Upload], *, school: School) -> Received:
    """Store the files of one import. Raises UploadRefused, and then keeps nothing."""
    received = Received(str(uuid.uuid4()))
    folder = folder_of(received.upload)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(mode=0o700)
    try:
        _Receiver(folder, received).take(list(uploads))
        if "school.csv" not in received.files:
            _write_school(folder, school)
            received.notes.append(MADE_HERE)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return received


class _Receiver:
    def __init__(self, folder: Path, received: Received):
        self.folder, self.received = folder, received
        self.problems: list[str] = []
        self.left = MOST_BYTES

    def take(self, uploads: list[Upload]) -> None:
        if sum(upload.size for upload in uploads) > MOST_BYTES:
            raise UploadRefused([_too_large()])
        for upload in uploads:
            name = str(upload.name or "")
            if name.lower().endswith(".zip"):
                self._take_zip(name, upload)
            else:
                self._take_file(name, name, upload.chunks(CHUNK))
        if not self.problems and not self.received.files:
            self.problems.append("There is no CSV file among these files.")
        if self.problems:
            raise UploadRefused(self.problems)

    def _take_zip(self, name: str, upload: Upload) -> None:
        packed = self.folder / "upload.part"
        with packed.open("wb") as stream:
            for chunk in upload.chunks(CHUNK):
                stream.write(chunk)
        try:
            with zipfile.ZipFile(packed) as archive:
                for member in archive.infolist():
                    self._take_member(name, archive, member)
        except UNREADABLE:
            self.problems.append(
                f"{shown(name)} cannot be opened as a zip file. Pack it again, or choose the CSV "
                "files themselves."
            )
        finally:
            packed.unlink(missing_ok=True)

    def _take_member(self, name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        inside = member.filename.replace("\\", "/")
        where = f"{shown(inside)} in {shown(name)}"
        path = PurePosixPath(inside)
        if path.is_absolute() or ".." in path.parts or ":" in inside:
            self.problems.append(
                f"{where} points out of the zip file. It is not opened: pack the files again."
            )
        elif member.is_dir() or any(part in inside for part in PASSED_OVER):
            return
        elif member.flag_bits & 0x1:
            self.problems.append(f"{where} has a password. Pack the files again without one.")
        elif path.suffix.lower() == ".zip":
            self.problems.append(f"{where} is a zip file within a zip file: choose it by itself.")
        else:
            with archive.open(member) as stream:
                self._take_file(path.name, inside, _pieces(stream))

    def _take_file(self, name: str, said: str, pieces: Iterable[bytes]) -> None:
        name = PurePosixPath(name.replace("\\", "/")).name
        if name == REPORT:
            return
        problem = why_not_this_kind(name, said)
        if problem:
            self.problems.append(problem)
            return
        part = self.folder / "file.part"
        try:
            self._store(part, pieces)
            self._name(part, name, said)
        finally:
            part.unlink(missing_ok=True)

    def _store(self, part: Path, pieces: Iterable[bytes]) -> None:
        with part.open("wb") as stream:
            for piece in pieces:
                self.left -= len(piece)
                if self.left < 0:
                    raise UploadRefused([_too_large()])
                stream.write(piece)
        part.chmod(0o600)

    def _name(self, part: Path, name: str, said: str) -> None:
        """By its name, else by its columns."""
        known = name.lower() if name.lower() in COLUMNS else known_by_columns(part)
        if known is None:
            self.problems.append(
                f"{shown(said)} is not one of the files that Rollbook knows, neither by its name "
                "nor by its columns."
            )
        elif known in self.received.files:
            self.problems.append(f"There are two files for {known}: {shown(said)} is one of them.")
        else:
            part.rename(self.folder / known)
            self.received.files.append(known)
            if name.lower() != known:
                self.received.notes.append(f"{shown(said)} is read as {known}, by its columns.")


def why_not_this_kind(name: str, said: str) -> str | None:
    """Why a file of this name cannot be one of an import, in words; None where it can."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in SPREADSHEETS:
        return f"{shown(said)} is a spreadsheet. Save each sheet of it as a CSV file."
    if suffix not in (".csv", ".txt", ".tsv"):
        return f"{shown(said)} is not a CSV file. Choose CSV files, or a zip of them."
    return None


def known_by_columns(path: Path) -> str | None:
    """The one file of the layout whose columns are all in this file's first line."""
    with path.open("rb") as stream:
        start = stream.read(FIRST_LINE)
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    lines = start.decode(encoding, errors="replace").splitlines() or [""]
    first = lines[1] if lines[0].lower().startswith("sep=") and len(lines) > 1 else lines[0]
    delimiter = max(",;\t", key=first.count)
    try:
        cells = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        return None
    names = {cell.strip().casefold() for cell in cells}
    fits = [
        file for file in COLUMNS if {column.casefold() for column in needed_columns(file)} <= names
    ]
    return max(fits, key=lambda file: len(COLUMNS[file]), default=None)


def _pieces(stream: IO[bytes]) -> Iterable[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


def _too_large() -> str:
    return (
        f"The files are larger than {MOST_BYTES // (1024 * 1024)} MB together. Bring them in one "
        "academic year at a time, or ask whoever runs Rollbook to import the folder on the server."
    )


def _write_school(folder: Path, school: School) -> None:
    """The one row that every import needs, as the school's details have it."""
    cells = [
        school.urn,
        school.laestab,
        school.name,
        school.headteacher,
        school.address,
        school.postcode,
        school.telephone,
        school.email,
    ]
    with (folder / "school.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS["school.csv"], cells])
