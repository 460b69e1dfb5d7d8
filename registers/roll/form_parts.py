"""What several forms of the admission register have in common."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse

from registers.models import Group
from registers.roll.actions.wrong_fields import WrongFields
from registers.rules.admission import Spell
from registers.rules.pupils import year_groups
from registers.web.fields import DayField
from registers.web.forms import PageForm, refusals_in

YEAR_GROUPS = [("", "None yet"), *year_groups.choices()]


def reason_field(**kwargs: Any) -> forms.CharField:
    """Why an entry of the register changes: the law asks for it beside the old entry."""
    return forms.CharField(
        label="Why is it changing?",
        required=False,
        max_length=500,
        help_text="Kept with the old entry, your name and the day. Not needed for what was empty.",
        **kwargs,
    )


def add_errors(form: PageForm, wrong: Mapping[str, str]) -> None:
    """Put each sentence to its field; what has no field of its own to the whole form.

    Whether it is another child is asked only where somebody has the name and date of birth.
    """
    if "another_child" in wrong:
        form.helper.layout[0].append("another_child")
    form.add_wrong(wrong)


class SpellFields(PageForm):
    """A time on the roll."""

    starts_on = DayField(
        label="Date of entry",
        missing="Give the date of entry",
        help_text="The first day on the roll, whether or not the pupil came.",
    )
    kind = forms.ChoiceField(
        label="Registered here as",
        choices=[
            ("main", "The only school, or the main one of two"),
            ("dual", "The second school: the main one is elsewhere"),
        ],
    )

    @property
    def spell(self) -> Spell:
        given = self.cleaned_data
        return Spell(
            given["starts_on"],
            given.get("leaves_on"),
            given.get("leaving_ground", ""),
            given["kind"],
        )


class PlaceFields(PageForm):
    """Year group and registration group, of a pupil who comes on the roll."""

    year_group = forms.ChoiceField(
        label="Year group",
        required=False,
        choices=YEAR_GROUPS,
        error_messages={"invalid_choice": "Choose a year group of the list"},
    )
    group = forms.ModelChoiceField(
        Group.objects.none(),
        label="Registration group",
        required=False,
        empty_label="None yet",
        error_messages={"invalid_choice": "Choose a registration group of this school"},
    )

    def give_groups(self, groups: QuerySet[Group]) -> None:
        self.model_choice("group").queryset = groups


def saved(form: PageForm, write: Callable[[], HttpResponse]) -> HttpResponse | None:
    """What `write` answers for a form that is right; None when it must be shown again."""
    if not form.is_valid():
        return None
    with refusals_in(form):
        try:
            return write()
        except WrongFields as wrong:
            add_errors(form, wrong.fields)
    return None
