"""An import from beginning to end."""
