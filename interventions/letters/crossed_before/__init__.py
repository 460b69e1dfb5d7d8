"""Who had crossed a line before the register was kept here."""
