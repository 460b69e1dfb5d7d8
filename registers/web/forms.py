"""The form of a page: what Django’s own leaves open to the type checker is said here."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms


class PageForm(forms.Form):
    """A form that says its layout in `helper`, and gives what was cleaned as a dict."""

    helper: FormHelper

    def clean(self) -> dict[str, Any]:
        super().clean()
        return self.cleaned_data

    def choice(self, name: str) -> forms.ChoiceField:
        """A field whose choices depend on the page."""
        return cast(forms.ChoiceField, self.fields[name])
