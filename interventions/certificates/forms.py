"""Ask for a certificate."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import cast

from crispy_forms.layout import Div
from django import forms

from registers.models import AcademicYear, Enrolment
from registers.rules.allowed_codes import short_day
from registers.rules.wording import first_so
from registers.web.fields import DayField, RadioChoice
from registers.web.form_helpers import ask_for, form_helper, primary

Period = tuple[str, date, date]  # in words, its first and last day
MISSING = {"first": "Give the first day", "last": "Give the last day"}
NOT_ONE_YEAR = "A certificate is about one school year: choose both days within one"


class CertificateForm(forms.Form):
    """For which period; days of one's own lie in one academic year."""

    OWN = "own"

    period = forms.ChoiceField(
        label="Period",
        widget=RadioChoice,
        error_messages={
            "required": "Choose a period",
            "invalid_choice": "Choose a period from the list",
        },
    )
    first = DayField(label="First day", required=False)
    last = DayField(label="Last day", required=False)

    def __init__(
        self, *args, enrolment: Enrolment, years: Sequence[AcademicYear], today: date, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.enrolment, self.today = enrolment, today
        self.years = years
        self.periods = dict(self._periods())
        words = {key: words for key, (words, _, _) in self.periods.items()}
        choices = words | {self.OWN: "Days of my own"}
        cast(forms.ChoiceField, self.fields["period"]).choices = list(choices.items())
        self.helper = form_helper(
            "Certificate",
            Div(
                "period",
                Div("first", "last", css_class="fields-row"),
                Div(primary("Make the certificate")),
                css_class="fields",
            ),
        )

    def _periods(self) -> Iterator[tuple[str, Period]]:
        """Each academic year of the enrolment and its terms, the latest first."""
        for year in self.years:
            if self._is_of_the_pupil(year.starts_on, year.ends_on):
                yield f"y{year.pk}", self._whole(year)
                yield from self._terms(year)

    def _whole(self, year: AcademicYear) -> Period:
        last = min(year.ends_on, self.today)
        to_date = "" if last == year.ends_on else " to today"
        return f"School year {year.name}{to_date}", year.starts_on, last

    def _terms(self, year: AcademicYear) -> Iterator[tuple[str, Period]]:
        for term in reversed(year.terms.all()):
            if self._is_of_the_pupil(term.starts_on, term.ends_on):
                ends_on = min(term.ends_on, self.today)
                days = f"{short_day(term.starts_on)} to {short_day(ends_on)}"
                yield f"t{term.pk}", (f"{term.name} {year.name}, {days}", term.starts_on, ends_on)

    def _is_of_the_pupil(self, first: date, last: date) -> bool:
        leaves_on = self.enrolment.leaves_on or self.today
        return first <= min(self.today, leaves_on) and last >= self.enrolment.starts_on

    def clean(self) -> dict:
        given = super().clean() or {}
        if given.get("period") == self.OWN:
            self._check_own_days(given)
        return given

    def _check_own_days(self, given: dict) -> None:
        ask_for(self, MISSING)
        first, last = given.get("first"), given.get("last")
        if first and last and (problem := self._wrong_days(first, last)):
            self.add_error("last", problem)

    def _wrong_days(self, first: date, last: date) -> str:
        year = self._year_of(first)
        return first_so(
            (last < first, "The last day comes before the first"),
            (last > self.today, "No mark lies in the future: choose a day up to today"),
            (year is None or year != self._year_of(last), NOT_ONE_YEAR),
        )

    def _year_of(self, on: date) -> AcademicYear | None:
        """The academic year that had begun last; the years come with the latest first."""
        return next((year for year in self.years if year.starts_on <= on), None)

    @property
    def days(self) -> tuple[date, date]:
        given = self.cleaned_data
        if given["period"] == self.OWN:
            return given["first"], given["last"]
        _, first, last = self.periods[given["period"]]
        return first, last
