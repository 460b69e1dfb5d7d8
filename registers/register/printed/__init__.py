"""Registers on paper."""
