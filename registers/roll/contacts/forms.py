"""The forms of contacts: what a person is to a pupil, how a person can be reached."""

from typing import Any

from crispy_forms.layout import HTML, Div
from django import forms

from registers.roll.contacts.actions import NOTHING_KNOWN, PersonDetails, Tie
from registers.roll.form_parts import reason_field
from registers.rules.pupils.languages import choices_with
from registers.web.form_helpers import fields_and_acts
from registers.web.forms import PageForm


class TieFields(PageForm):
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

    def __init__(self, *args, back: str, **kwargs):
        super().__init__(*args, **kwargs)
        parts = self.tie_parts()
        parts.insert(2, "confirm")
        self.helper = fields_and_acts(
            "What they are to the pupil", *parts, button="Save", back=back
        )


class KnownPersonForm(TieFields):
    """What somebody whom the school knows already is to this pupil."""

    def __init__(self, *args, back: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = fields_and_acts(
            "What they are to the pupil", *self.tie_parts(), button="Add the contact", back=back
        )

    @property
    def details(self) -> PersonDetails:
        """They stand as the school has them."""
        return NOTHING_KNOWN


class PersonFields(PageForm):
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
        self.choice("language").choices = choices_with(held, "Not known")

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
