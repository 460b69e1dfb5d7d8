"""Rollbook on one machine: what `./rollbook demo` and `start` run."""
