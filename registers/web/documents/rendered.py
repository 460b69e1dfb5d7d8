"""What a renderer gives back."""

from typing import NamedTuple


class RenderedPdf(NamedTuple):
    """A document; `missing` are the characters that stand in it as boxes."""

    pdf: bytes
    pages: int
    missing: str
