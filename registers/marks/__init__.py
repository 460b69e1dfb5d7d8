"""Marks: written in one place, sealed, verified, and read as the sheet of a day."""
