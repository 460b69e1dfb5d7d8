"""Long work that people can watch, leave and come back to."""
