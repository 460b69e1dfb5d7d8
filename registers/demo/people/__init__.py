"""Who is at the invented school."""
