"""Ask for a pack."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError

from interventions.models import PanelCase
from registers.rules.wording import many
from registers.web.fields import DayField
from registers.web.form_helpers import form_helper, primary


class PackForm(forms.Form):
    """Which pack: for the panel, or a copy for one family."""

    FOR_PANEL = "panel"

    who = forms.ChoiceField(
        label="For whom",
        error_messages={
            "required": "Say for whom the pack is",
            "invalid_choice": "Choose from the list: the pupil may have been taken off",
        },
    )
    as_at = DayField(label="Figures to", missing="Give the day to which the figures count")

    def __init__(self, *args, cases: Sequence[PanelCase], today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.cases = cases
        families = [
            (str(case.pk), f"The family of {case.enrolment.pupil.full_name}") for case in cases
        ]
        who = cast(forms.ChoiceField, self.fields["who"])
        who.choices = [(self.FOR_PANEL, f"The panel: {many(len(cases), 'pupil')}"), *families]
        self.helper = form_helper(
            "Pack",
            Div(
                Div("who", "as_at", css_class="fields-row"),
                Div(primary("Make the pack")),
                css_class="fields",
            ),
        )

    def clean_as_at(self) -> date:
        as_at = self.cleaned_data["as_at"]
        if as_at > self.today:
            raise ValidationError("No mark lies in the future: choose a day up to today")
        return as_at

    @property
    def for_family(self) -> bool:
        return self.cleaned_data["who"] != self.FOR_PANEL

    @property
    def chosen(self) -> list[int]:
        who = self.cleaned_data["who"]
        return [int(who)] if self.for_family else [case.pk for case in self.cases]
