"""Which files may belong to an intervention: by what is in them, not by what they are called.

No Django here.
"""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 10  # in one go
LONGEST_NAME = 150
SUFFIXES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".txt": "text/plain; charset=utf-8",
}
ACCEPT = ".pdf,.jpg,.jpeg,.png,.docx,.txt"
KINDS_IN_WORDS = "a PDF, a JPEG or PNG picture, a Word document (.docx) or plain text"
# Not a control character but tab and line ends; no half of a pair.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it may be kept: a clean name, its kind, its bytes."""

    name: str
    suffix: str
    content: bytes


def looked_at(name: str, content: bytes) -> Upload:
    """The file, if it may be kept. Raises ValueError, in words fit to show."""
    shown = clean_name(name)
    if not content:
        raise ValueError(f"{shown} is empty. Choose the file again.")
    if len(content) > MOST_BYTES:
        raise ValueError(f"{shown} is larger than 10 MB. Choose a smaller file.")
    suffix = suffix_of(content)
    if suffix is None:
        raise ValueError(f"{shown} is not {KINDS_IN_WORDS}. Choose a file of one of these kinds.")
    return Upload(_with_suffix(shown, suffix), suffix, content)


def suffix_of(content: bytes) -> str | None:
    """The kind of file by its first bytes and its structure; None for any other."""
    if content.startswith(b"%PDF-"):
        return ".pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if content.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if content.startswith(b"PK\x03\x04"):
        return ".docx" if _is_word(content) else None
    return ".txt" if _is_text(content) else None


def _is_word(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = set(parts.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False
    with_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return {"[Content_Types].xml", "word/document.xml"} <= names and not with_macros


def _is_text(content: bytes) -> bool:
    """Text as a person would write it: readable, and no page or script for a browser."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not CONTROL.search(text)


def clean_name(name: str) -> str:
    """The last part of a path, without characters that do harm in a header or a list."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", last)
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )
    return kept.strip(" .")[-LONGEST_NAME:] or "Document"


def _with_suffix(name: str, suffix: str) -> str:
    """A name that ends as its kind does, so that it opens in the right program."""
    endings = (".jpg", ".jpeg") if suffix == ".jpg" else (suffix,)
    if name.lower().endswith(endings):
        return name
    return name[: LONGEST_NAME - len(suffix)] + suffix
