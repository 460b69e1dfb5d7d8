"""A zip of photos that came through the browser, a picture at a time. Nothing of it is trusted.

No name in it is ever a name on disk: a picture is read into memory, no more of it than may be kept.
"""

import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from registers.exchange.problems.reasons import shown
from registers.exchange.read.archives import PASSED_OVER, UNREADABLE
from registers.exchange.upload import (
    CHUNK,
    MOST_BYTES,
    FileUpload,
    UploadRefused,
    folder_of,
    forget,
)
from registers.rules.pupils.photo_files import ACCEPT, PhotoRefused
from registers.rules.pupils.photo_files import MOST_BYTES as MOST_OF_ONE
from registers.rules.wording import first_so

ZIP = "photos.zip"
MOST_FILES = 3_000
UPN = re.compile(r"([A-Z]\d{11}[0-9A-Z])(?![0-9A-Z])")  # perhaps with a name behind it
NO_ZIP = "{name} cannot be opened as a zip file. Pack the pictures again."
NO_UPN = "Its name does not begin with a UPN, as A123456789012.jpg does."
NO_PICTURE = "It is not a JPEG, PNG or WebP picture."
PASSWORD = "It has a password. Pack the pictures again without one."  # noqa: S105
DAMAGED = "It cannot be read out of the zip. Pack the pictures again."


@dataclass(frozen=True, slots=True)
class Picture:
    """One file of the zip: whose it is by its name, or why it cannot be taken."""

    name: str
    upn: str
    problem: str
    read: Callable[[], bytes]  # raises PhotoRefused


def keep_zip(upload: FileUpload) -> str:
    """Store the zip for its owner alone; the name of its place. Raises UploadRefused."""
    said = shown(str(upload.name or ""))
    if upload.size > MOST_BYTES:
        raise UploadRefused(
            [f"{said} is larger than {MOST_BYTES >> 20} MB. Pack the year groups one by one."]
        )
    name = str(uuid.uuid4())
    folder = folder_of(name)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(mode=0o700)
    try:
        path = folder / ZIP
        with path.open("wb") as stream:
            for chunk in upload.chunks(CHUNK):
                stream.write(chunk)
        path.chmod(0o600)
        if problem := _why_not(path, said):
            raise UploadRefused([problem])
    except BaseException:
        forget(name)
        raise
    return name


def _why_not(path: Path, said: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            number = len(_files(archive))
    except UNREADABLE:
        return NO_ZIP.format(name=said)
    if not number:
        return f"There is no file in {said}."
    if number > MOST_FILES:
        return (
            f"There are {number:,} files in {said}, and {MOST_FILES:,} can be read in one go. "
            "Pack the year groups one by one."
        )
    return ""


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [
        member
        for member in archive.infolist()
        if not member.is_dir() and not any(part in member.filename for part in PASSED_OVER)
    ]


def pictures_in(folder: Path) -> Iterator[tuple[int, int, Picture]]:
    """(number before it, number of all, picture) of the zip that `keep_zip` stored."""
    with zipfile.ZipFile(folder / ZIP) as archive:
        members = _files(archive)
        for done, member in enumerate(members):
            yield done, len(members), _picture(archive, member)


def _picture(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Picture:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    upn = UPN.match(path.name.strip().upper())
    problem = first_so(
        (member.flag_bits & 0x1, PASSWORD),
        (path.suffix.lower() not in ACCEPT.split(","), NO_PICTURE),
        (upn is None, NO_UPN),
    )

    def read() -> bytes:
        try:
            with archive.open(member) as stream:
                return stream.read(MOST_OF_ONE + 1)  # what it says of its size is not believed
        except UNREADABLE:
            raise PhotoRefused(DAMAGED) from None

    return Picture(path.name, upn[1] if upn else "", problem, read)
