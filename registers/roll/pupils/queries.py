"""What the list of the admission register and the page of a pupil read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Count,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from registers.models import (
    Characteristic,
    Enrolment,
    EnrolmentYear,
    FormerUpn,
    Group,
    Membership,
    Photo,
    PlannedAbsence,
    Pupil,
    PupilMerge,
    Relationship,
    RollChange,
    School,
)
from registers.models.on_roll import on_roll_on
from registers.roll.merging.actions import UNDO_FOR
from registers.roll.search import called
from registers.rules.pupils import year_groups
from registers.rules.pupils.names import called_by, initials
from registers.rules.pupils.upn import is_temporary

TEMPORARY = r"[A-Z]$"
NO_GROUP = {"none": None}  # of the list to choose from, where the others are numbers


@dataclass(frozen=True, slots=True)
class RollCounts:
    """Who is on the roll today, who comes, who has left, and whose UPN is temporary."""

    on_roll: int
    coming: int
    left: int
    temporary: int


def counts_of(school: School, today: date) -> RollCounts:
    on_roll = on_roll_on(today)
    counts = (
        Enrolment.objects.not_void()
        .filter(school=school)
        .aggregate(
            on_roll=Count("pk", filter=on_roll),
            coming=Count("pk", filter=Q(starts_on__gt=today)),
            left=Count("pk", filter=Q(leaves_on__lt=today)),
            temporary=Count("pk", filter=on_roll & Q(pupil__upn__regex=TEMPORARY)),
        )
    )
    return RollCounts(**counts)


def with_place(enrolments: QuerySet[Enrolment], on: date) -> QuerySet[Any]:
    """Each with its registration group and year group on the day, or the nearest to it."""

    def nearest(rows: QuerySet, first_day: str) -> QuerySet:
        later = Case(
            When(**{f"{first_day}__gt": on}, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        return rows.annotate(is_later=later).order_by("is_later", f"-{first_day}")

    of_group = nearest(
        Membership.objects.filter(enrolment=OuterRef("pk"), group__kind="registration"), "from_on"
    )
    of_year = nearest(
        EnrolmentYear.objects.filter(enrolment=OuterRef("pk")), "academic_year__starts_on"
    )
    return enrolments.annotate(
        group_id_now=Subquery(of_group.values("group")[:1]),
        group_name=Subquery(of_group.values("group__name")[:1]),
        year_group=Subquery(of_year.values("year_group")[:1]),
    )


def enrolments_wanted(school: School, wanted: Mapping[str, str], today: date) -> QuerySet[Any]:
    """By what the form asks, in the order of the register; an unknown choice asks for nothing."""
    states = {
        "": on_roll_on(today),
        "coming": Q(starts_on__gt=today),
        "left": Q(leaves_on__lt=today),
        "temporary": Q(pupil__upn__regex=TEMPORARY),
        "all": Q(),
    }
    spells = Enrolment.objects.not_void().filter(school=school).select_related("pupil")
    rows = with_place(spells, today)
    rows = rows.filter(states[wanted.get("state", "")], called(wanted.get("q", "")))
    if year := wanted.get("year"):
        rows = rows.filter(year_group=year)
    if group := wanted.get("group"):
        rows = rows.filter(group_id_now=NO_GROUP.get(group, group))
    return rows.order_by("pupil__sort_key", "pupil__upn", "starts_on")


def year_groups_of(school: School) -> list[str]:
    years = EnrolmentYear.objects.filter(enrolment__school=school).order_by()
    return year_groups.in_order(years.values_list("year_group", flat=True).distinct())


def registration_groups(school: School) -> QuerySet[Group]:
    return Group.objects.filter(school=school, kind="registration").order_by("name")


def merges_of(pupil: Pupil) -> list[PupilMerge]:
    """The pupil's merges that stand, the latest first."""
    rows = PupilMerge.objects.filter(pupil=pupil, undone_at__isnull=True)
    return list(rows.select_related("other", "merged_by"))


def merged_away(merges: list[PupilMerge]) -> set[int]:
    """The times on the roll that a merge put another in place of: their history is in that one."""
    return {
        part[0]
        for one in merges
        for spell in one.moved.get("spells", ())
        for part in spell["parts"]
    }


@dataclass(frozen=True, slots=True)
class RollPage:
    """All that the admission register holds of a pupil."""

    pupil: Pupil
    today: date
    spells: list[Enrolment]
    characteristics: list[Characteristic]
    contacts: list[Relationship]
    plans: list[PlannedAbsence]
    changes: list[RollChange]
    merges: list[PupilMerge]  # those that can still be undone
    former_upns: list[FormerUpn]
    photo: Photo | None

    @property
    def current(self) -> Enrolment | None:
        """The time on the roll that today is in."""
        return next((one for one in self.spells if one.is_on_roll(self.today)), None)

    @property
    def latest(self) -> Enrolment | None:
        return next((one for one in self.spells if not one.is_void), None)

    @property
    def has_left(self) -> bool:
        return self.current is None and bool(self.latest and self.latest.leaves_on)

    @property
    def group_now(self) -> Group | None:
        """The registration group of today."""
        memberships = self.current.memberships.all() if self.current else []
        registration = (row for row in memberships if row.group.kind == "registration")
        return next((row.group for row in registration if _is_in_force(row, self.today)), None)

    @property
    def is_temporary(self) -> bool:
        return is_temporary(self.pupil.upn)

    @property
    def initials(self) -> str:
        pupil = self.pupil
        return initials(called_by(pupil.forename, pupil.preferred_name), pupil.surname)


def _is_in_force(row: Membership, on: date) -> bool:
    return row.from_on <= on and (row.until_on is None or row.until_on >= on)


def read_roll_page(pupil: Pupil, today: date, *, with_contacts: bool) -> RollPage:
    merges = merges_of(pupil)
    plans = PlannedAbsence.objects.filter(
        enrolment__pupil=pupil, withdrawn_at__isnull=True, until_on__gte=today
    )
    return RollPage(
        pupil=pupil,
        today=today,
        spells=_spells(pupil, without=merged_away(merges)),
        characteristics=list(pupil.characteristics.order_by("-from_on", "kind")),
        contacts=list(contacts_of(pupil)) if with_contacts else [],
        plans=list(plans.select_related("code")),
        changes=list(pupil.roll_changes.all()),
        merges=[one for one in merges if timezone.now() - one.merged_at <= UNDO_FOR],
        former_upns=list(pupil.former_upns.select_related("by")),
        photo=Photo.objects.filter(pupil=pupil).select_related("added_by").first(),
    )


def _spells(pupil: Pupil, *, without: set[int]) -> list[Enrolment]:
    """The times on the roll, the latest first, with their years and memberships."""
    years = EnrolmentYear.objects.select_related("academic_year")
    members = Membership.objects.select_related("group")
    return list(
        pupil.enrolments.exclude(pk__in=without)
        .order_by("-starts_on")
        .prefetch_related(
            Prefetch("years", years.order_by("-academic_year__starts_on")),
            Prefetch("memberships", members.order_by("-from_on")),
        )
    )


def contacts_of(pupil: Pupil) -> QuerySet[Relationship]:
    """In the order in which they are called, each with how many pupils they have."""
    children = (
        Relationship.objects.filter(person=OuterRef("person"))
        .order_by()
        .values("person")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Relationship.objects.filter(pupil=pupil)
        .select_related("person", "confirmed_by")
        .annotate(pupils=Subquery(children))
        .order_by("priority", "pk")
    )
