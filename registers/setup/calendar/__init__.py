"""The school’s academic years."""
