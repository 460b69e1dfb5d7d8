"""What changes a time on the roll: leaving, and dates that are corrected. No Django here."""
