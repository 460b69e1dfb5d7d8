"""Marks that came in too late from a device: what waits for the office."""
