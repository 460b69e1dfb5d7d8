"""The attendance register: class registers, marks, amendments, totals."""
