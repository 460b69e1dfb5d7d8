"""Pupils on the roll, and what is true of each."""
