"""Call a panel, write down what it decided, ask for a pack or a certificate."""

from collections.abc import Sequence
from datetime import date, timedelta

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.core.exceptions import ValidationError

from interventions.actions.log import NextStep
from interventions.actions.panels import Decision, Meeting
from interventions.models import Intervention, Panel, PanelCase
from registers.forms.fields import Choice, DayField, Ticks, TimeField
from registers.forms.helpers import form_helper, primary
from registers.models import AcademicYear, Enrolment
from registers.models.staff import User

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
            (one.pk, f"{one.next_step}, due {_day(one.next_step_on)}, {one.next_step_owner}")
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


def _day(on: date | None) -> str:
    return f"{on.day} {on:%b %Y}" if on else ""


class PackForm(forms.Form):
    """Which pack: for the panel, or a copy for one family."""

    FOR_PANEL = "panel"

    who = forms.ChoiceField(
        label="For whom",
        error_messages={
            "required": "Say for whom the pack is",
            "invalid_choice": "Choose from the list: the pupil may have been taken off",
        },
    )
    as_at = DayField(label="Figures to", missing="Give the day to which the figures count")

    def __init__(self, *args, cases: Sequence[PanelCase], today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.cases = list(cases)
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)
        many = f"{len(self.cases)} pupil{'' if len(self.cases) == 1 else 's'}"
        who.choices = [
            (self.FOR_PANEL, f"The panel: {many}"),
            *(
                (
                    str(case.pk),
                    f"The family of {case.enrolment.pupil.forename} {case.enrolment.pupil.surname}",
                )
                for case in self.cases
            ),
        ]
        self.helper = form_helper(
            "Pack",
            Div(
                Div("who", "as_at", css_class="fields-row"),
                Div(primary("Make the pack")),
                css_class="fields",
            ),
        )

    def clean_as_at(self) -> date:
        as_at = self.cleaned_data["as_at"]
        if as_at > self.today:
            raise ValidationError("No mark lies in the future: choose a day up to today")
        return as_at

    @property
    def for_family(self) -> bool:
        return self.cleaned_data["who"] != self.FOR_PANEL

    @property
    def chosen(self) -> list[int]:
        who = self.cleaned_data["who"]
        return [int(who)] if self.for_family else [case.pk for case in self.cases]


class CertificateForm(forms.Form):
    """For which period; days of one's own lie in one academic year."""

    OWN = "own"

    period = forms.ChoiceField(
        label="Period",
        widget=Choice,
        error_messages={
            "required": "Choose a period",
            "invalid_choice": "Choose a period from the list",
        },
    )
    first = DayField(label="First day", required=False)
    last = DayField(label="Last day", required=False)

    def __init__(
        self, *args, enrolment: Enrolment, years: Sequence[AcademicYear], today: date, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.enrolment, self.today = enrolment, today
        self.years = years
        self.periods = dict(self._periods())
        period = self.fields["period"]
        assert isinstance(period, forms.ChoiceField)
        period.choices = [
            *((key, words) for key, (words, _, _) in self.periods.items()),
            (self.OWN, "Days of my own"),
        ]
        self.helper = form_helper(
            "Certificate",
            Div(
                "period",
                Div("first", "last", css_class="fields-row"),
                Div(primary("Make the certificate")),
                css_class="fields",
            ),
        )

    def _periods(self):
        """Each academic year of the enrolment and its terms, the latest first."""
        for year in self.years:
            if not self._is_of_the_pupil(year.starts_on, year.ends_on):
                continue
            last = min(year.ends_on, self.today)
            to_date = "" if last == year.ends_on else " to today"
            yield f"y{year.pk}", (f"School year {year.name}{to_date}", year.starts_on, last)
            for term in reversed(year.terms.all()):
                if self._is_of_the_pupil(term.starts_on, term.ends_on):
                    ends_on = min(term.ends_on, self.today)
                    words = f"{term.name} {year.name}, {_day(term.starts_on)} to {_day(ends_on)}"
                    yield f"t{term.pk}", (words, term.starts_on, ends_on)

    def _is_of_the_pupil(self, first: date, last: date) -> bool:
        leaves_on = self.enrolment.leaves_on or self.today
        return first <= min(self.today, leaves_on) and last >= self.enrolment.starts_on

    def clean(self) -> dict:
        given = super().clean() or {}
        if given.get("period") == self.OWN:
            self._check_own_days(given)
        return given

    def _check_own_days(self, given: dict) -> None:
        for name, words in (("first", "Give the first day"), ("last", "Give the last day")):
            if not given.get(name) and name not in self.errors:
                self.add_error(name, words)
        first, last = given.get("first"), given.get("last")
        if not (first and last):
            return
        if last < first:
            self.add_error("last", "The last day comes before the first")
        elif last > self.today:
            self.add_error("last", "No mark lies in the future: choose a day up to today")
        elif self._year_of(first) is None or self._year_of(first) != self._year_of(last):
            self.add_error(
                "last", "A certificate is about one school year: choose both days within one"
            )

    def _year_of(self, on: date) -> AcademicYear | None:
        """The academic year that had begun last."""
        begun = [year for year in self.years if year.starts_on <= on]
        return max(begun, key=lambda year: year.starts_on) if begun else None

    @property
    def days(self) -> tuple[date, date]:
        given = self.cleaned_data
        if given["period"] == self.OWN:
            return given["first"], given["last"]
        _, first, last = self.periods[given["period"]]
        return first, last
