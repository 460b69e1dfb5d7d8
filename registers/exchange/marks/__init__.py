"""Marks in any shape, brought to a row per mark. No Django in this package.

See docs/setting-up/marks-in-any-shape.md.
"""

from registers.exchange.marks.shapes import Shape, shape_of

__all__ = ["Shape", "shape_of"]
