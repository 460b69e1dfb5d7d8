"""Synthetic pictures: no child's photo is ever in the repository."""

import io
from typing import Any

from PIL import Image, ImageDraw


def a_picture(
    size: tuple[int, int] = (300, 400), kind: str = "JPEG", mode: str = "RGB", **more: Any
) -> bytes:
    """Left half red, right half blue; `more` goes to Pillow's save."""
    drawn = Image.new(mode, size, "red")
    ImageDraw.Draw(drawn).rectangle((size[0] // 2, 0, *size), fill="blue")
    written = io.BytesIO()
    drawn.save(written, kind, **more)
    return written.getvalue()


def a_face(seed: str) -> bytes:
    """A small square as it is kept, of a colour of its own."""
    hue = sum(map(ord, seed)) * 37 % 360
    drawn = Image.new("RGB", (192, 192), f"hsl({hue}, 45%, 75%)")
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((36, 110, 156, 260), fill=f"hsl({(hue + 120) % 360}, 40%, 40%)")
    pen.ellipse((61, 35, 131, 120), fill=f"hsl(25, 45%, {35 + hue % 45}%)")
    written = io.BytesIO()
    drawn.save(written, "JPEG", quality=82)
    return written.getvalue()
