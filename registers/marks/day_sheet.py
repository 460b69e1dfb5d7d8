"""One day of a school on one sheet: who is on roll, in which group, and every mark of the day.

The morning page, the late desk and the evacuation list read the same sheet, so that they never
disagree. The number of statements does not depend on how many pupils there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from registers.models import Enrolment, Group, HeldMark, Mark, Membership, Register, School
from registers.models.on_roll import in_force_on
from registers.rules.clock import RegisterWindow, register_window
from registers.rules.codes import Half
from registers.rules.pupils.names import sort_key, with_both
from registers.rules.pupils.namesakes import Namesake, namesake_of


def on_roll(school: School, on: date) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(school=school).on_roll(on)


def with_group(enrolments: QuerySet[Enrolment], on: date) -> QuerySet:
    """Each with `group_id` and `group_name`: its registration group of the day, or None."""
    theirs = (
        Membership.objects.in_force(on)
        .filter(enrolment=OuterRef("pk"), group__kind="registration")
        .order_by("-from_on")
    )
    return enrolments.annotate(
        group_id=Subquery(theirs.values("group")[:1]),
        group_name=Subquery(theirs.values("group__name")[:1]),
    )


@dataclass(frozen=True, slots=True)
class PupilOnSheet:
    enrolment_id: int
    pupil_id: int
    forename: str
    surname: str
    group_id: int | None
    group_name: str
    preferred_name: str = ""
    born_on: date | None = None
    upn: str = ""

    @property
    def name(self) -> str:
        return with_both(self.forename, self.preferred_name, self.surname)

    @property
    def namesake(self) -> Namesake:
        return namesake_of(self, group=self.group_name)

    @property
    def in_order(self) -> tuple[str, int]:
        return (sort_key(self.surname, self.forename), self.pupil_id)


@dataclass(frozen=True, slots=True)
class DayMark:
    code: str
    version: int
    minutes_late: int | None
    source: int
    made_at: datetime


@dataclass(slots=True)
class DayGroup:
    """A registration group; `tutors` and `covers` are names."""

    id: int
    name: str
    tutors: list[str] = field(default_factory=list)
    covers: list[str] = field(default_factory=list)
    children: list[PupilOnSheet] = field(default_factory=list)
    held_marks: int = 0  # that wait, of this day or before

    def name_once(self, name: str | None, names: list[str]) -> None:
        """Among its tutors or its covers."""
        if name and name not in names:
            names.append(name)

    @property
    def takers(self) -> str:
        """Who is to take its registers today."""
        return ", ".join(self.covers or self.tutors)

    @property
    def is_covered(self) -> bool:
        return bool(self.covers)


@dataclass(slots=True)
class DaySheet:
    on: date
    windows: dict[int, RegisterWindow]
    children: dict[int, PupilOnSheet]
    groups: dict[int | None, DayGroup]
    marks: dict[tuple[int, int], DayMark]
    registers: dict[tuple[int, int], Register]

    def mark(self, enrolment_id: int, half: int) -> DayMark | None:
        return self.marks.get((enrolment_id, half))

    @property
    def held_marks(self) -> int:
        """Marks that came in late and wait for the office, of this day or before."""
        return sum(group.held_marks for group in self.groups.values())

    @property
    def held_groups(self) -> list[str]:
        """The groups whose marks wait."""
        names = [group.name for group in self.groups.values() if group.held_marks]
        return sorted(names, key=natural)

    def in_groups(self) -> list[DayGroup]:
        """Groups that have somebody today, in natural order; who has none stands last."""
        found = [group for group in self.groups.values() if group.children]
        return sorted(found, key=lambda group: (group.id == 0, natural(group.name)))


def natural(name: str) -> tuple:
    """7A, 8B, 10C, then R: numbers by size, before words."""
    digits = name[: len(name) - len(name.lstrip("0123456789"))]
    return (not digits, int(digits or 0), name)


def day_sheet(
    school: School, on: date, halves: Iterable[int], *, registers: bool = True
) -> DaySheet:
    """The sheet of a day in four statements, three without `registers`."""
    groups = _groups(school, on)
    children = _children(school, on, groups)
    for child in sorted(children.values(), key=lambda child: child.in_order):
        groups[child.group_id].children.append(child)
    return DaySheet(
        on=on,
        windows={half: register_window(school, on, half) for half in Half},
        children=children,
        groups=groups,
        marks=_marks(school, on, halves),
        registers=_registers(school, on) if registers else {},
    )


def _children(
    school: School, on: date, groups: Mapping[int | None, DayGroup]
) -> dict[int, PupilOnSheet]:
    """Those on roll, by enrolment; of two groups on one day it is the one that began later, as
    `with_group` says. Joined, since a subquery for each pupil took five times as long.
    """
    theirs = in_force_on(on, of="memberships__") & Q(
        memberships__group__in=[pk for pk in groups if pk]
    )
    rows = (
        on_roll(school, on)
        .annotate(theirs=FilteredRelation("memberships", condition=theirs))
        .order_by("theirs__from_on", "pk")
        .values_list(
            "pk",
            "pupil",
            "pupil__forename",
            "pupil__surname",
            "pupil__preferred_name",
            "pupil__born_on",
            "pupil__upn",
            "theirs__group",
        )
    )
    return {
        pk: PupilOnSheet(
            *(pk, pupil, forename, surname, group, groups[group].name if group else ""),
            *(known, born_on, upn),
        )
        for pk, pupil, forename, surname, known, born_on, upn, group in rows
    }


def _groups(school: School, on: date) -> dict[int | None, DayGroup]:
    held = HeldMark.objects.filter(group=OuterRef("pk"), decided_at__isnull=True, date__lte=on)
    number = held.order_by().values("group").annotate(number=Count("pk"))
    rows = (
        Group.objects.filter(school=school, kind="registration")
        .annotate(today=FilteredRelation("covers", condition=Q(covers__date=on)))
        .annotate(
            tutor=Case(When(staff__user__is_active=True, then="staff__user__name")),
            cover=F("today__user__name"),
            held=Coalesce(Subquery(number.values("number")), 0),
        )
        .values_list("pk", "name", "tutor", "cover", "held")
    )
    groups: dict[int | None, DayGroup] = {}
    for pk, name, tutor, cover, waiting in rows:
        group = groups.setdefault(pk, DayGroup(pk, name, held_marks=waiting))
        group.name_once(tutor, group.tutors)
        group.name_once(cover, group.covers)
    groups[None] = DayGroup(0, "No registration group")
    return groups


def _marks(school: School, on: date, halves: Iterable[int]) -> dict[tuple[int, int], DayMark]:
    rows = Mark.objects.filter(enrolment__school=school, date=on, half__in=list(halves))
    return {
        (row[0], row[1]): DayMark(*row[2:])
        for row in rows.values_list(
            "enrolment_id", "half", "code_id", "version", "minutes_late", "source", "made_at"
        )
    }


def _registers(school: School, on: date) -> dict[tuple[int, int], Register]:
    found = Register.objects.filter(
        session__school=school, session__date=on, group__kind="registration"
    ).select_related("session")
    return {(register.group_id, register.session.half): register for register in found}


def unexplained_by_enrolment(
    school: School, first: date, last: date
) -> dict[int, list[tuple[date, int, int]]]:
    """Every N that still stands between two days: (date, half, version), oldest first."""
    found: dict[int, list[tuple[date, int, int]]] = defaultdict(list)
    rows = (
        Mark.objects.on_roll()
        .filter(enrolment__school=school, code="N", date__range=(first, last))
        .order_by("date", "half")
    )
    for enrolment_id, on, half, version in rows.values_list(
        "enrolment_id", "date", "half", "version"
    ):
        found[enrolment_id].append((on, half, version))
    return found
