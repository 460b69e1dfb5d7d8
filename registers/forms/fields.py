"""Fields that many forms ask for in the same way: a day, a time, a list of ticks."""

from typing import Any

from django import forms

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


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes to tick; an error about all of them leads to the first."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index or "0")


class Choice(forms.RadioSelect):
    """Radio buttons; an error about them leads to the first."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index or "0")


def as_typed(form: forms.Form) -> dict[str, Any]:
    """What stands in every field of a form that was sent, right or wrong."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }
