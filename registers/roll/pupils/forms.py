"""The forms of the admission register: its list, and who a pupil is."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import HTML, Div
from django import forms
from django.db.models import QuerySet

from registers.models import Group, Pupil
from registers.roll.actions.pupils import LONGEST_ALERT, Details
from registers.roll.form_parts import PlaceFields, SpellFields, reason_field
from registers.rules.pupils import year_groups
from registers.rules.pupils.languages import choices_with
from registers.rules.pupils.upn import why_not_upn
from registers.web.fields import DayField
from registers.web.form_helpers import fields_and_acts, offer, primary, search_helper
from registers.web.forms import PageForm

STATES = {
    "": "On the roll today",
    "coming": "Coming on the roll",
    "left": "Left the roll",
    "temporary": "With a temporary UPN",
    "all": "Everybody",
}


class RollForm(PageForm):
    """What a person asks the admission register for. Its state is the address of the page."""

    q = forms.CharField(label="Name, UPN or admission number", required=False, max_length=200)
    state = forms.ChoiceField(label="Who", required=False)
    year = forms.ChoiceField(label="Year group", required=False)
    group = forms.ChoiceField(label="Registration group", required=False)

    def __init__(self, *args, groups: Iterable[Group], years: Iterable[str], **kwargs):
        super().__init__(*args, **kwargs)
        chosen = [(str(group.pk), group.name) for group in groups]
        offer(self, "state", STATES.items(), first="")
        offer(self, "year", year_groups.choices(years))
        offer(self, "group", [("none", "None"), *chosen])
        self.helper = search_helper(
            "Pupils of the admission register",
            Div("q", "state", "year", "group", Div(primary("Show")), css_class="fields-row"),
        )


class DetailsFields(PageForm):
    """Who a pupil is."""

    forename = forms.CharField(max_length=100, error_messages={"required": "Write the forename"})
    surname = forms.CharField(max_length=100, error_messages={"required": "Write the surname"})
    preferred_name = forms.CharField(
        label="Preferred forename",
        required=False,
        max_length=100,
        help_text="What the pupil is called, if it differs: the class registers show it. Letters "
        "and the admission register keep the forename.",
    )
    upn = forms.CharField(
        label="UPN",
        max_length=40,
        help_text="13 characters. A temporary one, which ends in a letter, may stand until the "
        "permanent one is known.",
        error_messages={"required": "Write the UPN; a temporary one will do"},
    )
    admission_number = forms.CharField(
        label="Admission number",
        required=False,
        max_length=20,
        help_text="The school’s own number of the pupil, where it has one.",
    )
    born_on = DayField(
        label="Date of birth",
        required=False,
        help_text="Decides which codes may stand for the pupil, and who is in the figures.",
    )
    sex = forms.ChoiceField(label="Sex", required=False, choices=[("", "Not known"), *Pupil.SEXES])
    language = forms.ChoiceField(label="First language", required=False)
    medical_alert = forms.CharField(
        label="Medical alert",
        required=False,
        max_length=LONGEST_ALERT,
        help_text="Every teacher of the pupil, and who covers, sees it in the register: write only "
        "what they must act on, as in “inhaler” or “EpiPen in the office”.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        language = self.initial.get("language", "")
        self.choice("language").choices = choices_with(language, "Not known")
        self.fields["upn"].widget.attrs |= {
            "autocapitalize": "characters",
            "autocomplete": "off",
            "spellcheck": "false",
        }

    @staticmethod
    def parts() -> list[Any]:
        return [
            Div("forename", "surname", css_class="fields-row"),
            "preferred_name",
            Div("upn", "admission_number", css_class="fields-row"),
            Div("born_on", "sex", "language", css_class="fields-row"),
            "medical_alert",
        ]

    def clean_upn(self) -> str:
        upn = self.cleaned_data["upn"]
        if why := why_not_upn(upn):
            raise forms.ValidationError(why)
        return upn

    @property
    def details(self) -> Details:
        given = self.cleaned_data
        return Details(**{name: given[name] for name in Details.__slots__})


class DetailsForm(DetailsFields):
    """The same of a pupil who is on the roll; the change of an entry has its reason."""

    reason = reason_field()

    def __init__(self, *args, pupil: Pupil, **kwargs):
        initial = {name: getattr(pupil, name) for name in Details.__slots__}
        super().__init__(*args, initial=initial, **kwargs)
        self.helper = fields_and_acts(
            "The pupil’s details", *self.parts(), "reason", button="Save the details"
        )


class NewPupilForm(PlaceFields, SpellFields, DetailsFields):
    """Everything that a pupil comes on the roll with."""

    another_child = forms.BooleanField(
        label="This is another child with the same name and date of birth", required=False
    )

    def __init__(self, *args, groups: QuerySet[Group], back: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.give_groups(groups)
        self.helper = fields_and_acts(
            "A new pupil",
            HTML("<h2>The pupil</h2>"),
            *self.parts(),
            HTML("<h2>On the roll</h2>"),
            Div("starts_on", "kind", css_class="fields-row"),
            Div("year_group", "group", css_class="fields-row"),
            button="Put on the roll",
            back=back,
        )
