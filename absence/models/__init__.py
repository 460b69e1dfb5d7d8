"""What the marks add up to, where it must be kept."""

from absence.models.checked import CheckedEnrolment
from absence.models.standing import Standing

__all__ = ["CheckedEnrolment", "Standing"]
