"""Casework of the invented school."""
