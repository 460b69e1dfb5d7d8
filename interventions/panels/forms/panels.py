"""Call a panel, change it, choose its pupils."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import cast

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from interventions.models import Panel
from interventions.panels.actions.panels import Meeting
from registers.models.school.staff import User
from registers.roll.choosing import FIELDS, ChoosePupils
from registers.rules.grouping import keyed
from registers.web.fields import DayField, TimeField
from registers.web.form_helpers import form_helper, primary

A_YEAR = timedelta(days=366)


def named(people: Mapping[int, User]) -> list[tuple[int, str]]:
    """People to choose from."""
    return [(pk, str(person)) for pk, person in people.items()]


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
        self.colleagues = keyed(colleagues, "pk")
        chair = cast(forms.ChoiceField, self.fields["chair"])
        chair.choices = [("", "Nobody yet"), *named(self.colleagues)]
        buttons = [Div(primary(button, "save"))] if button else []
        fields = Div(
            Div("on", "starts_at", "minutes_each", css_class="fields-row"),
            Div("place", "chair", css_class="fields-row"),
            "members",
            *buttons,
            css_class="fields",
        )
        self.helper = form_helper("The panel", fields, form_tag=bool(button))

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


class TickManyForm(ChoosePupils):
    """Pupils to tick at once: year groups, groups, a pasted list. Nothing in it asks for nobody."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper("Several pupils at once", self.chooser, form_tag=False)
        self.helper.disable_csrf = True

    @property
    def is_asked(self) -> bool:
        """Whether anything is ticked or written in it."""
        if not self.is_bound:
            return False
        sent = cast(QueryDict, self.data)
        return any(map(str.strip, chain.from_iterable(map(sent.getlist, FIELDS))))

    def clean(self) -> dict:
        given = super().clean() or {}
        if self.is_asked:
            self.choose()
        return given


def initial_of_panel(panel: Panel) -> dict:
    """What stands in the form of a panel that there is."""
    names = ("on", "starts_at", "minutes_each", "place", "members")
    return {name: getattr(panel, name) for name in names} | {"chair": panel.chair_id or ""}
