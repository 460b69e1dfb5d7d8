"""What the pages of groups read."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import QueryDict

from registers.models import (
    Appointment,
    Enrolment,
    EnrolmentYear,
    Group,
    Membership,
    School,
)
from registers.models.on_roll import in_force_on
from registers.roll.groups import actions
from registers.roll.search import called
from registers.rules.grouping import grouped
from registers.rules.pupils.year_groups import choices, in_order
from registers.web.parameters import words_of

MOST_FOUND = 60


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the list."""

    group: Group
    pupils: int
    staff: list[str]


def groups_by_kind(school: School, today: date) -> list[tuple[str, list[GroupLine]]]:
    """Three statements."""
    groups = Group.objects.filter(school=school).annotate(
        pupils=Count("memberships", filter=in_force_on(today, of="memberships__"))
    )
    whose = _staff_by_group(school)
    lines = grouped(
        (group.kind, GroupLine(group, group.pupils, whose[group.pk]))
        for group in sorted(groups, key=_natural)
    )
    return [(f"{words.capitalize()}s", lines[kind]) for kind, words in Group.KINDS]


def _staff_by_group(school: School) -> dict[int, list[str]]:
    """The names of those whose group it is."""
    staff = Appointment.groups.through.objects.filter(group__school=school).values_list(
        "group", "appointment__user__name", "appointment__user__username"
    )
    by_name = staff.order_by("appointment__user__name")
    return grouped((pk, name or username) for pk, name, username in by_name)


def _natural(group: Group) -> tuple:
    """7A, 8B, 10A: by the number before the letters."""
    name = group.name
    digits = name[: len(name) - len(name.lstrip("0123456789"))]
    return (not digits, int(digits or 0), name)


def _on_roll(school: School, day: date) -> QuerySet[Enrolment]:
    return Enrolment.objects.on_roll(day).filter(school=school)


def without_group(school: School, today: date) -> QuerySet[Enrolment]:
    there = Membership.objects.filter(
        in_force_on(today), enrolment=OuterRef("pk"), group__kind=actions.REGISTRATION
    )
    return _on_roll(school, today).exclude(Exists(there))


@dataclass(frozen=True, slots=True)
class GroupCandidateSearch:
    """Which pupils somebody looks for who could come into a group."""

    text: str
    year: str
    without_group: bool

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.year or self.without_group)

    @property
    def of_year(self) -> dict[str, str]:
        return {"year_group": self.year} if self.year else {}


def search_of(query: QueryDict) -> GroupCandidateSearch:
    return GroupCandidateSearch(
        words_of(query.get("q"), 200), words_of(query.get("year"), 20), bool(query.get("without"))
    )


def candidates_for(group: Group, search: GroupCandidateSearch, today: date) -> list[Enrolment]:
    """Pupils on roll who are not in this group, as the search wants them."""
    if search.is_empty:
        return []
    among = without_group if search.without_group else _soon_on_roll
    here = Membership.objects.in_force(today).filter(enrolment=OuterRef("pk"), group=group)
    rows = among(group.school, today).filter(called(search.text)).exclude(Exists(here))
    rows = _with_places(rows, today).filter(**search.of_year)
    return list(rows.select_related("pupil").order_by("pupil__sort_key", "pk")[:MOST_FOUND])


def _with_places(rows: QuerySet[Enrolment], today: date) -> QuerySet[Any]:
    """Each with its registration group of today and its latest year group."""
    registration = Membership.objects.filter(
        in_force_on(today), enrolment=OuterRef("pk"), group__kind=actions.REGISTRATION
    )
    latest = EnrolmentYear.objects.filter(enrolment=OuterRef("pk")).order_by(
        "-academic_year__starts_on"
    )
    return rows.annotate(
        registration=Subquery(registration.values("group__name")[:1]),
        year_group=Subquery(latest.values("year_group")[:1]),
    )


def _soon_on_roll(school: School, today: date) -> QuerySet[Enrolment]:
    """On roll, or to come: places can be given beforehand."""
    return Enrolment.objects.not_left(today).filter(school=school)


def places_in(group: Group, today: date) -> dict[str, list[Membership]]:
    """Who is in the group now, who comes later, who was in it."""
    rows = group.memberships.select_related("enrolment__pupil").order_by(
        "enrolment__pupil__sort_key", "enrolment__pupil", "from_on"
    )
    places: dict[str, list[Membership]] = {"now": [], "later": [], "earlier": []}
    for row in rows:
        places[_when(row, today)].append(row)
    return places


def _when(row: Membership, today: date) -> str:
    if row.from_on > today:
        return "later"
    return "earlier" if (row.until_on or date.max) < today else "now"


def years_of(school: School) -> dict[str, list[tuple[str, str]]]:
    names = EnrolmentYear.objects.filter(academic_year__school=school).order_by()
    years = in_order(names.values_list("year_group", flat=True).distinct())
    return {"years": choices(years)}
