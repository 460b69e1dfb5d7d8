"""The morning: registers not in, homes to ring, reasons to settle."""
