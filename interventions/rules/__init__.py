"""Kinds, states and words of interventions as plain values. No Django in this package."""
