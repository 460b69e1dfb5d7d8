"""The form of a characteristic of a pupil."""

from datetime import date
from typing import Any

from crispy_forms.layout import Div
from django import forms

from registers.models import Characteristic
from registers.web.fields import DayField
from registers.web.form_helpers import fields_and_acts

TITLES = {
    ("SEN", "K"): "SEN support",
    ("SEN", "E"): "Education, health and care plan",
    ("FSM", "Y"): "Free school meals",
    ("EAL", "Y"): "English as an additional language",
    ("Looked after", "Y"): "Looked after",
    ("SEN", "N"): "No SEN",
    ("FSM", "N"): "No free school meals",
    ("EAL", "N"): "No additional language",
    ("Looked after", "N"): "Not looked after",
}


def title_of(kind: str, value: str) -> str:
    return TITLES.get((kind, value), f"{kind} {value}")


class CharacteristicForm(forms.Form):
    """What is true of a pupil for a time."""

    what = forms.ChoiceField(
        label="Characteristic", error_messages={"required": "Choose a characteristic"}
    )
    from_on = DayField(label="From", missing="Give the first day")
    until_on = DayField(
        label="Until", required=False, help_text="The last day. Empty while it is so."
    )

    def __init__(self, *args, row: Characteristic | None = None, back: str, **kwargs):
        held = (row.kind, row.value) if row else None
        if row is not None:
            kwargs["initial"] = {
                "what": f"{row.kind}:{row.value}",
                "from_on": row.from_on,
                "until_on": row.until_on,
            }
        super().__init__(*args, **kwargs)
        offered = [pair for pair in TITLES if pair[1] != "N" or pair == held]
        if held and held not in TITLES:
            offered.append(held)
        choices = [(":".join(pair), title_of(*pair)) for pair in offered]
        self.fields["what"].choices = choices if row else [("", "Choose"), *choices]
        self.helper = fields_and_acts(
            "Characteristic",
            "what",
            Div("from_on", "until_on", css_class="fields-row"),
            button="Save",
            back=back,
        )

    @property
    def written(self) -> dict[str, Any]:
        kind, _, value = self.cleaned_data["what"].partition(":")
        days: dict[str, date | None] = {
            name: self.cleaned_data[name] for name in ("from_on", "until_on")
        }
        return {"kind": kind, "value": value, **days}
