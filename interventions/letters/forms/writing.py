"""A letter by hand: who gets it, and for an invitation the day, time and place."""

from collections.abc import Collection, Iterator
from datetime import date
from itertools import filterfalse
from typing import cast

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from interventions.letters import email_server
from interventions.letters.recipients import standing
from interventions.rules.letter_kinds import Kind
from registers.models import Person, Relationship
from registers.web.fields import DayField, TimeField
from registers.web.form_helpers import form_helper, primary

MOST_WORDS = 900  # characters of one's own in a letter that stays on its page
OF_A_MEETING = ("on", "at", "minutes", "place", "members")


def _who(relationship: Relationship) -> str:
    """A person in a list to choose from: what they are, and where a letter goes."""
    person = f"{relationship.person.name}, {standing(relationship)}"
    parts = [person, *_how_reached(relationship), *_care(relationship)]
    return ". ".join(map(capfirst, parts))


def _how_reached(relationship: Relationship) -> Iterator[str]:
    """What stands in the way of a letter, and when somebody confirmed that it may be written."""
    if not relationship.is_written_to:
        yield "may not be written to"
        return
    yield from _missing_address(relationship.person)
    confirmed = relationship.confirmed_at
    yield f"confirmed {confirmed:%-d %B %Y}" if confirmed else "not confirmed yet"


def _missing_address(person: Person) -> Iterator[str]:
    """What a letter needs and the person has not."""
    if not (person.address or person.email):
        yield "no address"
    elif not (person.address or email_server.can_send_email()):
        yield "no postal address"


def can_get(relationship: Relationship) -> bool:
    """Whether this person may get a letter and can be reached."""
    return relationship.is_written_to and not list(_missing_address(relationship.person))


def _care(relationship: Relationship) -> Iterator[str]:
    if relationship.address_confidential:
        yield "address confidential"
    if relationship.court_order:
        yield f"court order: {relationship.court_order}"


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
        reachable = list(filter(can_get, relationships))
        self.left_out = list(map(_who, filterfalse(can_get, relationships)))
        self._offer_recipients(reachable)
        self._offer_email([one.person for one in reachable])
        for name in self._fields_left_out():
            del self.fields[name]
        self.helper = self._helper()

    def _offer_recipients(self, reachable: Collection[Relationship]) -> None:
        recipients = cast(forms.ChoiceField, self.fields["recipients"])
        recipients.choices = [(one.person_id, _who(one)) for one in reachable]
        recipients.initial = [one.person_id for one in reachable]

    def _offer_email(self, people: Collection[Person]) -> None:
        """For those who have both addresses, where this server can send e-mail."""
        with_both = [person for person in people if person.email and person.address]
        by_email = cast(forms.ChoiceField, self.fields["by_email"])
        by_email.choices = [(person.pk, f"{person.name}: {person.email}") for person in with_both]
        if not (with_both and email_server.can_send_email()):
            del self.fields["by_email"]

    def _fields_left_out(self) -> Iterator[str]:
        if not self.kind.is_meeting:
            yield from OF_A_MEETING
        if not self.has_own_words:
            yield "words"

    @property
    def has_own_words(self) -> bool:
        """The kinds whose letters have a place for them."""
        return self.kind.is_meeting or not self.kind.rank

    def _helper(self) -> FormHelper:
        left_out = HTML("{% include 'interventions/letters/writing/_left_out.html' %}")
        when = Div("on", "at", "minutes", css_class="fields-row")
        meeting = [when, "place", "members"] if self.kind.is_meeting else []
        layout = filter(self._has, ["recipients", "by_email", left_out, *meeting, "words"])
        buttons = Div(
            primary("Put it in the queue", "write"),
            StrictButton("Preview", type="submit", name="preview", value="1"),
            css_class="row-line form-buttons",
        )
        return form_helper("The letter", *layout, buttons)

    def _has(self, part: object) -> bool:
        """Whether a part of the layout is in this letter's form: a field may be left out."""
        return not isinstance(part, str) or part in self.fields

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if on <= self.today:
            raise ValidationError("Choose a day that is still to come: the letter needs its time")
        return on

    @property
    def details(self) -> dict:
        """What the letter keeps of it, as JSON can hold it."""
        given = self.cleaned_data
        details = self._meeting() if self.kind.is_meeting else {}
        if words := given.get("words"):
            details["words"] = words
        return details

    def _meeting(self) -> dict:
        given = self.cleaned_data
        members = filter(None, map(str.strip, given["members"].splitlines()))
        return {
            "on": given["on"].isoformat(),
            "at": f"{given['at']:%H:%M}",
            "minutes": given["minutes"],
            "place": given["place"],
            "members": list(members),
        }

    @property
    def channels(self) -> dict[int, str]:
        return dict.fromkeys(self.cleaned_data.get("by_email", ()), "email")
