"""The forms of planned absences."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import filterfalse
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Hidden
from django import forms

from registers.models import Group
from registers.planned_absence.actions import WrongPlan
from registers.roll.choosing import ChoosePupils
from registers.rules import planned_absence
from registers.rules.grouping import keyed
from registers.rules.planned_absence import DUAL, LEAVE, PART_TIME, Plan
from registers.rules.wording import listed, plural
from registers.web.fields import Checkboxes, DayField, RadioChoice
from registers.web.form_helpers import form_helper, offer, primary, search_helper
from registers.web.forms import PageForm

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


ABOUT = {
    "agreed_with": "The parent or other person who asked for it or agreed.",
    "activity": "What the pupil does or learns there.",
    "supervised_by": "Who is in charge of the pupil there, in person.",
}


def _codes_of(kind: str, on: date) -> list[Any]:
    """The codes of a kind to choose from; those of leave in parts."""
    offered = keyed(planned_absence.codes_for(kind, on), "symbol")

    def named(symbols: Iterable[str]) -> list[tuple[str, str]]:
        known = filter(offered.__contains__, symbols)
        return [(symbol, f"{symbol}  {offered[symbol].meaning}") for symbol in known]

    if kind == LEAVE:
        parts = [(part, named(symbols)) for part, symbols in PARTS_OF_LEAVE.items()]
        return [("", "Choose"), *parts]
    first = [] if len(offered) == 1 or kind == PART_TIME else [("", "Choose")]
    return [*first, *named(offered)]


class PlanForm(PageForm):
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
    code = forms.ChoiceField(
        label="Code",
        error_messages={
            "required": "Choose a code",
            "invalid_choice": "This code is for another kind of absence: choose again",
        },
    )
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
        self.choose_url = choose
        self._offer_pupils(pupils)
        self._offer_batch(others)
        self.choice("code").choices = _codes_of(self.kind_now, self.today)
        self._word_fields()
        self.helper = self._helper(button, back)

    def _offer_pupils(self, pupils: Sequence[tuple[int, str]] | None) -> None:
        if pupils is None:
            del self.fields["pupils"]
        else:
            self.choice("pupils").choices = [(str(pk), name) for pk, name in pupils]

    def _offer_batch(self, others: int) -> None:
        if others:
            words = plural(others, "other", "others")
            self.fields["whole_batch"].label = f"For the {others} {words} of this plan as well"
        else:
            del self.fields["whole_batch"]

    def _word_fields(self) -> None:
        """What this kind does not ask for is kept, hidden; the others have its words."""
        wanted = planned_absence.fields_wanted(self.kind_now)
        words = {("note", LEAVE): "Reason", ("place", DUAL): "The other school"}
        for name in filterfalse(wanted.__contains__, OPTIONAL):
            self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)
        for name in wanted:
            field = self.fields[name]
            field.label = words.get((name, self.kind_now), field.label)
            field.help_text = self._help(name)

    def _help(self, name: str) -> str:
        symbols = [code.symbol for code in planned_absence.codes_for(self.kind_now, self.today)]
        need = [symbol for symbol in symbols if name in planned_absence.NEEDS.get(symbol, {})]
        about = ABOUT.get(name, "")
        if need in ([], symbols):
            return about
        return f"{about} Needed with {listed(need)}.".strip()

    def _helper(self, button: str, back: str) -> FormHelper:
        wanted = planned_absence.fields_wanted(self.kind_now)
        short = [*filterfalse(LONG.__contains__, wanted)]
        parts: list[Any] = [
            Field("kind", template="registers/planned_absence/_kinds.html"),
            *self._whom(),
            Div("from_on", "until_on", css_class="fields-row"),
            Field("slots", template="registers/planned_absence/_slots.html"),
            "code",
            *filter(LONG[:-1].__contains__, wanted),
            *([Div(*short, css_class="fields-row")] if short else []),
            "note",
            *filterfalse(wanted.__contains__, OPTIONAL),
            *filter(self.fields.__contains__, ["whole_batch"]),
        ]
        acts = [primary(button), HTML(f'<a class="btn btn-link" href="{back}">Cancel</a>')]
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
        asked: dict[str, Any] = {name: given[name] for name in given.keys() & set(wanted)}
        return Plan(
            kind=given["kind"],
            code=given["code"],
            from_on=given["from_on"],
            until_on=given["until_on"],
            slots=planned_absence.slots_of(map(int, given.get("slots", ()))),
            **asked,
        )

    @property
    def errors_by_value(self) -> dict[str, str]:
        """What is wrong for each pupil, by the value of their box."""
        return {str(pk): why for pk, why in self.pupil_errors.items()}

    def add_refusal(self, refusal: WrongPlan, names: Mapping[int, str]) -> None:
        """The reasons of an action: to the fields, and to the pupils by name."""
        self.add_wrong(refusal.fields)
        self.pupil_errors = {pk: f"{why}." for pk, why in refusal.pupils.items()}
        if refusal.pupils:
            self._add_pupils(refusal.pupils, names)

    def _add_pupils(self, refused: Mapping[int, str], names: Mapping[int, str]) -> None:
        if "pupils" in self.fields:
            who = plural(len(refused), "one pupil", f"{len(refused)} pupils")
            self.add_error("pupils", f"This cannot be for {who}: see the list, and untick them")
        else:
            ((pk, why),) = refused.items()
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


class PlansForm(PageForm):
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
