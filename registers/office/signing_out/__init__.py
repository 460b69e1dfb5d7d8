"""Pupils who leave during the day, and who come back."""
