"""marks.csv: what each row says, whether it may stand, what is there twice or odd together."""
