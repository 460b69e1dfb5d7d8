"""Closures: what they do to each mark, for whom, and what they look like before they are made."""
