"""Casework of the invented school, written down as its staff would."""
