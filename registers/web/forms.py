"""The form of a page: what Django’s own leaves open to the type checker is said here."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms

from registers.policies import Refused


class PageForm(forms.Form):
    """A form that says its layout in `helper`, and gives what was cleaned as a dict."""

    helper: FormHelper

    def clean(self) -> dict[str, Any]:
        super().clean()
        return self.cleaned_data

    def choice(self, name: str) -> forms.ChoiceField:
        """A field whose choices depend on the page."""
        return cast(forms.ChoiceField, self.fields[name])

    def model_choice(self, name: str) -> "forms.ModelChoiceField[Any]":
        """A field whose rows depend on the page."""
        return cast("forms.ModelChoiceField[Any]", self.fields[name])

    def add_wrong(self, wrong: Mapping[str, str]) -> None:
        """Put each sentence to its field, where that has no error yet; what has no field of its
        own to the whole form.
        """
        for name, sentence in wrong.items():
            if not self.has_error(name):
                self.add_error(self._place_of(name), sentence)

    def _place_of(self, name: str) -> str | None:
        return name if name in self.fields else None


@contextmanager
def refusals_in(form: forms.Form, field: str | None = None) -> Iterator[None]:
    """What an action refuses becomes an error of the field, or of the whole form."""
    try:
        yield
    except Refused as refusal:
        form.add_error(field, str(refusal))
