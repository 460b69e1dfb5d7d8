"""The form of a cover."""

from datetime import date as Day
from typing import Any, cast

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError

from registers.models import Group, User
from registers.web.fields import DayField
from registers.web.form_helpers import form_helper, primary


class CoverForm(forms.Form):
    """A group that somebody else takes on one day."""

    date = DayField(label="Day", missing="Choose the day of the cover")
    group = forms.ModelChoiceField(
        label="Group",
        queryset=Group.objects.none(),
        empty_label="Choose a group",
        error_messages={
            "required": "Choose the group whose registers are taken",
            "invalid_choice": "Choose a group of the list",
        },
    )
    user = forms.ModelChoiceField(
        label="Who takes them",
        queryset=User.objects.none(),
        empty_label="Choose a colleague",
        error_messages={
            "required": "Choose who takes them",
            "invalid_choice": "Choose somebody of this school’s staff",
        },
    )

    def __init__(self, *args: Any, groups: Any, staff: Any, today: Day, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["date"].initial = today
        self.fields["date"].widget.attrs["min"] = str(today)
        for name, found in (("group", groups), ("user", staff)):
            cast(forms.ModelChoiceField, self.fields[name]).queryset = found
        button = Div(primary("Give cover"), css_class="field")
        self.helper = form_helper(
            "Give cover", Div("date", "group", "user", button, css_class="fields-row")
        )

    def clean_date(self) -> Day:
        on: Day = self.cleaned_data["date"]
        if on < self.today:
            raise ValidationError("That day is over: choose today or a day to come")
        return on
