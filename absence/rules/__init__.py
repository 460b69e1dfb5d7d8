"""Tallies, lines, bands, windows and words as plain values. No Django in this package."""
