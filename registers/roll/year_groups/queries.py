"""The year group of every pupil in an academic year."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone

from registers.models import (
    AcademicYear,
    Enrolment,
    EnrolmentYear,
    Membership,
    School,
)
from registers.models.on_roll import in_force_on
from registers.roll.groups import actions
from registers.roll.search import called
from registers.rules.pupils.year_groups import in_order, is_known, spoken
from registers.web.parameters import words_of

NO_YEAR = "none"


def in_year(school: School, year: AcademicYear) -> QuerySet[Any]:
    """On roll on some day of the academic year, with the year group in it."""
    own = EnrolmentYear.objects.filter(enrolment=OuterRef("pk"), academic_year=year)
    today = timezone.localdate()
    place = Membership.objects.filter(
        in_force_on(today), enrolment=OuterRef("pk"), group__kind=actions.REGISTRATION
    )
    return (
        Enrolment.objects.on_roll(year.starts_on, until=year.ends_on)
        .filter(school=school)
        .annotate(
            year_group=Subquery(own.values("year_group")[:1]),
            registration=Subquery(place.values("group__name")[:1]),
        )
        .select_related("pupil")
        .order_by("pupil__sort_key", "pk")
    )


def counted_by_year_group(rows: QuerySet[Any]) -> list[tuple[str, int]]:
    """Pupils by year group, from the youngest; those without one under the empty name."""
    named = rows.order_by().values_list(Coalesce("year_group", Value("")))
    counts = dict(named.annotate(Count("pk")))
    return [(name, counts[name]) for name in in_order(counts)]


def filtered(rows: QuerySet[Any], asked: QueryDict) -> QuerySet[Any]:
    year = words_of(asked.get("year"), 20)
    if year:
        rows = rows.filter(year_group=None if year == NO_YEAR else year)
    return rows.filter(called(words_of(asked.get("q"), 200)))


@dataclass(frozen=True, slots=True)
class YearGroupCounts:
    """Pupils by year group, from the youngest; those without one under the empty name."""

    counted: list[tuple[str, int]]

    @property
    def named(self) -> list[tuple[str, str, int]]:
        """With the year group as it is spoken."""
        return [(name, spoken(name), number) for name, number in self.counted if name]

    @property
    def without(self) -> int:
        return dict(self.counted).get("", 0)

    @property
    def others(self) -> list[tuple[str, int]]:
        """Year groups that are none of the list."""
        return [(name, n) for name, n in self.counted if name and not is_known(name)]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.counted)
