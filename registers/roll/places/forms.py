"""The forms of a new time on the roll, and of the year group and group in it."""

from datetime import date

from crispy_forms.layout import Div
from django import forms
from django.db.models import QuerySet

from registers.models import AcademicYear, Group
from registers.roll.form_parts import YEAR_GROUPS, PlaceFields, SpellFields
from registers.rules.pupils import year_groups
from registers.web.fields import DayField
from registers.web.form_helpers import fields_and_acts


class ComeBackForm(PlaceFields, SpellFields):
    """Another time on the roll, for a pupil who was here before."""

    def __init__(self, *args, groups: QuerySet[Group], back: str, **kwargs):
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
        years: QuerySet[AcademicYear],
        groups: QuerySet[Group],
        back: str,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.model_choice("academic_year").queryset = years
        self._keep_other_words()
        self.model_choice("group").empty_label = "As it is"
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
        words = self.initial.get("year_group", "")
        if words and not year_groups.is_known(words):
            own = (words, f"{words} (not a year group of the list)")
            self.choice("year_group").choices = [own, *YEAR_GROUPS]

    def clean_from_on(self) -> date | None:
        """Needed where a group is chosen, which stands above it."""
        from_on = self.cleaned_data["from_on"]
        if self.cleaned_data.get("group") and not from_on:
            raise forms.ValidationError("Give the first day in this group")
        return from_on
