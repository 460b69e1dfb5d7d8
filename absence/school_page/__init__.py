"""A school in figures."""
