"""The late desk: pupils who come in after the register."""
