"""What is done about absence, and the nights on which it is proposed."""

from interventions.models.letter import Letter, LetterCopy
from interventions.models.night import Night

__all__ = ["Letter", "LetterCopy", "Night"]
