"""Planned absences, and the papers that some codes need."""
