"""The national codes: the help page, the reference and the rows of the database."""
