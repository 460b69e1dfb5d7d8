"""What a person asks the list of pupils for. Its state is the address of the page."""

from collections.abc import Iterable, Sequence
from datetime import date

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Hidden, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError

from absence.listing import (
    DEFAULT_ORDER,
    NO_SESSIONS,
    ORDERS,
    PERSISTENT_ALL,
    SEVERE_ALL,
    Row,
    Wanted,
)
from absence.measures import Band
from absence.wording import attendance_range

SPECIAL = {
    PERSISTENT_ALL: "All persistently absent",
    SEVERE_ALL: "All severely absent",
    NO_SESSIONS: "No possible sessions",
}


def in_natural_order(names: Iterable[str]) -> list[str]:
    """7, 8, 10, then R: numbers by size, before words."""
    return sorted(
        names, key=lambda name: (not name.isdigit(), int(name) if name.isdigit() else 0, name)
    )


class AsAtForm(forms.Form):
    """The day up to which the figures count. Read first: the other choices depend on it."""

    as_at = forms.DateField(
        required=False,
        error_messages={"invalid": "Write the day as a date, such as 2026-11-20"},
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_as_at(self) -> date | None:
        as_at = self.cleaned_data["as_at"]
        if as_at and as_at > self.today:
            raise ValidationError("No mark lies in the future: choose a day up to today")
        return as_at


class PupilsForm(AsAtForm):
    q = forms.CharField(label="Name or UPN", required=False, max_length=200, strip=True)
    band = forms.ChoiceField(label="Band", required=False)
    year = forms.ChoiceField(label="Year group", required=False)
    group = forms.ChoiceField(label="Registration group", required=False)

    def __init__(self, *args, rows: Sequence[Row], bands: Sequence[Band], order: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["as_at"].label = "Figures to"
        self.fields["as_at"].widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        years = in_natural_order({row.year_group for row in rows if row.year_group})
        groups = in_natural_order(
            {row.registration_group for row in rows if row.registration_group}
        )
        named = [
            (band.name, f"{band.title}, {attendance_range(bands, n)}")
            for n, band in enumerate(bands)
        ]
        self.fields["band"].choices = [("", "Any"), *SPECIAL.items(), *named]
        self.fields["year"].choices = [("", "Any"), *((year, f"Year {year}") for year in years)]
        self.fields["group"].choices = [("", "Any"), *((group, group) for group in groups)]
        for name in ("band", "year", "group"):
            self.fields[name].error_messages["invalid_choice"] = (
                "The list has no “%(value)s”: choose another"
            )
        self.helper = self._helper(order)

    @staticmethod
    def _helper(order: str) -> FormHelper:
        helper = FormHelper()
        helper.form_method = "get"
        helper.form_class = "filter-form"
        helper.disable_csrf = True
        helper.attrs = {"role": "search", "aria-label": "Pupils of the list"}
        kept = [Hidden("sort", order)] if order != DEFAULT_ORDER else []
        button = Submit("", "Show", css_class="btn btn-primary")
        helper.layout = Layout(
            Div("q", "band", "year", "group", "as_at", Div(button), css_class="fields-row"), *kept
        )
        return helper

    @property
    def wanted(self) -> Wanted:
        """What was asked for; a choice that the list does not have asks for nothing."""
        given = self.cleaned_data if self.is_bound else {}
        return Wanted(
            text=given.get("q", ""),
            band=given.get("band", ""),
            year_group=given.get("year", ""),
            group=given.get("group", ""),
        )


def order_from(text: str | None) -> str:
    """A known order, else the usual one: the most missed first."""
    return text if text and text.lstrip("-") in ORDERS and text.count("-") < 2 else DEFAULT_ORDER
