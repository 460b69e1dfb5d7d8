"""Names, numbers, year groups and faces of pupils as plain values. No Django here."""
