"""The night’s work, by the clock or by hand."""
