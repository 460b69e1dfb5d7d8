"""The forms of planned absences."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Hidden
from django import forms

from registers.models import Group
from registers.planned_absence.actions import WrongPlan
from registers.roll.choosing import ChoosePupils
from registers.rules import planned_absence
from registers.rules.planned_absence import DUAL, LEAVE, PART_TIME, Plan
from registers.rules.wording import listed
from registers.web.fields import Checkboxes, DayField, RadioChoice
from registers.web.form_helpers import form_helper, offer, primary, search_helper

HALF_WORDS = ("morning", "afternoon")
SLOTS = [
    (str(2 * day + half), f"{name} {words}")
    for day, name in enumerate(planned_absence.WEEKDAYS)
    for half, words in enumerate(HALF_WORDS)
]
WHEN = {
    "": "Today and to come",
    "today": "Today",
    "coming": "To come",
    "reviews": "Review due",
    "past": "Past",
    "withdrawn": "Withdrawn or replaced",
}
# How the codes of the longest kind are put together in the list.
PARTS_OF_LEAVE = {
    "Leave": ("C", "M", "J1", "S", "C1", "R", "T"),
    "Known beforehand": ("I", "E"),
    "Unable to attend": ("Q", "Y1", "Y2", "Y3", "Y5", "Y6", "Y7"),
    "Planned closure for some": ("#",),
}
OPTIONAL = ("place", "activity", "supervised_by", "agreed_with", "agreed_on", "review_on", "note")

LONG = ("place", "activity", "supervised_by", "note")  # fields with a line of their own


class PlanForm(forms.Form):
    """One absence that is known beforehand. Which fields are asked for depends on the kind.

    What was typed into a field that another kind asks for is kept, hidden, so that nothing is lost
    when somebody looks at another kind and comes back.
    """

    kind = forms.ChoiceField(
        label="What is it?",
        choices=list(planned_absence.KINDS.items()),
        widget=RadioChoice,
        error_messages={"required": "Choose what kind of absence it is"},
    )
    pupils = forms.MultipleChoiceField(
        label="For whom",
        widget=Checkboxes,
        error_messages={
            "required": "Tick at least one pupil",
            "invalid_choice": "One of the pupils is not in this group any more: choose again",
        },
    )
    from_on = DayField(label="First day", missing="Give the first day")
    until_on = DayField(label="Last day", missing="Give the last day")
    slots = forms.MultipleChoiceField(
        label="Sessions of the week",
        choices=SLOTS,
        widget=Checkboxes,
        help_text="Untick those at which the pupil is here as usual.",
        error_messages={"required": "Tick at least one session of the week"},
    )
    code = forms.ChoiceField(label="Code", error_messages={"required": "Choose a code"})
    place = forms.CharField(label="Place", required=False, max_length=200)
    activity = forms.CharField(label="Nature of the activity", required=False, max_length=200)
    supervised_by = forms.CharField(label="Supervised by", required=False, max_length=200)
    agreed_with = forms.CharField(label="Agreed with", required=False, max_length=200)
    agreed_on = DayField(label="Agreed on", required=False)
    review_on = DayField(label="Review on", required=False)
    note = forms.CharField(
        label="Note", required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )
    whole_batch = forms.BooleanField(required=False)

    def __init__(
        self,
        *args,
        kind: str,
        today: date,
        pupils: Sequence[tuple[int, str]] | None = None,
        others: int = 0,
        button: str = "Plan the absence",
        back: str,
        choose: str,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.today, self.kind_now = today, kind if kind in planned_absence.KINDS else LEAVE
        self.pupil_errors: dict[int, str] = {}
        self._offer_pupils(pupils)
        self._offer_codes()
        self._word_fields()
        if others:
            self.fields[
                "whole_batch"
            ].label = f"For the {others} other{'s' if others > 1 else ''} of this plan as well"
        else:
            del self.fields["whole_batch"]
        self.helper = self._helper(button, back, choose)

    def _offer_pupils(self, pupils: Sequence[tuple[int, str]] | None) -> None:
        if pupils is None:
            del self.fields["pupils"]
        else:
            self.fields["pupils"].choices = [(str(pk), name) for pk, name in pupils]

    def _offer_codes(self) -> None:
        offered = {
            code.symbol: code for code in planned_absence.codes_for(self.kind_now, self.today)
        }

        def named(symbols: Iterable[str]) -> list[tuple[str, str]]:
            return [(s, f"{s}  {offered[s].meaning}") for s in symbols if s in offered]

        choices: list[Any] = named(offered)
        if self.kind_now == LEAVE:
            choices = [(part, named(symbols)) for part, symbols in PARTS_OF_LEAVE.items()]
        if len(choices) > 1 and self.kind_now != PART_TIME:
            choices = [("", "Choose"), *choices]
        self.fields["code"].choices = choices
        typed = self.data.get("code") if self.is_bound else self.initial.get("code")
        if typed and typed not in offered:
            self.fields["code"].error_messages["invalid_choice"] = (
                "This code is for another kind of absence: choose again"
            )

    def _word_fields(self) -> None:
        wanted = planned_absence.fields_wanted(self.kind_now)
        words = {"note": {LEAVE: "Reason"}, "place": {DUAL: "The other school"}}
        for name in OPTIONAL:
            if name not in wanted:
                kept = forms.CharField(required=False, widget=forms.HiddenInput)
                self.fields[name] = kept
                continue
            field = self.fields[name]
            field.label = words.get(name, {}).get(self.kind_now, field.label)
            field.help_text = self._help(name)

    def _help(self, name: str) -> str:
        symbols = [code.symbol for code in planned_absence.codes_for(self.kind_now, self.today)]
        need = [symbol for symbol in symbols if name in planned_absence.NEEDS.get(symbol, {})]
        about = {
            "agreed_with": "The parent or other person who asked for it or agreed.",
            "activity": "What the pupil does or learns there.",
            "supervised_by": "Who is in charge of the pupil there, in person.",
        }.get(name, "")
        if not need or need == symbols:
            return about
        return f"{about} Needed with {listed(need)}.".strip()

    def _helper(self, button: str, back: str, choose: str) -> FormHelper:
        wanted = planned_absence.fields_wanted(self.kind_now)
        short = [name for name in wanted if name not in LONG]
        parts: list[Any] = [Field("kind", template="registers/planned_absence/_kinds.html")]
        parts += self._whom()
        parts += [
            Div("from_on", "until_on", css_class="fields-row"),
            Field("slots", template="registers/planned_absence/_slots.html"),
            "code",
            *(name for name in wanted if name in LONG[:-1]),
        ]
        if short:
            parts.append(Div(*short, css_class="fields-row"))
        parts.append("note")
        parts += [name for name in OPTIONAL if name not in wanted]
        if "whole_batch" in self.fields:
            parts.append("whole_batch")
        acts: list[Any] = [
            primary(button),
            HTML(f'<a class="btn btn-link" href="{back}">Cancel</a>'),
        ]
        self.choose_url = choose
        return form_helper(
            "Planned absence",
            Div(*parts, css_class="fields"),
            Div(*acts, css_class="form-acts"),
            form_id="plan-form",
            form_class="plan-form",
        )

    def _whom(self) -> list[Any]:
        """The fields that say for whom, where there is a choice."""
        if "pupils" not in self.fields:
            return []
        return [Field("pupils", template="registers/planned_absence/_ticks.html")]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if {"kind", "code", "from_on", "until_on"} <= given.keys():
            self.add_wrong(planned_absence.what_is_wrong(self.plan, today=self.today))
        return given

    @property
    def plan(self) -> Plan:
        """What was asked for; only the fields of the kind count."""
        given, wanted = self.cleaned_data, planned_absence.fields_wanted(self.kind_now)
        asked = {name: given.get(name) for name in OPTIONAL if name in wanted}
        return Plan(
            kind=given["kind"],
            code=given["code"],
            from_on=given["from_on"],
            until_on=given["until_on"],
            slots=planned_absence.slots_of(int(number) for number in given.get("slots", ())),
            **{
                name: value if name.endswith("_on") else (value or "").strip()
                for name, value in asked.items()
            },
        )

    @property
    def errors_by_value(self) -> dict[str, str]:
        """What is wrong for each pupil, by the value of their box."""
        return {str(pk): why for pk, why in self.pupil_errors.items()}

    def add_wrong(self, wrong: Mapping[str, str]) -> None:
        for field, sentence in wrong.items():
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, sentence)

    def add_refusal(self, refusal: WrongPlan, names: Mapping[int, str]) -> None:
        """The reasons of an action: to the fields, and to the pupils by name."""
        self.add_wrong(refusal.fields)
        self.pupil_errors = {pk: f"{why}." for pk, why in refusal.pupils.items()}
        if not refusal.pupils:
            return
        if "pupils" in self.fields:
            number = len(refusal.pupils)
            who = "one pupil" if number == 1 else f"{number} pupils"
            self.add_error("pupils", f"This cannot be for {who}: see the list, and untick them")
        else:
            ((pk, why),) = refusal.pupils.items()
            self.add_error("code", f"{names.get(pk, 'The pupil')} {why}")


class PlanForMany(ChoosePupils, PlanForm):
    """The same for whole year groups, several groups or a pasted list."""

    MOST_NAMED = 20

    def _whom(self) -> list[Any]:
        return [self.chooser]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self.choose()
        return given

    def add_refusal(self, refusal: WrongPlan, names: Mapping[int, str]) -> None:
        """Who cannot have it is named below the field in which they can be left out."""
        self.add_wrong(refusal.fields)
        refused = [(names.get(pk, "A pupil"), why) for pk, why in refusal.pupils.items()]
        for name, why in refused[: self.MOST_NAMED]:
            self.add_error("all_but", f"{name} {why}. Leave them out here")
        if len(refused) > self.MOST_NAMED:
            self.add_error("all_but", f"{len(refused) - self.MOST_NAMED} more cannot have it")


def initial_of(plan: Plan) -> dict[str, Any]:
    """What the form shows of a plan that is there."""
    return {
        **{name: getattr(plan, name) for name in ("kind", "code", "from_on", "until_on")},
        **{name: getattr(plan, name) for name in OPTIONAL},
        "slots": [str(number) for number in planned_absence.numbers_of(plan.slots)],
    }


class PlansForm(forms.Form):
    """What a person asks the list of planned absences for."""

    q = forms.CharField(label="Name or UPN", required=False, max_length=200)
    when = forms.ChoiceField(label="When", required=False)
    kind = forms.ChoiceField(label="Kind", required=False)
    group = forms.ChoiceField(label="Group", required=False)

    def __init__(self, *args, groups: Iterable[Group], batch: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        chosen = [(str(group.pk), group.name) for group in groups]
        offer(self, "when", WHEN.items(), first="")
        offer(self, "kind", planned_absence.KINDS.items())
        offer(self, "group", chosen)
        kept = [Hidden("batch", batch)] if batch else []
        self.helper = search_helper(
            "Planned absences",
            Div("q", "when", "kind", "group", Div(primary("Show")), css_class="fields-row"),
            *kept,
        )
