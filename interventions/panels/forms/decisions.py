"""Write down what a panel decided about a pupil."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset
from django import forms

from interventions.log.next_step_fields import (
    STEP_IS_PANEL,
    ask_for_the_rest,
    next_step_field,
    next_step_of,
    with_whom_field,
)
from interventions.models import Intervention, PanelCase
from interventions.panels.actions.decisions import Decision
from interventions.panels.forms.panels import named
from registers.models.school.staff import User
from registers.rules.allowed_codes import short_day
from registers.rules.grouping import keyed
from registers.web.fields import Checkboxes, DayField
from registers.web.form_helpers import form_helper, primary

MISSING = {
    "next_step": "Say what the next step is",
    "next_step_on": "Give the day by which it is due",
    "next_step_owner": "Say who does it",
}


class DecisionForm(forms.Form):
    """What the panel decided about one pupil. `decided` is what it says when it is valid."""

    decision = forms.CharField(
        label="What was decided",
        widget=forms.Textarea({"rows": 5}),
        max_length=5000,
        error_messages={
            "required": "Say what the panel decided",
            "max_length": "Keep the decision to 5,000 letters",
        },
    )
    with_whom = with_whom_field("Who was there for the family")
    next_step = next_step_field("What is to be done")
    next_step_on = DayField(label="Due on", required=False)
    next_step_owner = forms.TypedChoiceField(
        label="Who does it",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "Choose a colleague from the list"},
    )
    next_step_is_panel = forms.BooleanField(label=STEP_IS_PANEL, required=False)
    finished = forms.TypedMultipleChoiceField(
        label="Done with this: earlier next steps",
        required=False,
        coerce=int,
        widget=Checkboxes,
        error_messages={"invalid_choice": "That next step is not open any more"},
    )
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args,
        panel_on: date,
        owners: Sequence[User],
        open_steps: Sequence[Intervention],
        is_change: bool,
        action: str,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.panel_on = panel_on
        self.owners = keyed(owners, "pk")
        owner = cast(forms.ChoiceField, self.fields["next_step_owner"])
        owner.choices = [("", "Choose"), *named(self.owners)]
        self._offer_steps(open_steps)
        self.helper = self._helper(
            "Change the decision" if is_change else "Write down the decision"
        )
        self.helper.form_action = action  # the pupil's own: whoever is next may change meanwhile

    def _offer_steps(self, open_steps: Sequence[Intervention]) -> None:
        """Earlier next steps that may be done with the decision."""
        if not open_steps:
            del self.fields["finished"]
            return
        finished = cast(forms.TypedMultipleChoiceField, self.fields["finished"])
        finished.choices = [(step.pk, _step_words(step)) for step in open_steps]

    def _helper(self, button: str) -> FormHelper:
        next_step = Fieldset(
            "Next step",
            "next_step",
            Div("next_step_on", "next_step_owner", css_class="fields-row"),
            "next_step_is_panel",
            css_class="fields",
        )
        steps = ["finished"] if "finished" in self.fields else []
        parts = ("seen", "decision", "with_whom", next_step, *steps, Div(primary(button)))
        return form_helper("Decision", Div(*parts, css_class="fields"))

    def clean(self) -> dict:
        given = super().clean() or {}
        ask_for_the_rest(self, MISSING)
        due_on = given.get("next_step_on")
        if due_on and due_on < self.panel_on:
            self.add_error("next_step_on", "The next step is due before the panel itself")
        return given

    @property
    def decided(self) -> Decision:
        given = self.cleaned_data
        return Decision(
            decision=given["decision"],
            with_whom=given["with_whom"],
            next_step=next_step_of(given, self.owners.get(given["next_step_owner"])),
            finished=given.get("finished", ()),
            seen=given["seen"],
        )


def _step_words(step: Intervention) -> str:
    due = short_day(cast(date, step.next_step_on))  # a step has its day
    return f"{step.next_step}, due {due}, {step.next_step_owner}"


def initial_of_case(case: PanelCase, logged: Intervention | None) -> dict:
    """What stands in the form of a case on which something was decided."""
    initial: dict = {"decision": case.decision, "seen": case.decision}
    if logged is not None:
        initial |= {
            "with_whom": logged.with_whom,
            "next_step": logged.next_step,
            "next_step_on": logged.next_step_on,
            "next_step_owner": logged.next_step_owner_id,
            "next_step_is_panel": logged.next_step_is_panel,
        }
    return initial
