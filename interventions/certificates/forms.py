"""Ask for a certificate."""

from collections.abc import Sequence
from datetime import date

from crispy_forms.layout import Div
from django import forms

from registers.models import AcademicYear, Enrolment
from registers.rules.allowed_codes import short_day
from registers.web.fields import DayField, RadioChoice
from registers.web.form_helpers import form_helper, primary


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
        period = self.fields["period"]
        assert isinstance(period, forms.ChoiceField)
        period.choices = [
            *((key, words) for key, (words, _, _) in self.periods.items()),
            (self.OWN, "Days of my own"),
        ]
        self.helper = form_helper(
            "Certificate",
            Div(
                "period",
                Div("first", "last", css_class="fields-row"),
                Div(primary("Make the certificate")),
                css_class="fields",
            ),
        )

    def _periods(self):
        """Each academic year of the enrolment and its terms, the latest first."""
        for year in self.years:
            if not self._is_of_the_pupil(year.starts_on, year.ends_on):
                continue
            last = min(year.ends_on, self.today)
            to_date = "" if last == year.ends_on else " to today"
            yield f"y{year.pk}", (f"School year {year.name}{to_date}", year.starts_on, last)
            for term in reversed(year.terms.all()):
                if self._is_of_the_pupil(term.starts_on, term.ends_on):
                    ends_on = min(term.ends_on, self.today)
                    days = f"{short_day(term.starts_on)} to {short_day(ends_on)}"
                    words = f"{term.name} {year.name}, {days}"
                    yield f"t{term.pk}", (words, term.starts_on, ends_on)

    def _is_of_the_pupil(self, first: date, last: date) -> bool:
        leaves_on = self.enrolment.leaves_on or self.today
        return first <= min(self.today, leaves_on) and last >= self.enrolment.starts_on

    def clean(self) -> dict:
        given = super().clean() or {}
        if given.get("period") == self.OWN:
            self._check_own_days(given)
        return given

    def _check_own_days(self, given: dict) -> None:
        for name, words in (("first", "Give the first day"), ("last", "Give the last day")):
            if not given.get(name) and name not in self.errors:
                self.add_error(name, words)
        first, last = given.get("first"), given.get("last")
        if not (first and last):
            return
        if last < first:
            self.add_error("last", "The last day comes before the first")
        elif last > self.today:
            self.add_error("last", "No mark lies in the future: choose a day up to today")
        elif self._year_of(first) is None or self._year_of(first) != self._year_of(last):
            self.add_error(
                "last", "A certificate is about one school year: choose both days within one"
            )

    def _year_of(self, on: date) -> AcademicYear | None:
        """The academic year that had begun last."""
        begun = [year for year in self.years if year.starts_on <= on]
        return max(begun, key=lambda year: year.starts_on) if begun else None

    @property
    def days(self) -> tuple[date, date]:
        given = self.cleaned_data
        if given["period"] == self.OWN:
            return given["first"], given["last"]
        _, first, last = self.periods[given["period"]]
        return first, last
