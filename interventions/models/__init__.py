"""What is done about absence, and the nights on which it is proposed."""

from interventions.models.crossed import CrossedBefore
from interventions.models.intervention import Intervention, InterventionDocument, InterventionKind
from interventions.models.letter import Letter, LetterCopy
from interventions.models.letter_template import LetterTemplate
from interventions.models.night import Night
from interventions.models.pack import Pack
from interventions.models.panel import Panel, PanelCase
from interventions.models.print_run import PrintRun

__all__ = [
    "CrossedBefore",
    "Intervention",
    "InterventionDocument",
    "InterventionKind",
    "Letter",
    "LetterCopy",
    "LetterTemplate",
    "Night",
    "Pack",
    "Panel",
    "PanelCase",
    "PrintRun",
]
