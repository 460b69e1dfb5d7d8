"""Choose pupils the same way on every page: year groups, groups, a pasted list, all but some."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import filterfalse
from typing import Any, cast

from crispy_forms.layout import Div, Field
from django import forms
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from registers.models import (
    AcademicYear,
    Enrolment,
    EnrolmentYear,
    FormerName,
    FormerUpn,
    Group,
    Membership,
)
from registers.rules.admission import in_natural_order
from registers.rules.grouping import grouped
from registers.rules.pupils import year_groups
from registers.rules.pupils.pasted_list import PastedCandidate, find_lines
from registers.rules.wording import listed, many, plural
from registers.web.fields import Checkboxes
from registers.web.forms import PageForm

FIELDS = ("years", "groups", "pasted", "all_but")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The enrolments that somebody chose, and how, in words: Years 8 and 9, 7B."""

    pupils: frozenset[int]
    said: str


class ChoosePupils(PageForm):
    """Fields that a form takes on. `among` are the enrolments that the person may choose from: a
    teacher's are those of the own groups.
    """

    years = forms.MultipleChoiceField(
        label="Whole year groups",
        required=False,
        widget=Checkboxes,
        error_messages={"invalid_choice": "One of the year groups has no pupils now"},
    )
    groups = forms.MultipleChoiceField(
        label="Groups",
        required=False,
        widget=Checkboxes,
        error_messages={"invalid_choice": "One of the groups has no pupils now"},
    )
    pasted = forms.CharField(
        label="Pupils by name or UPN",
        required=False,
        max_length=100_000,
        widget=forms.Textarea({"rows": 4, "spellcheck": "false"}),
        help_text="One on each line, such as pasted from a spreadsheet.",
    )
    all_but = forms.CharField(
        label="All but these",
        required=False,
        max_length=100_000,
        widget=forms.Textarea({"rows": 2, "spellcheck": "false"}),
        help_text="Who of those stays out of it. One on each line.",
    )

    def __init__(self, *args: Any, among: QuerySet[Enrolment], on: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.among, self.on = among, on
        self.chosen = Chosen(frozenset(), "")
        years = self._year_rows().values_list("year_group", flat=True)
        self.choice("years").choices = year_groups.choices(year_groups.in_order(set(years)))
        groups = Group.objects.filter(pk__in=self._members().values("group"))
        numbers = dict(groups.values_list("name", "pk"))
        self.choice("groups").choices = [
            (str(numbers[name]), name) for name in in_natural_order(numbers)
        ]

    @property
    def chooser(self) -> Div:
        """The fields, as a part of a form's layout."""
        return Div(
            Field("years", template="registers/roll/_choices.html"),
            Field("groups", template="registers/roll/_choices.html"),
            Div("pasted", "all_but", css_class="fields-row"),
            css_class="chooser",
            css_id="chooser",
        )

    def _year_rows(self) -> QuerySet[EnrolmentYear]:
        return EnrolmentYear.objects.filter(
            enrolment__in=self.among.values("pk"),
            academic_year__in=self._academic_year().values("pk"),
        )

    def _academic_year(self) -> QuerySet[AcademicYear]:
        """That of the day, or where the day lies between two, the one before."""
        begun = AcademicYear.objects.filter(school=OuterRef("school"), starts_on__lte=self.on)
        latest = Subquery(begun.order_by("-starts_on").values("pk")[:1])
        return AcademicYear.objects.filter(pk=latest)

    def _members(self) -> QuerySet[Membership]:
        """Who is in a group on the day or will be."""
        return Membership.objects.not_over(self.on).filter(enrolment__in=self.among.values("pk"))

    def choose(self, *, field: str = "years", missing: str = "Choose at least one pupil") -> None:
        """Put whom the fields mean into `chosen`; a line that means nobody is an error there."""
        years = self.cleaned_data.get("years", [])
        groups = self.cleaned_data.get("groups", [])
        by_name, without = self._lines("pasted"), self._lines("all_but")
        pupils = {
            *self._year_rows().filter(year_group__in=years).values_list("enrolment", flat=True),
            *self._members().filter(group__in=groups).values_list("enrolment", flat=True),
            *by_name,
        }
        self._check_somebody(pupils, field, missing)
        pupils -= set(without)
        self._check_somebody_is_left(pupils)
        self.chosen = Chosen(frozenset(pupils), self._said(years, groups, by_name, without))

    def _check_somebody(self, pupils: Collection[int], field: str, missing: str) -> None:
        if not pupils and self.errors.keys().isdisjoint({"pasted", "years", "groups"}):
            self.add_error(field, missing)

    def _check_somebody_is_left(self, pupils: Collection[int]) -> None:
        if not pupils and not self.errors:
            self.add_error("all_but", "Nobody is left: leave some of them in")

    def _lines(self, name: str) -> list[int]:
        text = self.cleaned_data.get(name, "")
        if not text.strip():
            return []
        matches = find_lines(text, self._candidates)
        for problem in matches.problems:
            self.add_error(name, problem)
        return matches.pupils

    @property
    def _candidates(self) -> list[PastedCandidate]:
        current = Membership.objects.not_over(self.on).filter(
            enrolment=OuterRef("pk"), group__kind="registration"
        )
        group = Subquery(current.order_by("from_on").values("group__name")[:1])
        rows = self.among.annotate(named_group=Coalesce(group, Value(""))).values_list(
            "pupil",
            "pupil__admission_number",
            "pk",
            "pupil__upn",
            "pupil__forename",
            "pupil__preferred_name",
            "pupil__surname",
            "named_group",
        )
        upns, names = self._former(FormerUpn, "upn"), self._former(FormerName, "surname")
        return [
            PastedCandidate(
                pk,
                upn,
                forename,
                preferred,
                surname,
                group,
                numbers=(number, *upns[pupil]),
                former=" ".join(names[pupil]),
            )
            for pupil, number, pk, upn, forename, preferred, surname, group in rows
        ]

    def _former(self, model: type[FormerUpn] | type[FormerName], name: str) -> dict[int, list[str]]:
        """What the pupils were called or numbered before, by pupil."""
        rows = model.objects.filter(pupil__in=self.among.values("pupil"))
        return grouped(rows.values_list("pupil", name))

    def _said(
        self,
        years: Collection[str],
        groups: Collection[str],
        by_name: Collection[int],
        without: Collection[int],
    ) -> str:
        names = dict(cast(Iterable[tuple[str, str]], self.choice("groups").choices))
        parts = [*year_names(years), *map(names.__getitem__, groups)]
        if by_name:
            parts.append(f"{many(len(by_name), 'pupil')} by name")
        if not without:
            return listed(parts)
        return f"{listed(parts)}, without {many(len(without), 'pupil')}"


def year_names(years: Collection[str]) -> list[str]:
    """Years 8 and 9, as one part of a sentence."""
    numbers = list(filter(str.isdigit, years))
    others = map(year_groups.spoken, filterfalse(str.isdigit, years))
    if not numbers:
        return [*others]
    return [f"{plural(len(numbers), 'Year', 'Years')} {listed(numbers)}", *others]
