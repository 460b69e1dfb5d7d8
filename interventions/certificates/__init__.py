"""Certificates of attendance: extracts of the register, with totals, for a court."""
