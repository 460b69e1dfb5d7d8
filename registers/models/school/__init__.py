"""A school, its calendar and its staff."""
