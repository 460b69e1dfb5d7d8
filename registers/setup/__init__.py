"""A school’s set-up: its details, register times, calendar and staff."""
