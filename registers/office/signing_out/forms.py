"""The forms of signing out: a pupil who leaves, and a signing out that is put right."""

from datetime import date, datetime, time

from crispy_forms.layout import Div
from django import forms
from django.utils import timezone

from registers.web.fields import TimeField
from registers.web.form_helpers import form_helper, primary


def _time(label: str, *, required: bool = True) -> TimeField:
    missing = "Write the time, such as 10:45"
    return TimeField(
        label=label, required=required, missing=missing, such_as="10:45", css_class="w-10"
    )


def at_on(on: date, at: time) -> datetime:
    """The moment of a time of day in London."""
    return timezone.make_aware(datetime.combine(on, at.replace(second=0, microsecond=0)))


class SignOutForm(forms.Form):
    """A pupil leaves now, or left some minutes ago."""

    left_at = _time("Left at")
    reason = forms.CharField(
        max_length=200,
        strip=True,
        error_messages={
            "required": "Say why the pupil leaves",
            "max_length": "Use at most 200 characters",
        },
    )
    collected_by_whom = forms.CharField(
        label="Collected by",
        required=False,
        max_length=200,
        strip=True,
        help_text="Leave it empty for a pupil who leaves alone.",
        error_messages={"max_length": "Use at most 200 characters"},
    )
    enrolment = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper(
            "Sign a pupil out",
            "enrolment",
            Div("left_at", "reason", "collected_by_whom", css_class="fields"),
            primary("Sign out"),
        )


class MendSignOutForm(forms.Form):
    """The times and words of one signing out."""

    left_at = _time("Left at")
    returned_at = _time("Came back at", required=False)
    reason = forms.CharField(
        max_length=200, strip=True, error_messages={"required": "Say why the pupil left"}
    )
    collected_by_whom = forms.CharField(
        label="Collected by", required=False, max_length=200, strip=True
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["returned_at"].help_text = "Leave it empty while the pupil is out."
        self.helper = form_helper(
            "This signing out",
            Div("left_at", "returned_at", "reason", "collected_by_whom", css_class="fields"),
            primary("Keep this"),
        )

    def clean_returned_at(self) -> time | None:
        left_at, returned_at = self.cleaned_data.get("left_at"), self.cleaned_data["returned_at"]
        if left_at and returned_at and returned_at < left_at:
            raise forms.ValidationError("The return cannot be before the pupil left")
        return returned_at
