"""The office's forms: a call home, a pupil who leaves or comes back, a search by name."""

from collections.abc import Sequence
from datetime import date, datetime, time

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from registers.amendments.forms import code_choices
from registers.models import FollowUp
from registers.office.morning.calling import Contact, Unexplained
from registers.rules.codes import Half
from registers.web.fields import PaperField, TimeField, unasked_paper
from registers.web.form_helpers import form_helper, primary
from registers.web.parameters import is_of_our_time

SOMEBODY_ELSE = "other"


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
        contacts: Sequence[Contact],
        sessions: Sequence[Unexplained],
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        people = [(str(one.person_id), _contact_words(one)) for one in contacts]
        self.fields["person"].choices = [*people, (SOMEBODY_ELSE, "Somebody else")]
        self.fields["code"].choices = code_choices(on, without=("N",))
        self.fields["paper"].ask_for_codes_of(on)
        self.fields["sessions"].choices = [(session_key(one), _words(one)) for one in sessions]
        for name in ("channel", "person", "outcome", "code"):
            self.fields[name].error_messages["invalid_choice"] = (
                "“%(value)s” is not in the list: choose another"
            )
        self.fields["sessions"].error_messages["invalid_choice"] = (
            "These marks have changed meanwhile: look at them again and choose anew"
        )
        if sessions and not self.is_bound:
            theirs = [session_key(one) for one in sessions if one.date == on]
            self.initial["sessions"] = theirs or [session_key(one) for one in sessions]
        settle = [Div("code", "sessions", css_class="call-settle"), "paper"] if sessions else []
        self.helper = form_helper(
            "Write down what was tried",
            "next",
            Div("channel", "person", "outcome", css_class="call-fields"),
            "note",
            *settle,
            form_tag=False,
        )

    @property
    def person_id(self) -> int | None:
        chosen = self.cleaned_data.get("person") or SOMEBODY_ELSE
        return None if chosen == SOMEBODY_ELSE else int(chosen)

    @property
    def seen(self) -> list[tuple[date, int, int]]:
        """The chosen sessions: date, half, version of the mark that the person saw."""
        return [read_session_key(key) for key in self.cleaned_data["sessions"]]

    def clean(self):
        found = super().clean()
        if found.get("code"):
            if not found.get("note"):
                self.add_error(
                    "note", "Write what you were told: it is the reason that the register keeps"
                )
            if "sessions" in found and not found["sessions"]:
                self.add_error("sessions", "Choose the sessions that the code is for")
            if found.get("outcome") not in (None, "", FollowUp.Outcome.REASON):
                self.add_error("outcome", "With a code, choose “Reason found out”")
        elif found.get("paper"):
            self.add_error("paper", "Choose the code that this is for, or leave it empty")
        if why := unasked_paper(found.get("code", ""), found.get("paper", "")):
            self.add_error("paper", why)
        return found


def session_key(found: Unexplained) -> str:
    return f"{found.date}.{found.half}.{found.seen}"


def read_session_key(key: str) -> tuple[date, int, int]:
    day, half, seen = key.split(".")
    return date.fromisoformat(day), int(half), int(seen)


def _words(found: Unexplained) -> str:
    on = found.date
    half = "morning" if found.half == Half.AM else "afternoon"
    return f"{on:%a} {on.day} {on:%b}, {half}: {found.code or 'no mark'}"


def _contact_words(contact: Contact) -> str:
    kind = f", {contact.kind.lower()}" if contact.kind else ""
    return f"{contact.name}{kind}"


def _clock(label: str, *, required: bool = True) -> TimeField:
    missing = "Write the time, such as 10:45"
    return TimeField(
        label=label, required=required, missing=missing, such_as="10:45", css_class="w-10"
    )


def at_on(on: date, at: time) -> datetime:
    """The moment of a time of day in London."""
    return timezone.make_aware(datetime.combine(on, at.replace(second=0, microsecond=0)))


class SignOutForm(forms.Form):
    """A pupil leaves now, or left some minutes ago."""

    left_at = _clock("Left at")
    reason = forms.CharField(
        max_length=200,
        strip=True,
        error_messages={
            "required": "Say why the pupil leaves",
            "max_length": "Use at most 200 characters",
        },
    )
    collected_by_whom = forms.CharField(
        label="Collected by",
        required=False,
        max_length=200,
        strip=True,
        help_text="Leave it empty for a pupil who leaves alone.",
        error_messages={"max_length": "Use at most 200 characters"},
    )
    enrolment = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper(
            "Sign a pupil out",
            "enrolment",
            Div("left_at", "reason", "collected_by_whom", css_class="fields"),
            primary("Sign out"),
        )


class MendSignOutForm(forms.Form):
    """The times and words of one signing out."""

    left_at = _clock("Left at")
    returned_at = _clock("Came back at", required=False)
    reason = forms.CharField(
        max_length=200, strip=True, error_messages={"required": "Say why the pupil left"}
    )
    collected_by_whom = forms.CharField(
        label="Collected by", required=False, max_length=200, strip=True
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["returned_at"].help_text = "Leave it empty while the pupil is out."
        self.helper = form_helper(
            "This signing out",
            Div("left_at", "returned_at", "reason", "collected_by_whom", css_class="fields"),
            primary("Keep this"),
        )

    def clean(self):
        found = super().clean()
        left_at, returned_at = found.get("left_at"), found.get("returned_at")
        if left_at and returned_at and returned_at < left_at:
            self.add_error("returned_at", "The return cannot be before the pupil left")
        return found


Day = date  # within the form, `date` is its field


class DayForm(forms.Form):
    """The day of a page, from its address."""

    date = forms.DateField(required=False)

    def clean_date(self) -> Day:
        on = self.cleaned_data["date"] or timezone.localdate()
        if on > timezone.localdate():
            raise ValidationError("That day is still to come.")
        if not is_of_our_time(on):
            raise ValidationError("That day is long before the first of our registers.")
        return on


def day_asked(query) -> date:
    """The day in the address; today where it is missing, wrong or still to come."""
    form = DayForm(query)
    return form.cleaned_data["date"] if form.is_valid() else timezone.localdate()
