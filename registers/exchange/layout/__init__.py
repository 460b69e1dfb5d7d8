"""The files of an import and an export: columns, cells, rows, and what is wrong with them."""
