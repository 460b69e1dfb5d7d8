"""Attendance panels: called, held, decided."""
