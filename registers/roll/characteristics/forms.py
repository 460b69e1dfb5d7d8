"""The form of a characteristic of a pupil."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Div
from django import forms

from registers.models import Characteristic
from registers.web.fields import DayField
from registers.web.form_helpers import fields_and_acts
from registers.web.forms import PageForm

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
OFFERED = tuple(pair for pair in TITLES if pair[1] != "N")


def title_of(kind: str, value: str) -> str:
    return TITLES.get((kind, value), f"{kind} {value}")


def _choices(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(":".join(pair), title_of(*pair)) for pair in pairs]


class CharacteristicForm(PageForm):
    """What is true of a pupil for a time."""

    what = forms.ChoiceField(
        label="Characteristic", error_messages={"required": "Choose a characteristic"}
    )
    from_on = DayField(label="From", missing="Give the first day")
    until_on = DayField(
        label="Until", required=False, help_text="The last day. Empty while it is so."
    )

    def __init__(self, *args, row: Characteristic | None = None, back: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.choice("what").choices = [("", "Choose"), *_choices(OFFERED)]
        if row is not None:
            self._begin_with(row)
        self.helper = fields_and_acts(
            "Characteristic",
            "what",
            Div("from_on", "until_on", css_class="fields-row"),
            button="Save",
            back=back,
        )

    def _begin_with(self, row: Characteristic) -> None:
        """The characteristic as it stands can stay, even where nobody could choose it anew."""
        stands = (row.kind, row.value)
        what = ":".join(stands)
        given = {"what": what, "from_on": row.from_on, "until_on": row.until_on}
        self.initial = {**self.initial, **given}
        known = dict.fromkeys([*TITLES, stands])
        self.choice("what").choices = _choices(filter({*OFFERED, stands}.__contains__, known))

    @property
    def written(self) -> dict[str, Any]:
        given = self.cleaned_data
        kind, _, value = given["what"].partition(":")
        days = {"from_on": given["from_on"], "until_on": given["until_on"]}
        return {"kind": kind, "value": value, **days}
