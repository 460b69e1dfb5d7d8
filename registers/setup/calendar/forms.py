"""One academic year as a form: its name, half terms, bank holidays and other closed days.

Rows are added without JavaScript by a button that sends everything back and shows one more.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, product
from operator import attrgetter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict

from registers.rules.calendar import HALF_TERM_NAMES, HalfTerm, is_academic_year
from registers.rules.codes import Half
from registers.setup.calendar.year_plan import (
    BANK_HOLIDAY,
    INSET,
    KINDS,
    OTHER,
    UNEXPLAINED,
    ClosedStretch,
    YearPlan,
    bank_holidays,
    closed_bank_holidays,
    days_from_until,
    overlapping,
    span_of,
)
from registers.web.fields import DayField
from registers.web.forms import PageForm
from registers.web.parameters import day_of, number_of

MOST_TERMS = 12
MOST_CLOSED = 60
WHOLE = ""
ROW_KINDS = [(key, said) for key, said in KINDS.items() if key != BANK_HOLIDAY]
NAMES_ALONE = [{"name": name} for name in HALF_TERM_NAMES]  # of a year without half terms yet
STRETCH = attrgetter("stretch")


class FromUntil(PageForm):
    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", "The last day is before the first")
        return given


class TermForm(FromUntil):
    name = forms.CharField(
        label="Half term",
        max_length=40,
        error_messages={"required": "Name this half term, such as Autumn 1"},
    )
    first = DayField(label="First day", missing="Say when this half term begins")
    last = DayField(label="Last day", missing="Say when this half term ends")

    @property
    def term(self) -> HalfTerm:
        given = self.cleaned_data
        return HalfTerm(given["name"], given["first"], given["last"])


class ClosedRow(FromUntil):
    kind = forms.ChoiceField(label="What", choices=ROW_KINDS)
    name = forms.CharField(label="Name or reason", max_length=100, required=False)
    first = DayField(label="Day, or first day", missing="Say which day is closed")
    last = DayField(label="Last day, if several", required=False)
    half = forms.TypedChoiceField(
        label="How much",
        required=False,
        choices=[(WHOLE, "Whole days"), ("0", "Mornings only"), ("1", "Afternoons only")],
        coerce=lambda value: Half(int(value)),
        empty_value=None,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = INSET

    @property
    def stretch(self) -> ClosedStretch:
        given = self.cleaned_data
        explained = given["name"] == UNEXPLAINED and given["kind"] != OTHER
        return ClosedStretch(
            given["first"],
            given.get("last") or given["first"],
            given["kind"],
            "" if explained else given["name"],
            given.get("half"),
        )


class RowFormSet(BaseFormSet):
    """Rows that are all of one kind: an empty one is no row, wherever it stands."""

    def initial_form_count(self) -> int:
        return 0

    def total_form_count(self) -> int:
        if self.is_bound:
            return super().total_form_count()
        return min(len(self.initial or ()) + self.extra, self.max_num)

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Remove"

    @property
    def used(self) -> list[Any]:
        """The rows that somebody filled in and did not remove."""
        return [form for form in self.forms if form.has_changed() and not self._is_gone(form)]

    def _is_gone(self, form: forms.Form) -> bool:
        return bool(form.is_bound and form["DELETE"].value())

    @property
    def wrong(self) -> list[Any]:
        return [form for form in self.used if form.errors]


def _rows(row: type[forms.Form], most: int, extra: int) -> Any:
    return formset_factory(
        row, formset=RowFormSet, extra=extra, max_num=most, absolute_max=most, can_delete=True
    )


TermRows = _rows(TermForm, MOST_TERMS, 0)
ClosedRows = _rows(ClosedRow, MOST_CLOSED, 1)


class NameForm(forms.Form):
    name = forms.CharField(
        label="Academic year",
        max_length=9,
        widget=forms.TextInput({"class": "w-10"}),
        error_messages={"required": "Name the academic year, such as 2026/27"},
    )

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if not is_academic_year(name):
            raise ValidationError("Write the academic year with both years: 2026/27")
        return name


class YearEditor:
    """The name, the rows and the ticks of one academic year, checked as one.

    Made from a plan, or from what was sent. `refusals` are wrong things that belong to no field.
    """

    def __init__(self, sent: QueryDict | None, plan: YearPlan):
        self.sent, self.is_bound = sent, sent is not None
        self.quiet = not self.is_bound  # or a row was asked for: nothing is called wrong yet
        self.refusals: list[str] = []
        self.plan_before = plan
        self.name = NameForm(sent, prefix="year", initial={"name": plan.name})
        self.terms = self._rows(TermRows, "terms", _term_rows(plan) or NAMES_ALONE)
        self.closed = self._rows(ClosedRows, "closed", _closed_rows(plan))

    def _rows(self, make: Any, prefix: str, initial: list[dict[str, Any]]) -> Any:
        """What was sent is not compared with the plan: a row that stays as it was is a row."""
        return make(self.sent, prefix=prefix, initial=None if self.is_bound else initial)

    @classmethod
    def with_one_more(cls, sent: QueryDict, plan: YearPlan, what: str) -> "YearEditor":
        """What was sent, with another row of `terms` or `closed`."""
        sent = sent.copy()
        key = f"{what}-TOTAL_FORMS"
        number = number_of(sent.get(key))
        if number is not None:
            sent[key] = str(number + 1)
        editor = cls(sent, plan)
        editor.quiet = True
        return editor

    # --- bank holidays

    @property
    def year_name(self) -> str:
        """The name that was sent, where it is one; else the plan's."""
        return self.name.cleaned_data["name"] if self.name.is_valid() else self.plan_before.name

    @property
    def bank(self) -> list[tuple[date, str, bool]]:
        """Each bank holiday of England, and whether the school is closed on it."""
        named = bank_holidays(self.year_name)
        ticked = self._ticked(named)
        return [(day, said, day in ticked) for day, said in named.items()]

    def _ticked(self, all_days: Iterable[date]) -> set[date]:
        """Those of another year than was sent, and of a year that nobody planned, are closed unless
        somebody says otherwise."""
        if self.sent is None:
            return self.plan_before.closed_of(all_days)
        if self.sent.get("bank_for") != self.year_name:
            return set(all_days)
        return set(all_days).intersection(map(day_of, self.sent.getlist("bank")))

    # --- the whole

    def is_valid(self) -> bool:
        self.name.is_valid()
        self._check_rows()
        if not list(self.errors):
            self._check_together()
        return not list(self.errors)

    def _check_rows(self) -> None:
        for rows in (self.terms, self.closed):
            self.refusals += map(str, rows.non_form_errors())
        if not self.terms.used:
            self.refusals.append("Add at least one half term with its first and last day")

    def _check_together(self) -> None:
        self._check_names_differ()
        self._check_lie_in_year()
        if not self.terms.wrong:
            self._check_overlap()
        if not self.terms.wrong:
            self._check_closed_lie_in_term()

    def _check_names_differ(self) -> None:
        seen: set[str] = set()
        for row in self.terms.used:
            name = row.cleaned_data["name"].casefold()
            if name in seen:
                row.add_error("name", "Another half term has this name already")
            seen.add(name)

    def _check_lie_in_year(self) -> None:
        first, last = span_of(self.year_name)
        for row, field in product(self.terms.used, ("first", "last")):
            if not first <= row.cleaned_data.get(field, first) <= last:
                days = days_from_until(first, last)
                row.add_error(field, f"{self.year_name} can hold days from {days}")

    def _check_overlap(self) -> None:
        rows = self.terms.used
        places = overlapping([row.term for row in rows])
        if places is not None:
            one, other = rows[places[0]].term, rows[places[1]]
            ends = f"{one.ends_on.day} {one.ends_on:%B}"
            other.add_error("first", f"{one.name} lasts until {ends}: begin after it")

    def _check_closed_lie_in_term(self) -> None:
        """A day out of term is closed anyway: most likely a slip of the pen."""
        terms = [row.term for row in self.terms.used]
        for row in self.closed.used:
            if not any(map(row.stretch.meets, terms)):
                row.add_error(
                    "first", "This day is in no half term, so it is closed anyway. Remove it"
                )

    @property
    def plan(self) -> YearPlan:
        """Only when everything is valid."""
        ticked = self._ticked(bank_holidays(self.year_name))
        terms = map(attrgetter("term"), self.terms.used)
        return YearPlan(
            self.year_name,
            tuple(sorted(terms, key=attrgetter("starts_on"))),
            (*closed_bank_holidays(self.year_name, ticked), *map(STRETCH, self.closed.used)),
        )

    @property
    def errors(self) -> Iterator[tuple[str, str]]:
        """(where, what): the id of the field and the sentence, in the order of the page."""
        if self.quiet:
            return
        for refusal in self.refusals:
            yield "terms", refusal
        for field in chain(self.name, *self.terms.used, *self.closed.used):
            for error in field.errors:
                yield field.id_for_label, str(error)


def _term_rows(plan: YearPlan) -> list[dict]:
    return [
        {"name": term.name, "first": term.starts_on, "last": term.ends_on} for term in plan.terms
    ]


def _closed_rows(plan: YearPlan) -> list[dict[str, Any]]:
    return [
        {
            "kind": stretch.kind,
            "name": stretch.name,
            "first": stretch.first,
            "last": stretch.last if stretch.last != stretch.first else None,
            "half": stretch.half,
        }
        for stretch in sorted(plan.without_bank_holidays, key=attrgetter("first"))
    ]
