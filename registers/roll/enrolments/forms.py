"""The form of a time on the roll: its dates, the ground of leaving and what that ground needs."""

from collections.abc import Collection
from datetime import date
from typing import Any

from crispy_forms.layout import Div
from django import forms

from registers.models import Enrolment
from registers.roll.form_parts import SpellFields, reason_field
from registers.rules.admission import GROUNDS, Spell
from registers.rules.allowed_codes import day_in_words
from registers.rules.roll.leaving import GroundEvidence, need_of
from registers.web.fields import DayField
from registers.web.form_helpers import fields_and_acts
from registers.web.forms import PageForm

EVIDENCE = {"day", "text", "with_authority", "confirmed"}
HEARD_LATE = "The school was told later"


class LeavingFields(PageForm):
    """The last day on the roll and its ground. A ground that is chosen brings its own fields.

    `seen` names what was shown of the sessions that fall away or open, `asked` the ground whose
    fields were shown: both are what the person has looked at.
    """

    leaves_on = DayField(
        label="Last day on the roll",
        required=False,
        help_text="Empty while the pupil stays. The day itself still has its marks.",
    )
    leaving_ground = forms.ChoiceField(
        label="Ground for taking the name off",
        required=False,
        help_text="Regulation 9 of SI 2024/208 knows no others. Tell the local authority before "
        "or when the name is taken off.",
    )
    reason = reason_field()
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    asked = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def offer_grounds(self, ground: str) -> None:
        """Those of the regulation, below the one that stands where it is none of them."""
        own = {ground} - {"", *GROUNDS}
        named = [(name, name) for name in (*own, *GROUNDS)]
        self.choice("leaving_ground").choices = [("", "Not leaving"), *named]

    def ask_for(self, ground: str, held: GroundEvidence) -> list[str]:
        """Add the fields of what the ground needs; their names, in order."""
        need = need_of(ground)
        makers: dict[str, Any] = {
            "day": lambda: DayField(label=need.day, required=False, help_text=need.day_help),
            "text": lambda: forms.CharField(
                label=need.text,
                required=False,
                max_length=1000,
                help_text=need.text_help,
                widget=forms.Textarea({"rows": 3}),
            ),
            "with_authority": lambda: forms.BooleanField(label=need.with_authority, required=False),
            "confirmed": lambda: forms.BooleanField(label=need.confirmed, required=False),
        }
        for name in need.fields:
            self.fields[name] = makers[name]()
            self.initial[name] = getattr(held, name)
        return need.fields

    @property
    def unasked(self) -> Collection[str]:
        """The fields of what the ground needs, where they have not been shown yet."""
        ground = self.cleaned_data.get("leaving_ground", "")
        return () if self.cleaned_data.get("asked") == ground else EVIDENCE

    @property
    def evidence(self) -> GroundEvidence:
        given = self.cleaned_data
        return GroundEvidence(**{name: given[name] for name in given.keys() & EVIDENCE})


def _last_seen(on: date | None) -> str:
    if on is None:
        return "The day itself still has its marks."
    return f"The register has the pupil here last on {on:%A} {on.day} {on:%B}."


class SpellForm(LeavingFields, SpellFields):
    """Correct a time on the roll, in both directions."""

    field_order = ["starts_on", "kind", "leaves_on", "leaving_ground"]
    title, button = "Time on the roll", "Save the dates"
    confirm = "Change the dates"

    def __init__(
        self,
        *args: Any,
        enrolment: Enrolment,
        held: GroundEvidence,
        back: str,
        moves: bool = False,
        **kwargs: Any,
    ):
        names = ("starts_on", "kind", "leaves_on", "leaving_ground")
        kwargs["initial"] = {name: getattr(enrolment, name) for name in names} | self.suggested()
        super().__init__(*args, **kwargs)
        self.enrolment = enrolment
        self.offer_grounds(enrolment.leaving_ground)
        ground = self["leaving_ground"].value()
        asked = self.ask_for(ground if ground in GROUNDS else "", held)
        self.helper = fields_and_acts(
            self.title,
            *self.parts(),
            *asked,
            "reason",
            "seen",
            "asked",
            button=self.confirm if moves else self.button,
            back=back,
        )

    @staticmethod
    def suggested() -> dict[str, Any]:
        return {}

    @staticmethod
    def parts() -> list[Any]:
        return [
            Div("starts_on", "kind", css_class="fields-row"),
            Div("leaves_on", css_class="fields-row"),
            "leaving_ground",
        ]

    @property
    def done(self) -> str:
        """What is said when it is done."""
        return "The dates on the roll are saved."


class LeaveForm(SpellForm):
    """The quick way for a pupil who has left: the last day and the ground, nothing else."""

    title, button, confirm = "Has left", "Look what changes", "Take the name off the roll"

    def __init__(self, *args: Any, last_here: date | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        del self.fields["starts_on"], self.fields["kind"]
        field = self.fields["leaves_on"]
        field.required = True
        field.error_messages["required"] = "Give the last day on the roll"
        field.help_text = _last_seen(last_here)
        self.fields["reason"].help_text = "Kept with your name and the day, where marks fall away."

    @staticmethod
    def suggested() -> dict[str, Any]:
        return {"reason": HEARD_LATE}

    @staticmethod
    def parts() -> list[Any]:
        return ["leaves_on", "leaving_ground"]

    @property
    def spell(self) -> Spell:
        there, given = self.enrolment, self.cleaned_data
        return Spell(there.starts_on, given["leaves_on"], given["leaving_ground"], there.kind)

    @property
    def done(self) -> str:
        name, leaves_on = self.enrolment.pupil.full_name, self.cleaned_data["leaves_on"]
        return f"{name} is on the roll until {day_in_words(leaves_on)}."
