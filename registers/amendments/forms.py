"""Changing a mark, and one code over a range of days."""

from datetime import date
from typing import Any

from crispy_forms.layout import Div, Field
from django import forms
from django.core.exceptions import ValidationError

from registers.amendments.code_range import PRESENT, HalfDay, MarksWanted
from registers.rules.codes import CODES, AttendanceCode, Category, Counts, Half
from registers.web.fields import DayField, PaperField, paper_field, unasked_paper
from registers.web.form_helpers import form_helper, primary
from registers.web.forms import PageForm

SAY_WHY = "Say why this mark is changing"
HALVES = [("0", "Morning"), ("1", "Afternoon")]
MOST_MINUTES = 600
WITHOUT_MINUTES = frozenset(
    code.symbol
    for code in CODES.values()
    if not code.late and code.counts not in (Counts.AUTHORISED, Counts.NOT_POSSIBLE)
)


def code_choices(
    on: date, half: int | None = None, *, without: tuple[str, ...] = ()
) -> list[tuple[str, list[tuple[str, str]] | str]]:
    """The codes in force on the day under the headings of the register.

    Without a half, present is one choice for both halves of the day.
    """
    groups: list[tuple[str, list[tuple[str, str]] | str]] = [("", "Choose a code")]
    for category in Category:
        found = [
            (code.symbol, _said(code, half))
            for code in CODES.values()
            if code.category is category and code.in_force(on) and code.symbol not in without
            if _fits(code, half)
        ]
        if found:
            groups.append((category.value.capitalize(), found))
    return groups


def _fits(code: AttendanceCode, half: int | None) -> bool:
    if half is None:
        return code.symbol != PRESENT[Half.PM]
    return code.half is None or code.half == half


def _said(code: AttendanceCode, half: int | None) -> str:
    if half is None and code.symbol in PRESENT.values():
        return "/ \\  Present"
    return f"{code.symbol}  {code.meaning}"


class PaperCheck:
    """Of a form with a code and, behind it, what the code needs."""

    cleaned_data: dict[str, Any]

    def clean_paper(self) -> str:
        paper: str = self.cleaned_data["paper"]
        if why := unasked_paper(self.cleaned_data.get("code", ""), paper):
            raise ValidationError(why)
        return paper


class AmendMarkForm(PaperCheck, PageForm):
    """One mark: its code, why it changes, and the version of it that the person saw."""

    code = forms.ChoiceField(label="Code", error_messages={"required": "Choose a code"})
    minutes_late = forms.IntegerField(
        label="Minutes late",
        required=False,
        min_value=0,
        max_value=MOST_MINUTES,
        help_text="For L and U, or for the hour of arrival beside an appointment.",
        error_messages={
            "invalid": "Write the minutes as a number, such as 12",
            "min_value": "Minutes late cannot be below 0",
            "max_value": f"Write at most {MOST_MINUTES} minutes",
        },
    )
    paper = PaperField()
    reason = forms.CharField(
        label="Why is this mark changing?",
        max_length=500,
        strip=True,
        help_text="The register keeps this with your name, your position and the time.",
        error_messages={"required": SAY_WHY, "max_length": "Use at most 500 characters"},
    )
    comment = forms.CharField(
        label="Comment",
        required=False,
        max_length=500,
        strip=True,
        help_text="A few words to the mark, for colleagues.",
        error_messages={"max_length": "Use at most 500 characters"},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    next = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, on: date, half: int, is_new: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.choice("code").choices = code_choices(on, half)
        paper_field(self).ask_for_codes_of(on)
        self.fields["code"].error_messages["invalid_choice"] = (
            "“%(value)s” is no code for this session. Choose one from the list"
        )
        if is_new:
            self.fields["reason"].label = "Why is it entered now?"
        self.helper = form_helper(
            "Change this mark",
            "seen",
            "next",
            Div(
                Div("code", css_class="mark-code"),
                Div(Field("minutes_late", css_class="w-4"), css_class="mark-minutes"),
                css_class="mark-fields",
            ),
            "paper",
            "reason",
            "comment",
            primary("Enter this mark" if is_new else "Change this mark"),
        )

    def clean_minutes_late(self) -> int | None:
        minutes = self.cleaned_data["minutes_late"]
        symbol = self.cleaned_data.get("code")
        if minutes is not None and symbol in WITHOUT_MINUTES:
            raise ValidationError(f"{symbol} has no minutes late: leave them out")
        return minutes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "seen" not in cleaned:  # hidden, so its own words would not be shown
            self.add_error(None, "This page does not say which mark it showed. Open it again")
        return cleaned


class CodeRangeForm(PaperCheck, PageForm):
    """Which code, from which session to which, and why."""

    code = forms.ChoiceField(label="Code", error_messages={"required": "Choose a code"})
    first_on = DayField(label="First day", missing="Give the first day")
    first_half = forms.ChoiceField(label="From", choices=HALVES, initial="0")
    last_on = DayField(label="Last day", missing="Give the last day")
    last_half = forms.ChoiceField(label="Until and with", choices=HALVES, initial="1")
    which = forms.ChoiceField(
        label="Which sessions",
        widget=forms.RadioSelect,
        choices=[
            (MarksWanted.ABSENT.value, "Absences and sessions without a mark"),
            (MarksWanted.EVERY.value, "Every session, also those when the pupil was in"),
        ],
        initial=MarksWanted.ABSENT.value,
    )
    paper = PaperField()
    reason = forms.CharField(
        label="Why are these marks changing?",
        max_length=500,
        strip=True,
        help_text="The register keeps this with each mark, your name, your position and the time.",
        error_messages={
            "required": "Say why these marks are changing",
            "max_length": "Use at most 500 characters",
        },
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.choice("code").choices = code_choices(today, without=("N",))
        paper_field(self).ask_for_codes_of(today)
        self.helper = form_helper(
            "One code over several days",
            "code",
            "paper",
            Div("first_on", "first_half", css_class="range-end"),
            Div("last_on", "last_half", css_class="range-end"),
            "which",
            "reason",
            primary("Show what would change", "look"),
        )

    def clean_last_on(self) -> date:
        last_on = self.cleaned_data["last_on"]
        if last_on > self.today:
            raise ValidationError(
                "No mark lies in the future: choose a day up to today, and enter what comes "
                "later as a planned absence"
            )
        return last_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("first_on") and cleaned.get("last_on"):
            if self.last < self.first:
                self.add_error("last_on", "The last session cannot be before the first")
            elif (cleaned["last_on"] - cleaned["first_on"]).days > 366:
                self.add_error("first_on", "Choose at most a year")
        return cleaned

    @property
    def first(self) -> HalfDay:
        found = self.cleaned_data
        return HalfDay(found["first_on"], int(found.get("first_half") or 0))

    @property
    def last(self) -> HalfDay:
        found = self.cleaned_data
        return HalfDay(found["last_on"], int(found.get("last_half") or 1))
