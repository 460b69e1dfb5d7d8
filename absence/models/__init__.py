"""What the marks add up to, where it must be kept."""

from absence.models.standing import Standing

__all__ = ["Standing"]
