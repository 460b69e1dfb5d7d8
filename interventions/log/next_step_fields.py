"""What the forms that ask for a next step share."""

from collections.abc import Mapping
from typing import Any

from django import forms

from interventions.log.actions import NextStep
from registers.models.school.staff import User
from registers.web.form_helpers import ask_for

STEP_IS_PANEL = "The next step is a panel"


def with_whom_field(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=200,
        error_messages={"max_length": "Keep the names to 200 letters"},
    )


def next_step_field(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=300,
        error_messages={"max_length": "Keep the next step to 300 letters"},
    )


def ask_for_the_rest(form: forms.Form, missing: Mapping[str, str]) -> None:
    """Where one part of a next step is given, ask for the others, each at its own field.

    `missing` has the names of the parts, each with what to say where it is not given.
    """
    if any(map(form.cleaned_data.get, (*missing, "next_step_is_panel"))):
        ask_for(form, missing)


def next_step_of(given: Mapping[str, Any], owner: User | None) -> NextStep | None:
    """The next step that a form gives, done by `owner`; None where it gives none."""
    if owner is None or not given.get("next_step"):
        return None
    return NextStep(
        given["next_step"], given["next_step_on"], owner, is_panel=given["next_step_is_panel"]
    )
