"""Documents: HTML as PDF, several as one, and where they are stored."""
