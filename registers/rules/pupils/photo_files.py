"""A picture that somebody chose → a small square JPEG that says nothing but the face. No Django.

What comes in is believed in nothing: not its name, not its kind, not its size. It is decoded, and
what is kept is drawn anew, so that no place, time, device or hidden file comes along.
"""

import io
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from threading import Lock

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000  # more than any telephone takes; decoded they fit into memory
LEAST_SIDE = 64  # pixels: nobody could be recognised by fewer
SIDE = 192
QUALITY = 82
KINDS = ("JPEG", "PNG", "WEBP")
ACCEPT = ".jpg,.jpeg,.png,.webp"
IN_A_REGISTER = 96  # pixels: 32 as it is shown, on a display with three for one
MOST_IN_ONE = 400  # faces of one group in one picture: a JPEG has 65,535 lines at most
SHORT = 16  # signs of a digest that an address carries
_ONE_AT_A_TIME = Lock()  # decoding: it also bounds the memory that large pictures take
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, OverflowError, MemoryError)


class PhotoRefused(Exception):
    """A picture that cannot be kept, in words fit to show."""


def made_small(picture: bytes) -> bytes:
    """The picture as it is kept: upright, its middle, 192 pixels each way. Raises PhotoRefused."""
    if not picture:
        raise PhotoRefused("The picture is empty. Choose it again.")
    if len(picture) > MOST_BYTES:
        raise PhotoRefused("The picture is larger than 10 MB. Choose a smaller one.")
    try:
        with _whole_only(), Image.open(io.BytesIO(picture), formats=KINDS) as opened:
            _look_at(opened)
            return _as_jpeg(_square(opened))
    except BOMBS:
        raise PhotoRefused(_too_many_pixels()) from None
    except UnidentifiedImageError:
        raise PhotoRefused("This is not a JPEG, PNG or WebP picture. Choose another.") from None
    except BROKEN:
        raise PhotoRefused(
            "The picture is damaged or was cut off on its way. Save it again, then choose it."
        ) from None


@contextmanager
def _whole_only() -> Iterator[None]:
    """A picture that was cut off is refused: WeasyPrint has told Pillow to fill it up with grey."""
    with _ONE_AT_A_TIME:
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _look_at(opened: Image.Image) -> None:
    """Before anything is decoded: what its head says of it."""
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise PhotoRefused(_too_many_pixels())
    if min(width, height) < LEAST_SIDE:
        raise PhotoRefused(
            f"The picture has {width} by {height} pixels. It needs {LEAST_SIDE} each way."
        )
    # An MPO is a telephone's JPEG with a second picture for depth: its first one is the photo.
    if getattr(opened, "is_animated", False) and opened.format != "MPO":
        raise PhotoRefused("The picture moves. Choose one that stands still.")


def _too_many_pixels() -> str:
    return (
        f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels. Choose a smaller "
        "one."
    )


def _square(opened: Image.Image) -> Image.Image:
    opened.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded no larger than is needed
    upright = ImageOps.exif_transpose(opened)
    cut = ImageOps.fit(upright.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    drawn = Image.new("RGB", (SIDE, SIDE), "white")
    drawn.paste(cut, mask=cut.getchannel("A"))
    return drawn


def _as_jpeg(drawn: Image.Image) -> bytes:
    written = io.BytesIO()
    drawn.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def digest_of(picture: bytes) -> str:
    return sha256(picture).hexdigest()


def key_of(digests: Iterable[str]) -> str:
    """Names these photos in this order: another photo, or another order, is another key."""
    return sha256(" ".join(digests).encode()).hexdigest()[:SHORT]


def below_each_other(pictures: Sequence[bytes | None]) -> bytes:
    """The faces of a register in one picture, one square below the other; None leaves one empty."""
    side = IN_A_REGISTER
    column = Image.new("RGB", (side, side * len(pictures)), "white")
    for place, picture in enumerate(pictures):
        if picture is not None:
            with Image.open(io.BytesIO(picture), formats=("JPEG",)) as opened:
                opened.draft("RGB", (side, side))
                column.paste(opened.convert("RGB").resize((side, side)), (0, side * place))
    return _as_jpeg(column)
