"""Pages of a school, alone and among twenty, beside an empty page of the same bytes."""
