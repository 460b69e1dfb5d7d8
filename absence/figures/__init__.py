"""What the marks add up to, read from the database set-wise."""
