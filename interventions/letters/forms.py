"""Forms about letters: a decision, a letter by hand, a print run, a school's own words."""

from collections.abc import Collection
from datetime import date
from typing import cast

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div
from django import forms
from django.core.exceptions import ValidationError

from interventions.letters import mail
from interventions.letters.post import ORDERS
from interventions.letters.recipients import standing
from interventions.letters.wordings.merge_fields import wrong_in_body, wrong_in_subject
from interventions.letters.wordings.own_words import Words
from interventions.rules.letter_kinds import Kind
from registers.models import Relationship
from registers.web.fields import DayField, TimeField
from registers.web.form_helpers import form_helper, primary

MOST_WORDS = 900  # characters of one's own in a letter that stays on its page


class ReasonForm(forms.Form):
    """Why a letter is held or dropped."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Say why"},
    )

    def __init__(self, *args, what: str, label: str, button: str, action: str, **kwargs):
        kwargs["auto_id"] = f"{what}_%s"
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.helper = form_helper(button, "reason", primary(button), form_action=action)


def _who(relationship: Relationship) -> str:
    """A person in a list to choose from: what they are, and where a letter goes."""
    person = relationship.person
    parts = [f"{person.name}, {standing(relationship)}"]
    if not relationship.is_written_to:
        parts.append("may not be written to")
    elif not (person.address or person.email):
        parts.append("no address")
    elif not person.address and not mail.can_be_sent():
        parts.append("no postal address")
    if relationship.is_written_to:
        confirmed = relationship.confirmed_at
        parts.append(f"confirmed {confirmed:%-d %B %Y}" if confirmed else "not confirmed yet")
    if relationship.address_confidential:
        parts.append("address confidential")
    if relationship.court_order:
        parts.append(f"court order: {relationship.court_order}")
    return ". ".join(part[0].upper() + part[1:] for part in parts)


class LetterForm(forms.Form):
    """A letter by hand: who gets it, and for an invitation the day, time and place."""

    recipients = forms.TypedMultipleChoiceField(
        label="Who gets a copy",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose somebody to write to"},
    )
    by_email = forms.TypedMultipleChoiceField(
        label="By e-mail instead of post",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    on = DayField(label="Day", missing="Say on which day")
    at = TimeField(label="Time", missing="Say at what time", such_as="14:40")
    minutes = forms.IntegerField(
        label="Minutes",
        initial=30,
        min_value=5,
        max_value=240,
        error_messages={
            "required": "Say how long it takes",
            "invalid": "Write the minutes as a number, such as 30",
            "min_value": "A meeting takes 5 minutes or more",
            "max_value": "A meeting takes four hours at most",
        },
    )
    place = forms.CharField(
        max_length=100,
        help_text="As the letter says it: “Room 4”, “by telephone”.",
        error_messages={"required": "Say where"},
    )
    members = forms.CharField(
        label="Whom they will meet",
        required=False,
        max_length=600,
        widget=forms.Textarea({"rows": 3}),
        help_text="One on each line, with the position: “Ms Priya Raman, Deputy Headteacher”.",
    )
    words = forms.CharField(
        label="A few words of your own",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea({"rows": 4}),
        help_text="They stand near the beginning of this letter. Blank lines part paragraphs.",
    )

    def __init__(
        self, *args, kind: Kind, relationships: Collection[Relationship], today: date, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.kind, self.today = kind, today
        reachable = [one for one in relationships if self.can_get(one)]
        recipients = cast(forms.ChoiceField, self.fields["recipients"])
        recipients.choices = [(one.person_id, _who(one)) for one in reachable]
        recipients.initial = [one.person_id for one in reachable]
        with_email = [one for one in reachable if one.person.email and one.person.address]
        if with_email and mail.can_be_sent():
            by_email = cast(forms.ChoiceField, self.fields["by_email"])
            by_email.choices = [
                (one.person_id, f"{one.person.name}: {one.person.email}") for one in with_email
            ]
        else:
            del self.fields["by_email"]
        self.left_out = [_who(one) for one in relationships if not self.can_get(one)]
        if not kind.is_meeting:
            for name in ("on", "at", "minutes", "place", "members"):
                del self.fields[name]
        if not self.has_own_words:
            del self.fields["words"]
        self.helper = self._helper()

    @property
    def has_own_words(self) -> bool:
        """The kinds whose letters have a place for them."""
        return self.kind.is_meeting or not self.kind.rank

    @staticmethod
    def can_get(one: Relationship) -> bool:
        reached = one.person.address or (one.person.email and mail.can_be_sent())
        return bool(one.is_written_to and reached)

    def _helper(self) -> FormHelper:
        parts: list = ["recipients"]
        if "by_email" in self.fields:
            parts.append("by_email")
        if self.left_out:
            parts.append(HTML("{% include 'interventions/letters/_left_out.html' %}"))
        if self.kind.is_meeting:
            parts += [Div("on", "at", "minutes", css_class="fields-row"), "place", "members"]
        if self.has_own_words:
            parts.append("words")
        buttons = Div(
            primary("Put it in the queue", "write"),
            StrictButton("Preview", type="submit", name="preview", value="1"),
            css_class="row-line form-buttons",
        )
        return form_helper("The letter", *parts, buttons)

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if on <= self.today:
            raise ValidationError("Choose a day that is still to come: the letter needs its time")
        return on

    @property
    def details(self) -> dict:
        """What the letter keeps of it, as JSON can hold it."""
        given = self.cleaned_data
        details: dict = {}
        if given.get("words"):
            details["words"] = given["words"]
        if self.kind.is_meeting:
            details |= {
                "on": given["on"].isoformat(),
                "at": f"{given['at']:%H:%M}",
                "minutes": given["minutes"],
                "place": given["place"],
                "members": [line.strip() for line in given["members"].splitlines() if line.strip()],
            }
        return details

    @property
    def channels(self) -> dict[int, str]:
        chosen = self.cleaned_data.get("by_email") or []
        return dict.fromkeys(chosen, "email")


class PrintForm(forms.Form):
    """How a print run is put together."""

    order = forms.ChoiceField(
        label="In which order",
        choices=list(ORDERS.items()),
        initial="postcode",
        error_messages={"required": "Choose the order", "invalid_choice": "Choose the order"},
    )
    double_sided = forms.BooleanField(
        label="For a printer that prints both sides: each letter begins a new sheet",
        required=False,
        initial=True,
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper(
            "Make a print run",
            "order",
            "double_sided",
            primary("Make one PDF of them"),
            form_action=action,
        )


class WordsForm(forms.Form):
    """The words of one kind of letter."""

    subject = forms.CharField(
        label="Heading",
        max_length=200,
        error_messages={"required": "Write a heading"},
        help_text="Plain words and fields.",
    )
    body = forms.CharField(
        label="Letter",
        strip=False,
        widget=forms.Textarea({"rows": 22, "spellcheck": "true"}),
        error_messages={"required": "Write the letter"},
        help_text=(
            "The greeting, the signature and the letterhead stand round it. "
            "Tags: &lt;p&gt; &lt;h2&gt; &lt;ul&gt; &lt;ol&gt; &lt;li&gt; &lt;strong&gt; &lt;em&gt; "
            "&lt;br&gt;; without tags, blank lines part "
            "paragraphs. The first paragraph stands larger."
        ),
    )

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean_subject(self) -> str:
        return self._checked("subject", wrong_in_subject)

    def clean_body(self) -> str:
        return self._checked("body", wrong_in_body)

    def _checked(self, name: str, wrong) -> str:
        problems = wrong(self.kind, self.cleaned_data[name])
        if problems:
            raise ValidationError(problems)
        return self.cleaned_data[name]

    @property
    def words(self) -> Words:
        return Words(self.cleaned_data["subject"], self.cleaned_data["body"])
