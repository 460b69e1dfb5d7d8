"""Marks in any shape, brought to a row per mark (docs/import.md). No Django in this package."""

from registers.exchange.marks.shapes import Shape, shape_of

__all__ = ["Shape", "shape_of"]
