"""Call a panel, write down what it decided."""

from collections.abc import Sequence
from datetime import date, timedelta

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.core.exceptions import ValidationError

from interventions.log.actions import NextStep
from interventions.models import Intervention, Panel, PanelCase
from interventions.panels.actions.decisions import Decision
from interventions.panels.actions.panels import Meeting
from registers.models.school.staff import User
from registers.roll.choosing import FIELDS, ChoosePupils
from registers.rules.allowed_codes import short_day
from registers.web.fields import DayField, Ticks, TimeField
from registers.web.form_helpers import form_helper, primary

A_YEAR = timedelta(days=366)


class PanelForm(forms.Form):
    """When, where and who. `meeting` is what it says when it is valid."""

    on = DayField(label="Day", missing="Give the day of the panel")
    starts_at = TimeField(
        label="First meeting at", missing="Give the time of the first meeting", such_as="09:20"
    )
    minutes_each = forms.IntegerField(
        label="Minutes for each pupil",
        min_value=5,
        max_value=180,
        error_messages={
            "required": "Say how many minutes each pupil has",
            "invalid": "Write the minutes as a number, such as 20",
            "min_value": "Give each pupil 5 minutes at least",
            "max_value": "Give each pupil 180 minutes at most",
        },
    )
    place = forms.CharField(
        max_length=200,
        error_messages={
            "required": "Say where the panel meets",
            "max_length": "Keep the place to 200 letters",
        },
    )
    chair = forms.TypedChoiceField(
        label="Who leads it",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "Choose a colleague from the list"},
    )
    members = forms.CharField(
        label="Others on the panel",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="One on each line, with the position, as the invitation names them.",
    )

    def __init__(
        self,
        *args,
        colleagues: Sequence[User],
        today: date,
        button: str = "",
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.today = today
        self.colleagues = {one.pk: one for one in colleagues}
        chair = self.fields["chair"]
        assert isinstance(chair, forms.TypedChoiceField)
        chair.choices = [("", "Nobody yet"), *((one.pk, str(one)) for one in colleagues)]
        parts: list = [
            Div("on", "starts_at", "minutes_each", css_class="fields-row"),
            Div("place", "chair", css_class="fields-row"),
            "members",
        ]
        if button:
            parts.append(Div(primary(button, "save")))
        self.helper = form_helper(
            "The panel", Div(*parts, css_class="fields"), form_tag=bool(button)
        )

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if abs(on - self.today) > A_YEAR:
            raise ValidationError("Choose a day within a year of today")
        return on

    @property
    def meeting(self) -> Meeting:
        given = self.cleaned_data
        return Meeting(
            on=given["on"],
            starts_at=given["starts_at"],
            minutes_each=given["minutes_each"],
            place=given["place"],
            chair=self.colleagues.get(given["chair"]),
            members=given["members"],
        )


class ManyForm(ChoosePupils):
    """Pupils to tick at once: year groups, groups, a pasted list. Nothing in it asks for nobody."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper("Several pupils at once", self.chooser, form_tag=False)
        self.helper.disable_csrf = True

    @property
    def is_asked(self) -> bool:
        """Whether anything is ticked or written in it."""
        sent = (
            [text for name in FIELDS for text in self.data.getlist(name)] if self.is_bound else []
        )
        return any(text.strip() for text in sent)

    def clean(self) -> dict:
        given = super().clean() or {}
        if self.is_asked:
            self.choose()
        return given


def of_panel(panel: Panel) -> dict:
    """What stands in the form of a panel that there is."""
    names = ("on", "starts_at", "minutes_each", "place", "members")
    return {name: getattr(panel, name) for name in names} | {"chair": panel.chair_id or ""}


class DecisionForm(forms.Form):
    """What the panel decided about one pupil. `said` is what it says when it is valid."""

    decision = forms.CharField(
        label="What was decided",
        widget=forms.Textarea({"rows": 5}),
        max_length=5000,
        error_messages={
            "required": "Say what the panel decided",
            "max_length": "Keep the decision to 5,000 letters",
        },
    )
    with_whom = forms.CharField(
        label="Who was there for the family",
        required=False,
        max_length=200,
        error_messages={"max_length": "Keep the names to 200 letters"},
    )
    next_step = forms.CharField(
        label="What is to be done",
        required=False,
        max_length=300,
        error_messages={"max_length": "Keep the next step to 300 letters"},
    )
    next_step_on = DayField(label="Due on", required=False)
    next_step_owner = forms.TypedChoiceField(
        label="Who does it",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "Choose a colleague from the list"},
    )
    finished = forms.TypedMultipleChoiceField(
        label="Done with this: earlier next steps",
        required=False,
        coerce=int,
        widget=Ticks,
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
        self.owners = {one.pk: one for one in owners}
        owner, finished = self.fields["next_step_owner"], self.fields["finished"]
        assert isinstance(owner, forms.TypedChoiceField)
        assert isinstance(finished, forms.TypedMultipleChoiceField)
        owner.choices = [("", "Choose"), *((one.pk, str(one)) for one in owners)]
        finished.choices = [
            (one.pk, f"{one.next_step}, due {short_day(one.next_step_on)}, {one.next_step_owner}")
            for one in open_steps
        ]
        parts: list = [
            "seen",
            "decision",
            "with_whom",
            Fieldset(
                "Next step",
                "next_step",
                Div("next_step_on", "next_step_owner", css_class="fields-row"),
                css_class="fields",
            ),
        ]
        if open_steps:
            parts.append("finished")
        else:
            del self.fields["finished"]
        words = "Change the decision" if is_change else "Write down the decision"
        parts.append(Div(primary(words)))
        self.helper = form_helper("Decision", Div(*parts, css_class="fields"))
        self.helper.form_action = action  # the pupil's own: whoever is next may change meanwhile

    def clean(self) -> dict:
        given = super().clean() or {}
        names = ("next_step", "next_step_on", "next_step_owner")
        if any(given.get(name) for name in names):
            for name, words in zip(
                names,
                ("Say what the next step is", "Give the day by which it is due", "Say who does it"),
                strict=True,
            ):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, words)
        due_on = given.get("next_step_on")
        if due_on and due_on < self.panel_on:
            self.add_error("next_step_on", "The next step is due before the panel itself")
        return given

    @property
    def said(self) -> Decision:
        given = self.cleaned_data
        step = None
        if given.get("next_step"):
            owner = self.owners[given["next_step_owner"]]
            step = NextStep(given["next_step"], given["next_step_on"], owner)
        return Decision(
            decision=given["decision"],
            with_whom=given["with_whom"],
            next_step=step,
            finished=given.get("finished", ()),
            seen=given["seen"],
        )


def of_case(case: PanelCase, logged: Intervention | None) -> dict:
    """What stands in the form of a case on which something was decided."""
    found: dict = {"decision": case.decision, "seen": case.decision}
    if logged is not None:
        found |= {
            "with_whom": logged.with_whom,
            "next_step": logged.next_step,
            "next_step_on": logged.next_step_on,
            "next_step_owner": logged.next_step_owner_id,
        }
    return found
