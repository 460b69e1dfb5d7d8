"""What a school's administrator fills in: the school's own details and register times."""

import re
from datetime import datetime, time, timedelta
from itertools import filterfalse
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div
from django import forms
from django.core.exceptions import ValidationError

from registers.models import School
from registers.rules.codes import CODES
from registers.rules.everyday_codes import ALWAYS, choosable, everyday_codes
from registers.setup.school.actions import DETAILS, LONGEST_WITHOUT_REASON, NewTimes
from registers.web.fields import Checkboxes, DayField, TimeField
from registers.web.form_helpers import form_helper, primary
from registers.web.forms import PageForm

POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})")

MOST_MINUTES = 120
TIMES = ("morning_at", "afternoon_at", "register_minutes", "register_minutes_reason")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def heading(words: str, beside: str = "") -> HTML:
    """A section's heading between the fields of a form."""
    return HTML(f'<div class="section-head"><h2>{words}</h2><p>{beside}</p></div>')


class SchoolForm(PageForm):
    name = forms.CharField(
        label="Name of the school",
        max_length=200,
        error_messages={"required": "Write the school’s name as letters should have it"},
    )
    laestab = forms.CharField(
        label="LAESTAB",
        max_length=9,
        required=False,
        help_text="Three digits of the local authority and four of the school, such as 330/4001.",
    )
    local_authority = forms.CharField(label="Local authority", max_length=100, required=False)
    headteacher = forms.CharField(
        label="Headteacher",
        max_length=200,
        required=False,
        help_text="As letters are signed, such as Mrs R. Adeyemi-Clarke.",
    )
    address = forms.CharField(
        label="Address",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Without the postcode, one line below the other.",
    )
    postcode = forms.CharField(label="Postcode", max_length=10, required=False)
    telephone = forms.CharField(label="Telephone", max_length=40, required=False)
    email = forms.EmailField(
        label="E-mail",
        required=False,
        error_messages={"invalid": "Write an e-mail address such as office@example.sch.uk"},
    )
    morning_at = TimeField(
        label="Morning register",
        missing="Say when the morning register is called",
        such_as="08:45",
        css_class="w-10",
    )
    afternoon_at = TimeField(
        label="Afternoon register",
        missing="Say when the afternoon register is called",
        such_as="13:15",
        css_class="w-10",
    )
    register_minutes = forms.IntegerField(
        label="Minutes that a register stays open",
        min_value=1,
        max_value=MOST_MINUTES,
        help_text="The same for every session; L while it is open, U afterwards. "
        "Guidance says 30 at most.",
        error_messages={
            "required": "Say how many minutes a register stays open",
            "invalid": "Write a whole number of minutes, such as 30",
            "min_value": "A register is open for at least one minute",
            "max_value": f"A register is open for {MOST_MINUTES} minutes at most",
        },
    )
    register_minutes_reason = forms.CharField(
        label="Why longer than 30 minutes",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="Only where it is longer. It is kept with the school.",
    )
    sessions_expected = forms.IntegerField(
        label="Sessions expected in a year",
        min_value=1,
        max_value=500,
        help_text="380 for a maintained school. An academy’s funding agreement may differ.",
        error_messages={
            "required": "Say how many sessions are expected, such as 380",
            "invalid": "Write a whole number of sessions, such as 380",
            "min_value": "At least one session is expected",
            "max_value": "A year cannot hold more than 500 sessions",
        },
    )
    letters_after_sessions = forms.IntegerField(
        label="Possible sessions before a letter is proposed",
        min_value=0,
        max_value=380,
        help_text="Early in a year one bad week looks like a tenth of it. The night waits until a "
        "pupil has had this many possible sessions.",
        error_messages={
            "required": "Say how many sessions the night waits, such as 20",
            "invalid": "Write a whole number of sessions, such as 20",
            "min_value": "Write 0 or more",
            "max_value": "Write 380 or fewer",
        },
    )
    everyday_codes = forms.MultipleChoiceField(
        label="Codes that a teacher may set",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "%(value)s is no code that a teacher can be given"},
    )

    def __init__(self, *args, school: School, **kwargs):
        kwargs["initial"] = self.of(school)
        super().__init__(*args, **kwargs)
        self.choice("everyday_codes").choices = [
            (symbol, f"{symbol}  {CODES[symbol].meaning}")
            for symbol in filterfalse(ALWAYS.__contains__, choosable())
        ]
        if school.set_up_at is not None:
            self._without_times()
        self.helper = self._helper()

    def _without_times(self) -> None:
        """Registers were called by these: they change from a day on."""
        for name in TIMES:
            del self.fields[name]

    @staticmethod
    def of(school: School) -> dict[str, Any]:
        laestab = school.laestab
        return {name: getattr(school, name) for name in DETAILS} | {
            "laestab": f"{laestab[:3]}/{laestab[3:]}" if len(laestab) == 7 else laestab,
            "everyday_codes": everyday_codes(school),
        }

    def _helper(self) -> FormHelper:
        times = [
            heading("Register times", "until they are changed from a day on"),
            Div("morning_at", "afternoon_at", "register_minutes", css_class="fields-row"),
            Div("register_minutes_reason", css_class="measure"),
        ]
        return form_helper(
            "The school’s details",
            heading("The school", "as letters and the registers name it"),
            Div("name", "headteacher", css_class="fields-row"),
            Div("laestab", "local_authority", css_class="fields-row"),
            Div("address", css_class="measure"),
            Div("postcode", "telephone", "email", css_class="fields-row"),
            *(times if "morning_at" in self.fields else ()),
            heading("Figures and letters"),
            Div("sessions_expected", "letters_after_sessions", css_class="fields-row"),
            heading(
                "Codes in the class register",
                "/ \\ L and N are always there; the office can set every code",
            ),
            Div("everyday_codes", css_class="choice-grid"),
            Div(primary("Save these details", "save")),
            form_class="setup-form",
        )

    def clean_laestab(self) -> str:
        text = re.sub(r"[\s/]", "", self.cleaned_data["laestab"])
        if text and not re.fullmatch(r"[0-9]{7}", text):
            raise ValidationError("Write the LAESTAB as three and four digits, such as 330/4001")
        return text

    def clean_postcode(self) -> str:
        text = " ".join(self.cleaned_data["postcode"].upper().split())
        if not text:
            return ""
        found = POSTCODE.fullmatch(text)
        if not found:
            raise ValidationError("Write a whole postcode, such as EW4 7QT")
        return f"{found[1]} {found[2]}"

    def clean_telephone(self) -> str:
        text = self.cleaned_data["telephone"]
        if text and not re.fullmatch(r"[0-9+() .x-]{6,40}", text):
            raise ValidationError("Write a telephone number with its digits, such as 01632 960417")
        return text

    def clean_everyday_codes(self) -> list[str]:
        chosen = {*ALWAYS, *self.cleaned_data["everyday_codes"]}
        return [*filter(chosen.__contains__, choosable())]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        check_times(self, given)
        return given


def check_times(form: forms.Form, given: dict[str, Any]) -> None:
    """Add what is wrong with two register times and the minutes that each is open."""
    minutes = given.get("register_minutes") or 0
    if {"morning_at", "afternoon_at"} <= given.keys():
        _check_order(form, given["morning_at"], given["afternoon_at"], minutes)
    _check_reason(form, given.get("register_minutes_reason", ""), minutes)


def _check_reason(form: forms.Form, reason: str, minutes: int) -> None:
    if minutes > LONGEST_WITHOUT_REASON and not reason.strip():
        form.add_error(
            "register_minutes_reason",
            f"Say why registers stay open for {minutes} minutes: over 30 needs a reason",
        )


def _check_order(form: forms.Form, morning: time, afternoon: time, minutes: int) -> None:
    ends = datetime(2000, 1, 1, morning.hour, morning.minute) + timedelta(minutes=minutes)
    if afternoon <= morning:
        form.add_error("afternoon_at", "The afternoon register is called after the morning one")
    elif ends.time() > afternoon:
        form.add_error(
            "register_minutes",
            "The morning register would still be open when the afternoon’s is called",
        )


class TimesForm(PageForm):
    """Register times from a day on."""

    from_on = DayField(label="From", missing="Give the first day with these times")
    weekdays = forms.TypedMultipleChoiceField(
        label="On which days",
        coerce=int,
        required=False,
        choices=list(enumerate(WEEKDAYS)),
        widget=Checkboxes,
        help_text="Tick none where it is for every day.",
        error_messages={"invalid_choice": "Choose from Monday to Friday"},
    )
    morning_at = SchoolForm.base_fields["morning_at"]
    afternoon_at = SchoolForm.base_fields["afternoon_at"]
    register_minutes = SchoolForm.base_fields["register_minutes"]
    register_minutes_reason = SchoolForm.base_fields["register_minutes_reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper(
            "New register times",
            Div("from_on", css_class="fields-row"),
            Div("weekdays", css_class="choice-grid"),
            Div("morning_at", "afternoon_at", "register_minutes", css_class="fields-row"),
            Div("register_minutes_reason", css_class="measure"),
            Div(primary("Keep these times", "save")),
            form_class="setup-form",
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        check_times(self, given)
        return given

    @property
    def times(self) -> NewTimes:
        given = self.cleaned_data
        return NewTimes(
            from_on=given["from_on"],
            weekdays=tuple(given["weekdays"]),
            morning_at=given["morning_at"],
            afternoon_at=given["afternoon_at"],
            minutes=given["register_minutes"],
            reason=given["register_minutes_reason"].strip(),
        )
