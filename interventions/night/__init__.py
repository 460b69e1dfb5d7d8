"""The night for each school."""
