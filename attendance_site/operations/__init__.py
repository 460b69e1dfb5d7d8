"""Backup, health, and who may see what."""
