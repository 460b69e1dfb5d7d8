"""Keep a PDF under the digest of its bytes: the same document is there once, and never half."""

import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone


def digest_of(pdf: bytes) -> str:
    return sha256(pdf).hexdigest()


def keep_pdf(pdf: bytes, *, folder: str = "letters", suffix: str = ".pdf") -> tuple[str, str]:
    """Store the document under a folder of the storage; its name there and its digest.

    Written beside its place and moved there, so that a worker that is killed, or a disk that is
    full, leaves nothing that looks like a document. `suffix` is another for another kind of file.
    Raises OSError.
    """
    digest = digest_of(pdf)
    name = f"{folder}/{timezone.localdate():%Y}/{digest}{suffix}"
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")  # for its owner alone
    try:
        with open(handle, "wb") as file:
            file.write(pdf)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise
    return name, digest


class AlteredFileError(OSError):
    """What lies in a document's place is not what was kept there."""


def read_as_kept(name: str, digest: str) -> bytes:
    """The document's bytes, as they were kept. Raises FileNotFoundError, AlteredFileError."""
    content = read_pdf(name)
    if digest_of(content) != digest:
        raise AlteredFileError(name)
    return content


def read_pdf(name: str) -> bytes:
    """The document's bytes. Raises FileNotFoundError."""
    return Path(default_storage.path(name)).read_bytes()
