"""The set-up guide, and the school’s own details."""
