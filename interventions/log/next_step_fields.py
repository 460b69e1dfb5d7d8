"""What the forms that ask for a next step share."""

from collections.abc import Mapping

from django import forms

STEP_IS_PANEL = "The next step is a panel"


def ask_for_the_rest(form: forms.Form, missing: Mapping[str, str]) -> None:
    """Where one part of a next step is given, ask for the others, each at its own field.

    `missing` has the names of the parts, each with what to say where it is not given.
    """
    given = form.cleaned_data
    if not any(map(given.get, (*missing, "next_step_is_panel"))):
        return
    for name, words in missing.items():
        if not given.get(name) and name not in form.errors:
            form.add_error(name, words)
