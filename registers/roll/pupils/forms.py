"""The forms of the admission register."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from crispy_forms.layout import HTML, Div
from django import forms

from registers.models import AcademicYear, Characteristic, Group, Pupil
from registers.roll.actions.roll import LONGEST_ALERT, Details
from registers.roll.contacts.actions import PersonDetails, Tie
from registers.rules.admission import Spell
from registers.rules.pupils import year_groups
from registers.rules.pupils.languages import choices_with
from registers.rules.pupils.upn import why_not_upn
from registers.web.fields import DayField
from registers.web.form_helpers import fields_and_acts, offer, primary, search_helper

TITLES = {
    ("SEN", "K"): "SEN support",
    ("SEN", "E"): "Education, health and care plan",
    ("FSM", "Y"): "Free school meals",
    ("EAL", "Y"): "English as an additional language",
    ("Looked after", "Y"): "Looked after",
    ("SEN", "N"): "No SEN",
    ("FSM", "N"): "No free school meals",
    ("EAL", "N"): "No additional language",
    ("Looked after", "N"): "Not looked after",
}
STATES = {
    "": "On the roll today",
    "coming": "Coming on the roll",
    "left": "Left the roll",
    "temporary": "With a temporary UPN",
    "all": "Everybody",
}


def title_of(kind: str, value: str) -> str:
    return TITLES.get((kind, value), f"{kind} {value}")


def reason_field(**kwargs: Any) -> forms.CharField:
    """Why an entry of the register changes: the law asks for it beside the old entry."""
    return forms.CharField(
        label="Why is it changing?",
        required=False,
        max_length=500,
        help_text="Kept with the old entry, your name and the day. Not needed for what was empty.",
        **kwargs,
    )


class RollForm(forms.Form):
    """What a person asks the admission register for. Its state is the address of the page."""

    q = forms.CharField(label="Name, UPN or admission number", required=False, max_length=200)
    state = forms.ChoiceField(label="Who", required=False)
    year = forms.ChoiceField(label="Year group", required=False)
    group = forms.ChoiceField(label="Registration group", required=False)

    def __init__(self, *args, groups: Iterable[Group], years: Iterable[str], **kwargs):
        super().__init__(*args, **kwargs)
        chosen = [(str(group.pk), group.name) for group in groups]
        offer(self, "state", STATES.items(), first="")
        offer(self, "year", [(year, year_groups.spoken(year)) for year in years])
        offer(self, "group", [("none", "None"), *chosen])
        self.helper = search_helper(
            "Pupils of the admission register",
            Div("q", "state", "year", "group", Div(primary("Show")), css_class="fields-row"),
        )


class DetailsForm(forms.Form):
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
    reason = reason_field()

    def __init__(self, *args, pupil: Pupil | None = None, **kwargs):
        if pupil is not None:
            kwargs["initial"] = {
                name: getattr(pupil, name) for name in Details.__slots__
            } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        held = pupil.language if pupil else ""
        self.fields["language"].choices = choices_with(held, "Not known")
        self.fields["upn"].widget.attrs |= {
            "autocapitalize": "characters",
            "autocomplete": "off",
            "spellcheck": "false",
        }
        if pupil is None:
            del self.fields["reason"]
        self.helper = fields_and_acts(
            "The pupil’s details", *self.parts(), "reason", button="Save the details"
        )

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


class PlaceFields(forms.Form):
    """Year group and registration group, of a pupil who comes on the roll."""

    year_group = forms.ChoiceField(
        label="Year group",
        required=False,
        choices=[("", "None yet"), *year_groups.choices()],
        error_messages={"invalid_choice": "Choose a year group of the list"},
    )
    group = forms.ModelChoiceField(
        Group.objects.none(),
        label="Registration group",
        required=False,
        empty_label="None yet",
        error_messages={"invalid_choice": "Choose a registration group of this school"},
    )

    def give_groups(self, groups: Iterable[Group]) -> None:
        self.fields["group"].queryset = groups


class SpellFields(forms.Form):
    """A time on the roll."""

    starts_on = DayField(
        label="Date of entry",
        missing="Give the date of entry",
        help_text="The first day on the roll, whether or not the pupil came.",
    )
    kind = forms.ChoiceField(
        label="Registered here as",
        choices=[
            ("main", "The only school, or the main one of two"),
            ("dual", "The second school: the main one is elsewhere"),
        ],
    )

    @property
    def spell(self) -> Spell:
        given = self.cleaned_data
        return Spell(
            given["starts_on"],
            given.get("leaves_on"),
            given.get("leaving_ground", ""),
            given["kind"],
        )


class NewPupilForm(PlaceFields, SpellFields, DetailsForm):
    """Everything that a pupil comes on the roll with."""

    another_child = forms.BooleanField(
        label="This is another child with the same name and date of birth", required=False
    )

    def __init__(self, *args, groups: Iterable[Group], back: str, **kwargs):
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


class CharacteristicForm(forms.Form):
    """What is true of a pupil for a time."""

    what = forms.ChoiceField(
        label="Characteristic", error_messages={"required": "Choose a characteristic"}
    )
    from_on = DayField(label="From", missing="Give the first day")
    until_on = DayField(
        label="Until", required=False, help_text="The last day. Empty while it is so."
    )

    def __init__(self, *args, row: Characteristic | None = None, back: str, **kwargs):
        held = (row.kind, row.value) if row else None
        if row is not None:
            kwargs["initial"] = {
                "what": f"{row.kind}:{row.value}",
                "from_on": row.from_on,
                "until_on": row.until_on,
            }
        super().__init__(*args, **kwargs)
        offered = [pair for pair in TITLES if pair[1] != "N" or pair == held]
        if held and held not in TITLES:
            offered.append(held)
        choices = [(":".join(pair), title_of(*pair)) for pair in offered]
        self.fields["what"].choices = choices if row else [("", "Choose"), *choices]
        self.helper = fields_and_acts(
            "Characteristic",
            "what",
            Div("from_on", "until_on", css_class="fields-row"),
            button="Save",
            back=back,
        )

    @property
    def written(self) -> dict[str, Any]:
        kind, _, value = self.cleaned_data["what"].partition(":")
        days: dict[str, date | None] = {
            name: self.cleaned_data[name] for name in ("from_on", "until_on")
        }
        return {"kind": kind, "value": value, **days}


class TieFields(forms.Form):
    """What a person is to one pupil."""

    kind = forms.CharField(
        label="Relationship", required=False, max_length=60, help_text="As in mother, grandfather."
    )
    has_responsibility = forms.BooleanField(
        label="Has parental responsibility or care of the pupil", required=False
    )
    lives_with = forms.BooleanField(label="The pupil lives with them", required=False)
    may_be_written_to = forms.BooleanField(
        label="May be written to about the pupil", required=False
    )
    ground = forms.CharField(
        label="Why they are written to without parental responsibility",
        required=False,
        max_length=300,
        help_text="As in “Foster carer, placement letter of 3 May”. It is kept with your name.",
    )
    address_confidential = forms.BooleanField(
        label="Their address is confidential: nobody may pass it on", required=False
    )
    court_order = forms.CharField(
        label="Court order",
        required=False,
        max_length=500,
        help_text="What it says and its date. Empty where there is none.",
    )

    @staticmethod
    def tie_parts() -> list[Any]:
        return [
            Div("kind", css_class="fields-row"),
            Div("has_responsibility", "lives_with", "may_be_written_to", css_class="ticks"),
            "ground",
            "address_confidential",
            "court_order",
        ]

    @property
    def tie(self) -> Tie:
        return Tie(**{name: self.cleaned_data[name] for name in Tie.__slots__})


class TieForm(TieFields):
    """Change what a person is to a pupil, or say that it was checked as it stands."""

    confirm = forms.BooleanField(
        label="I have checked these with the family or in the papers", required=False
    )

    def __init__(self, *args, back: str, button: str = "Save", known: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        parts = self.tie_parts()
        if known:
            parts.insert(2, "confirm")
        else:
            del self.fields["confirm"]
        self.helper = fields_and_acts(
            "What they are to the pupil", *parts, button=button, back=back
        )


class PersonFields(forms.Form):
    """How a person can be reached."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        help_text="With the title, as a letter should address them.",
        error_messages={"required": "Write the name of the contact"},
    )
    address = forms.CharField(
        label="Address",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text="A line for each line of the envelope.",
    )
    postcode = forms.CharField(label="Postcode", required=False, max_length=10)
    email = forms.EmailField(
        label="E-mail",
        required=False,
        error_messages={"invalid": "Write an e-mail address like name@example.org"},
    )
    telephone = forms.CharField(label="Telephone", required=False, max_length=40)
    language = forms.ChoiceField(
        label="Language",
        required=False,
        help_text="Letters are in English; the family’s language sets its names right.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        held = str(self.initial.get("language", ""))
        self.fields["language"].choices = choices_with(held, "Not known")

    @staticmethod
    def person_parts() -> list[Any]:
        return [
            "name",
            "address",
            Div("postcode", "telephone", css_class="fields-row"),
            Div("email", "language", css_class="fields-row"),
        ]

    @property
    def details(self) -> PersonDetails:
        return PersonDetails(**{name: self.cleaned_data[name] for name in PersonDetails.__slots__})


class PersonForm(PersonFields):
    reason = reason_field(initial="Told by the family")

    def __init__(self, *args, back: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = fields_and_acts(
            "The contact’s details", *self.person_parts(), "reason", button="Save", back=back
        )


class NewContactForm(TieFields, PersonFields):
    """A person who is nobody's contact yet, and what they are to the pupil."""

    def __init__(self, *args, back: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = fields_and_acts(
            "A new contact",
            *self.person_parts(),
            HTML("<h2>To this pupil</h2>"),
            *self.tie_parts(),
            button="Add the contact",
            back=back,
        )


def add_errors(form: forms.Form, wrong: dict[str, str]) -> None:
    """Put each sentence to its field; what has no field of its own to the whole form.

    Whether it is another child is asked only where somebody has the name and date of birth.
    """
    if "another_child" in wrong:
        form.helper.layout[0].append("another_child")
    for field, sentence in wrong.items():
        form.add_error(field if field in form.fields else None, sentence)
