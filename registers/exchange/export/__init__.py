"""A school’s files as an import reads them."""
