"""What may be wrong with a file, a row or a cell: kinds with their remedies, and the exceptions."""
