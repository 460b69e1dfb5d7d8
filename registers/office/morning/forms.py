"""The form of a call home: what was tried, and the marks that it settles."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.layout import Div
from django import forms

from registers.amendments.forms import code_choices
from registers.models import FollowUp
from registers.office.morning.calling import ContactToRing, Unexplained
from registers.rules.codes import Half
from registers.web.fields import PaperField, paper_field, unasked_paper
from registers.web.form_helpers import form_helper, offer

SOMEBODY_ELSE = "other"
NOT_IN_LIST = "“%(value)s” is not in the list: choose another"
MARKS_CHANGED = "These marks have changed meanwhile: look at them again and choose anew"


class FollowUpForm(forms.Form):
    """One try to find out why a child is away; with a code, the marks are settled too."""

    channel = forms.ChoiceField(label="How", choices=FollowUp.Channel.choices)
    person = forms.ChoiceField(label="Who was asked", required=False)
    outcome = forms.ChoiceField(
        label="What came of it",
        choices=[("", "Choose what came of it"), *FollowUp.Outcome.choices],
        error_messages={"required": "Choose what came of it"},
    )
    note = forms.CharField(
        label="What was said",
        required=False,
        max_length=400,
        strip=True,
        error_messages={"max_length": "Use at most 400 characters"},
    )
    code = forms.ChoiceField(
        label="The code this means",
        required=False,
        help_text="Leave it open while the reason is not known: N stays.",
    )
    paper = PaperField()
    sessions = forms.MultipleChoiceField(
        label="For these sessions", required=False, widget=forms.CheckboxSelectMultiple
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args,
        on: date,
        contacts: Sequence[ContactToRing],
        sessions: Sequence[Unexplained],
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        people = [one.as_choice for one in contacts]
        offer(self, "person", [*people, (SOMEBODY_ELSE, "Somebody else")], first="")
        offer(self, "code", code_choices(on, without=("N",)), first="")
        paper_field(self).ask_for_codes_of(on)
        self._offer_sessions(sessions, on)
        for name in ("channel", "person", "outcome", "code"):
            self.fields[name].error_messages["invalid_choice"] = NOT_IN_LIST
        settle = [Div("code", "sessions", css_class="call-settle"), "paper"] if sessions else []
        self.helper = form_helper(
            "Write down what was tried",
            "next",
            Div("channel", "person", "outcome", css_class="call-fields"),
            "note",
            *settle,
            form_tag=False,
        )

    def _offer_sessions(self, sessions: Sequence[Unexplained], on: date) -> None:
        """Those of the day are ticked as the form opens; all of them where the day has none."""
        offer(self, "sessions", [(session_key(one), _words(one)) for one in sessions], first="")
        self.fields["sessions"].error_messages["invalid_choice"] = MARKS_CHANGED
        if not self.is_bound:
            of_day = [one for one in sessions if one.date == on]
            self.initial["sessions"] = list(map(session_key, of_day or sessions))

    @property
    def person_id(self) -> int | None:
        chosen = self.cleaned_data.get("person") or SOMEBODY_ELSE
        return None if chosen == SOMEBODY_ELSE else int(chosen)

    @property
    def seen(self) -> list[tuple[date, int, int]]:
        """The chosen sessions: date, half, version of the mark that the person saw."""
        return [read_session_key(key) for key in self.cleaned_data["sessions"]]

    def clean(self) -> None:
        given = self.cleaned_data
        code, paper = given.get("code", ""), given.get("paper", "")
        if code:
            self._check_settling(given)
        elif paper:
            self.add_error("paper", "Choose the code that this is for, or leave it empty")
        if why := unasked_paper(code, paper):
            self.add_error("paper", why)

    def _check_settling(self, given: dict[str, Any]) -> None:
        """With a code the marks change: that needs a reason, sessions, and an outcome that fits."""
        if not given.get("note"):
            self.add_error(
                "note", "Write what you were told: it is the reason that the register keeps"
            )
        if given.get("sessions") == []:
            self.add_error("sessions", "Choose the sessions that the code is for")
        if given.get("outcome", FollowUp.Outcome.REASON) != FollowUp.Outcome.REASON:
            self.add_error("outcome", "With a code, choose “Reason found out”")


def session_key(session: Unexplained) -> str:
    return f"{session.date}.{session.half}.{session.seen}"


def read_session_key(key: str) -> tuple[date, int, int]:
    day, half, seen = key.split(".")
    return date.fromisoformat(day), int(half), int(seen)


def _words(session: Unexplained) -> str:
    """Tue 24 Nov, morning: N"""
    on, half = session.date, Half(session.half).words
    return f"{on:%a} {on.day} {on:%b}, {half}: {session.code or 'no mark'}"
