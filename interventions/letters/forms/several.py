"""The same letter for several pupils: which kind, and for whom."""

from typing import Any

from crispy_forms.layout import Div
from django import forms

from interventions.rules.letter_kinds import KINDS
from registers.roll.choosing import ChoosePupils
from registers.web.fields import RadioChoice
from registers.web.form_helpers import fields_and_acts

MOST = 250  # letters of one press


class ManyLettersForm(ChoosePupils):
    """A kind without a day and a time of its own, and the pupils."""

    kind = forms.ChoiceField(
        label="Which letter",
        choices=[(one.key, one.title) for one in KINDS.values() if not one.is_meeting],
        widget=RadioChoice,
        error_messages={"required": "Choose which letter", "invalid_choice": "Choose which letter"},
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.helper = fields_and_acts(
            "Letters for several pupils",
            "kind",
            Div(self.chooser),
            button="Put them in the queue",
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.choose()
        if self.chosen and len(self.chosen.pupils) > MOST:
            self.add_error("years", f"Choose {MOST} pupils at most at a time")
        return given
