"""Fields that many forms ask for in the same way: a day, a time, a list of ticks, a paper."""

import json
from datetime import date
from typing import Any, cast

from django import forms

from registers.models import Paper
from registers.rules.codes import CODES, NEED_PAPER

DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]


class DayField(forms.DateField):
    """A day, from the browser's own calendar or typed as 24/11/2026."""

    def __init__(self, *, missing: str = "Give the day", **kwargs: Any):
        kwargs.setdefault("widget", forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault("input_formats", DAY_FORMATS)
        messages = {"required": missing, "invalid": "Write the day as a date, such as 24/11/2026"}
        kwargs["error_messages"] = {**messages, **kwargs.get("error_messages", {})}
        super().__init__(**kwargs)


class TimeField(forms.TimeField):
    """A time of day, from the browser's own clock or typed as 09:20."""

    def __init__(
        self, *, missing: str = "Give the time", such_as: str, css_class: str = "", **kwargs: Any
    ):
        attrs = {"type": "time"} | ({"class": css_class} if css_class else {})
        kwargs.setdefault("widget", forms.TimeInput(attrs, format="%H:%M"))
        words = f"Write the time as hours and minutes, such as {such_as}"
        kwargs["error_messages"] = {"required": missing, "invalid": words}
        super().__init__(**kwargs)


LEFT_EMPTY = "Left empty, it goes on the list of papers to complete."


class PaperField(forms.CharField):
    """What is written down beside a code that needs a paper. It never has to be."""

    def __init__(self) -> None:
        super().__init__(
            label="What the code needs",
            required=False,
            max_length=Paper.MOST,
            error_messages={"max_length": f"Use at most {Paper.MOST} characters"},
        )

    def ask_for_codes_of(self, on: date) -> None:
        """Name what each of the day's codes needs. Z is for nobody on the roll."""
        codes = [CODES[symbol] for symbol in NEED_PAPER if symbol != "Z"]
        needs = {code.symbol: code.paper for code in codes if code.in_force(on)}
        words = "; ".join(f"{symbol}: {paper}" for symbol, paper in needs.items())
        self.help_text = f"{words}. {LEFT_EMPTY}"
        self.widget.attrs |= {  # for needed-paper.js
            "data-needed-by": json.dumps(needs, ensure_ascii=False),
            "data-left-empty": LEFT_EMPTY,
        }

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value).split())


def paper_field(form: forms.Form) -> PaperField:
    """The form's field of what a code needs."""
    return cast(PaperField, form.fields["paper"])


def unasked_paper(symbol: str, paper: str) -> str | None:
    """Why these words cannot stand beside this code; None where they can."""
    if not paper or not symbol or symbol in NEED_PAPER:
        return None
    return f"{symbol} needs no paper: leave this empty, or choose the code that it is for"


class Checkboxes(forms.CheckboxSelectMultiple):
    """Boxes to tick; an error about all of them leads to the first."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index or "0")


class RadioChoice(forms.RadioSelect):
    """Radio buttons; an error about them leads to the first."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index or "0")


def as_typed(form: forms.Form) -> dict[str, Any]:
    """What stands in every field of a form that was sent, right or wrong."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }
