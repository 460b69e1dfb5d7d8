"""The forms of a new time on the roll, and of the year group and group in it."""

from collections.abc import Iterable
from typing import Any, cast

from crispy_forms.layout import Div
from django import forms

from registers.models import AcademicYear, Group
from registers.roll.form_parts import PlaceFields, SpellFields
from registers.rules.pupils import year_groups
from registers.web.fields import DayField
from registers.web.form_helpers import fields_and_acts


class ComeBackForm(PlaceFields, SpellFields):
    """Another time on the roll, for a pupil who was here before."""

    def __init__(self, *args, groups: Iterable[Group], back: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.give_groups(groups)
        self.helper = fields_and_acts(
            "Another time on the roll",
            Div("starts_on", "kind", css_class="fields-row"),
            Div("year_group", "group", css_class="fields-row"),
            button="Put on the roll again",
            back=back,
        )


class PlaceForm(PlaceFields):
    """The year group in one academic year, the registration group from a day."""

    academic_year = forms.ModelChoiceField(
        AcademicYear.objects.none(),
        label="In the academic year",
        required=False,
        empty_label=None,
        error_messages={"invalid_choice": "Choose an academic year of this school"},
    )
    from_on = DayField(
        label="In this group from",
        required=False,
        help_text="The group before ends on the day before.",
    )

    field_order = ["academic_year", "year_group", "group", "from_on"]

    def __init__(
        self,
        *args,
        years: Iterable[AcademicYear],
        groups: Iterable[Group],
        back: str,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.fields["academic_year"].queryset = years
        self._keep_other_words()
        self.fields["group"].empty_label = "As it is"
        self.give_groups(groups)
        self.helper = fields_and_acts(
            "Year and group",
            Div("academic_year", "year_group", css_class="fields-row"),
            Div("group", "from_on", css_class="fields-row"),
            button="Save year and group",
            back=back,
        )

    def _keep_other_words(self) -> None:
        """What a school has in words of its own can stay until somebody chooses from the list."""
        held = self.initial.get("year_group", "")
        if held and not year_groups.is_known(held):
            field = cast(forms.ChoiceField, self.fields["year_group"])
            field.choices = [(held, f"{held} (not a year group of the list)"), *field.choices]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("group") and not given.get("from_on") and "from_on" not in self.errors:
            self.add_error("from_on", "Give the first day in this group")
        return given
