"""The form of a closure: why, for whom, from which session to which."""

from hashlib import blake2b
from typing import Any

from crispy_forms.layout import Div, Field
from django import forms
from django.utils.datastructures import MultiValueDict

from registers.closures.queries import ClosureWanted
from registers.roll.choosing import ChoosePupils, Chosen
from registers.rules.closures import KINDS
from registers.rules.codes import CODES, Half
from registers.web.fields import DayField, RadioChoice
from registers.web.form_helpers import form_helper

HALVES = [("0", "Morning"), ("1", "Afternoon")]
WHOLE, SOME = "whole", "some"
WHOLE_SCHOOL = Chosen(frozenset(), "The whole school")
WHOM = [(WHOLE, "The whole school"), (SOME, "Some year groups, groups or pupils")]


class ClosureForm(ChoosePupils):
    """Looked at first, then done: `looked` is what was looked at, so that nothing else is done."""

    kind = forms.ChoiceField(
        label="Why",
        choices=[(kind.value, kind.label) for kind in KINDS],
        widget=RadioChoice,
        error_messages={"required": "Choose why it is closed"},
    )
    note = forms.CharField(
        label="What more there is to say",
        required=False,
        max_length=150,
        help_text="It stands beside the reason in the register’s history and in the calendar.",
    )
    whom = forms.ChoiceField(
        label="For whom",
        choices=WHOM,
        widget=RadioChoice,
        error_messages={"required": "Say for whom"},
    )
    from_on = DayField(label="First day", missing="Give the first day")
    from_half = forms.ChoiceField(label="From", choices=HALVES)
    until_on = DayField(label="Last day", missing="Give the last day")
    until_half = forms.ChoiceField(label="Until the end of", choices=HALVES)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.helper = form_helper("Closure", self._layout(), form_tag=False)

    def _layout(self) -> Div:
        return Div(
            Field("kind", template="registers/closures/_kinds.html"),
            "note",
            Div("from_on", "from_half", css_class="fields-row"),
            Div("until_on", "until_half", css_class="fields-row"),
            "whom",
            self.chooser,
            css_class="fields",
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("whom") == SOME:
            self.choose(missing="Choose year groups, groups or pupils, or the whole school")
        else:
            self.chosen = WHOLE_SCHOOL
        return given

    @property
    def asked(self) -> ClosureWanted:
        """What the form asks for; only of a form without errors."""
        given = self.cleaned_data
        return ClosureWanted(
            kind=given["kind"],
            first=(given["from_on"], Half(int(given["from_half"]))),
            last=(given["until_on"], Half(int(given["until_half"]))),
            whole_school=self.chosen is WHOLE_SCHOOL,
            pupils=self.chosen.pupils,
            for_whom=self.chosen.said,
            note=" ".join(given["note"].split()),
        )

    @property
    def digest(self) -> str:
        """Of what is asked for: the same for the same closure."""
        asked = self.asked
        words = repr(
            (asked.kind, asked.first, asked.last, sorted(asked.pupils), asked.whole_school)
        )
        return blake2b(words.encode(), digest_size=12).hexdigest()


def changing_of(sent: MultiValueDict, by_default: list[str]) -> list[str]:
    """The codes that give way: the ticked ones of those that were shown, and of the others (marks
    that came in since) those that do by default.
    """
    shown, ticked = set(sent.getlist("shown")), set(sent.getlist("changing"))
    changing = (shown & ticked) | (set(by_default) - shown)
    return [*filter(changing.__contains__, CODES)]
