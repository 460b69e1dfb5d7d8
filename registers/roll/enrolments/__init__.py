"""Times on the roll: corrected, ended."""
