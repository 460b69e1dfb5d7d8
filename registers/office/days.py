"""The day of an office page: which one its address names, and how far it is."""

from collections.abc import Iterable
from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from registers.marks.day_sheet import DaySheet
from registers.models import Register
from registers.web.parameters import is_of_our_time

NOT_OPENED = Register(closed_because="")  # in place of one that nobody has opened yet

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


def day_wanted(query: QueryDict) -> date:
    """The day in the address; today where it is missing, wrong or still to come."""
    form = DayForm(query)
    return form.cleaned_data["date"] if form.is_valid() else timezone.localdate()


def begun(sheet: DaySheet, held: Iterable[int], now: datetime) -> list[int]:
    """Of the sessions that are held, those whose register has opened."""
    return [half for half in held if sheet.windows[half].has_opened(now)]
