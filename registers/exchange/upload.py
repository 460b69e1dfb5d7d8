"""Files that came through the browser, kept as they are for the import that they are for.

They lie under MEDIA_ROOT/imports/<uuid>/ for their owner alone: the files themselves in `files`,
beside them what a person has answered and what was proposed, which show children's data too. All
of it goes together. Nothing is trusted: names lose their paths, sizes are counted as bytes come.
"""

import json
import shutil
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from django.conf import settings
from django.utils import timezone

from registers.exchange.problems.reasons import shown

MOST_BYTES = 200 * 1024 * 1024  # of all files together, as they are sent
MOST_FILES = 200
LONGEST_NAME = 120
CHUNK = 1 << 20
KEPT_FOR = timedelta(days=14)
REPORT = "what-is-wrong.csv"  # goes out with the wrong rows, and may come back with them
ANSWERS, PROPOSAL = "answers.json", "proposal.json"
EXPORT = "Export the report as XLSX or CSV, and choose that file."
# How files begin that hold no table, whatever they are called.
NO_TABLE = (
    (b"%PDF", f"is a PDF, in which no table can be read. {EXPORT}"),
    (b"\xff\xd8\xff", f"is a picture, in which no table can be read. {EXPORT}"),
    (b"\x89PNG", f"is a picture, in which no table can be read. {EXPORT}"),
    (b"GIF8", f"is a picture, in which no table can be read. {EXPORT}"),
    (b"{\\rtf", f"is a document, not a table. {EXPORT}"),
    (b"MZ", "is a program, not a table."),
)


class FileUpload(Protocol):
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
    """What was stored: under which name, and which files."""

    upload: str
    files: list[str] = field(default_factory=list)


def folder_of(upload: str) -> Path:
    """Raises ValueError where this is no name that `receive` gives."""
    return Path(settings.MEDIA_ROOT) / "imports" / str(uuid.UUID(upload))


def is_there(upload: str) -> bool:
    try:
        return folder_of(upload).is_dir()
    except ValueError:
        return False


def files_of(upload: str) -> list[Path]:
    """The person's files, by name; none once they are gone."""
    return sorted(folder_of(upload).glob("files/*"))


def keep(upload: str, name: str, value: Any) -> None:
    """Keep a JSON value beside the files: ANSWERS or PROPOSAL. Nothing is kept of what is gone."""
    if not is_there(upload):
        return
    path = folder_of(upload) / name
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(json.dumps(value), encoding="utf-8")
    part.replace(path)


def kept(upload: str, name: str) -> dict[str, Any]:
    """What was kept beside the files; nothing where there is none."""
    try:
        return json.loads((folder_of(upload) / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


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


def receive(uploads: Iterable[FileUpload]) -> Received:
    """Store the files of one import. Raises UploadRefused, and then keeps nothing."""
    received = Received(str(uuid.uuid4()))
    folder = folder_of(received.upload)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(mode=0o700)
    try:
        _Receiver(folder / "files", received).take(list(uploads))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return received


class _Receiver:
    def __init__(self, folder: Path, received: Received):
        folder.mkdir(mode=0o700)
        self.folder, self.received = folder, received
        self.problems: list[str] = []
        self.left = MOST_BYTES

    def take(self, uploads: list[FileUpload]) -> None:
        if len(uploads) > MOST_FILES:
            raise UploadRefused([f"These are more than {MOST_FILES} files. Pack them as a zip."])
        if sum(upload.size for upload in uploads) > MOST_BYTES:
            raise UploadRefused([_too_large()])
        for upload in uploads:
            self._take(upload)
        if not self.problems and not self.received.files:
            self.problems.append("There is no file with a table among these.")
        if self.problems:
            raise UploadRefused(self.problems)

    def _take(self, upload: FileUpload) -> None:
        name = clean_name(str(upload.name or ""))
        if name == REPORT:
            return
        path = self._free(name)
        with path.open("xb") as stream:
            for piece in upload.chunks(CHUNK):
                self.left -= len(piece)
                if self.left < 0:
                    raise UploadRefused([_too_large()])
                stream.write(piece)
        path.chmod(0o600)
        if why := why_no_table(path):
            self.problems.append(f"{shown(name)} {why}")
        self.received.files.append(path.name)

    def _free(self, name: str) -> Path:
        """Two files of one name, as from two folders, are both kept."""
        path, number = self.folder / name, 2
        while path.exists():
            path = self.folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
            number += 1
        return path


def clean_name(name: str) -> str:
    """A file's name without its path, hidden signs and surplus length; its ending stays."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(" .")
    ending = PurePosixPath(plain).suffix[:12]
    stem = plain.removesuffix(ending)[: LONGEST_NAME - len(ending)]
    return f"{stem or 'file'}{ending}"


def why_no_table(path: Path) -> str | None:
    """Why this file holds no table, by how it begins; None where it may hold one."""
    with path.open("rb") as stream:
        start = stream.read(8)
    if not start:
        return "is empty. Export it again."
    return next((why for sign, why in NO_TABLE if start.startswith(sign)), None)


def _too_large() -> str:
    return (
        f"The files are larger than {MOST_BYTES // (1024 * 1024)} MB together. Bring them in one "
        "academic year at a time, or ask whoever runs Rollbook to import them on the server."
    )
