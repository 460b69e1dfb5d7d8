"""Why a letter is held or dropped."""

from django import forms
from django.http import QueryDict

from registers.web.form_helpers import form_helper, primary

QUESTIONS = {
    "hold": ("Why does it wait?", "Hold the letter"),
    "drop": ("Why does it not go at all?", "Drop the letter"),
}


class ReasonForm(forms.Form):
    """Why a letter is held or dropped."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Say why"},
    )

    def __init__(self, *args, what: str, label: str, button: str, action: str, **kwargs):
        kwargs["auto_id"] = f"{what}_%s"
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.helper = form_helper(button, "reason", primary(button), form_action=action)


def reason_form(what: str, action: str, data: QueryDict | None = None) -> ReasonForm:
    """The form for "hold" or "drop"; `action` is where it is sent."""
    label, button = QUESTIONS[what]
    return ReasonForm(data, what=what, label=label, button=button, action=action)
