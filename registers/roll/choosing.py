"""Choose pupils the same way on every page: year groups, groups, a pasted list, all but some."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from crispy_forms.layout import Div, Field
from django import forms
from django.db.models import OuterRef, QuerySet, Subquery

from registers.models import (
    Enrolment,
    EnrolmentYear,
    FormerName,
    FormerUpn,
    Group,
    Membership,
)
from registers.rules.admission import in_natural_order
from registers.rules.pupils import year_groups
from registers.rules.pupils.pasted_list import PastedCandidate, find_lines
from registers.rules.wording import listed
from registers.web.fields import Checkboxes

FIELDS = ("years", "groups", "pasted", "all_but")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The enrolments that somebody chose, and how, in words: Years 8 and 9, 7B."""

    pupils: frozenset[int]
    said: str


class ChoosePupils(forms.Form):
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
        self.chosen: Chosen | None = None
        years = year_groups.in_order(set(self._year_rows().values_list("year_group", flat=True)))
        groups = {
            str(pk): name
            for pk, name in Group.objects.filter(
                pk__in=self._members().values("group"),
            ).values_list("pk", "name")
        }
        names = {name: pk for pk, name in groups.items()}
        self._offer("years", [(year, year_groups.spoken(year)) for year in years])
        self._offer("groups", [(names[name], name) for name in in_natural_order(names)])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.MultipleChoiceField, self.fields[name]).choices = choices

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
            academic_year__in=self._academic_year(),
        )

    def _academic_year(self) -> QuerySet:
        """That of the day, or where the day lies between two, the one before."""
        years = EnrolmentYear._meta.get_field("academic_year").related_model.objects
        begun = years.filter(school=OuterRef("school"), starts_on__lte=self.on)
        latest = Subquery(begun.order_by("-starts_on").values("pk")[:1])
        return years.filter(pk=latest).values("pk")

    def _members(self) -> QuerySet[Membership]:
        """Who is in a group on the day or will be."""
        return Membership.objects.not_over(self.on).filter(enrolment__in=self.among.values("pk"))

    def choose(self, *, field: str = "years", missing: str = "Choose at least one pupil") -> None:
        """Put whom the fields mean into `chosen`; a line that means nobody is an error there."""
        given = self.cleaned_data
        years, groups = given.get("years", []), given.get("groups", [])
        pupils: set[int] = set()
        if years:
            rows = self._year_rows().filter(year_group__in=years)
            pupils |= set(rows.values_list("enrolment", flat=True))
        if groups:
            of_groups = self._members().filter(group__in=groups)
            pupils |= set(of_groups.values_list("enrolment", flat=True))
        by_name = self._lines("pasted")
        without = self._lines("all_but")
        pupils |= set(by_name)
        if not pupils and not {"pasted", "years", "groups"} & self.errors.keys():
            self.add_error(field, missing)
        pupils -= set(without)
        if not pupils and not self.errors:
            self.add_error("all_but", "Nobody is left: leave some of them in")
        self.chosen = Chosen(frozenset(pupils), self._said(years, groups, by_name, without))

    def _lines(self, name: str) -> list[int]:
        text = self.cleaned_data.get(name, "")
        if not text.strip():
            return []
        found = find_lines(text, self._candidates)
        for problem in found.problems:
            self.add_error(name, problem)
        return found.pupils

    @property
    def _candidates(self) -> list[PastedCandidate]:
        current = Membership.objects.not_over(self.on).filter(
            enrolment=OuterRef("pk"), group__kind="registration"
        )
        rows = self.among.annotate(
            named_group=Subquery(current.order_by("from_on").values("group__name")[:1])
        ).values_list(
            "pk",
            "pupil",
            "pupil__upn",
            "pupil__forename",
            "pupil__preferred_name",
            "pupil__surname",
            "named_group",
            "pupil__admission_number",
        )
        upns, names = self._former(FormerUpn, "upn"), self._former(FormerName, "surname")
        return [
            PastedCandidate(
                pk,
                upn,
                forename,
                preferred,
                surname,
                group or "",
                (number or "", *upns[pupil]),
                " ".join(names[pupil]),
            )
            for pk, pupil, upn, forename, preferred, surname, group, number in rows
        ]

    def _former(self, model: type[FormerUpn] | type[FormerName], name: str) -> dict[int, list[str]]:
        """What the pupils were called or numbered before, by pupil."""
        found: dict[int, list[str]] = defaultdict(list)
        rows = model.objects.filter(pupil__in=self.among.values("pupil"))
        for pupil, text in rows.values_list("pupil", name):
            found[pupil].append(text)
        return found

    def _said(
        self,
        years: Collection[str],
        groups: Collection[str],
        by_name: Collection[int],
        without: Collection[int],
    ) -> str:
        names = dict(cast(forms.MultipleChoiceField, self.fields["groups"]).choices)
        parts = [*year_names(years), *(str(names[pk]) for pk in groups)]
        if by_name:
            parts.append(f"{len(by_name)} {'pupil' if len(by_name) == 1 else 'pupils'} by name")
        said = listed(parts)
        if without:
            said += f", without {len(without)} {'pupil' if len(without) == 1 else 'pupils'}"
        return said


def year_names(years: Iterable[str]) -> list[str]:
    """Years 8 and 9, as one part of a sentence."""
    numbers = [year for year in years if year.isdigit()]
    others = [year_groups.spoken(year) for year in years if not year.isdigit()]
    if not numbers:
        return others
    return [f"Year{'s' if len(numbers) > 1 else ''} {listed(numbers)}", *others]
