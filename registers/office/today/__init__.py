"""The registers of a day."""
