"""Files a piece at a time: what a file says of its own size is not believed. No Django here."""

from collections.abc import Iterator
from typing import IO

PIECE = 1 << 20  # bytes


def pieces_of(stream: IO[bytes]) -> Iterator[bytes]:
    """All bytes of a stream, at most PIECE at a time."""
    while piece := stream.read(PIECE):
        yield piece
