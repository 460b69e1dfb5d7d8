"""The people around the pupils of a pack, and the pupils' groups and characteristics."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import chain

from django.db.models import QuerySet

from absence.figures.pupil_years import tallies_of_pupils
from absence.rules.academic_year import SchoolYear
from interventions.packs.files import ContactLine, SiblingLine
from registers.models import (
    Appointment,
    Characteristic,
    Enrolment,
    Membership,
    Relationship,
    School,
)
from registers.rules.grouping import grouped
from registers.rules.tally import NOTHING
from registers.rules.wording import listed

NO, YES = frozenset({"N", "NO", "0", "FALSE", ""}), frozenset({"Y", "YES", "1", "TRUE"})


def groups_of(enrolments: Collection[int], on: date) -> dict[int, tuple[str, str]]:
    """Registration group and its tutors on the day, else the last before it; two statements."""
    rows = _groups_to(enrolments, on).values_list("enrolment_id", "group_id", "group__name")
    groups = {pk: (group, name) for pk, group, name in rows}
    held = Appointment.objects.filter(groups__in={group for group, _ in groups.values()})
    tutors = grouped(held.values_list("groups", "user__name"))
    return {pk: (name, listed(sorted(tutors[group]))) for pk, (group, name) in groups.items()}


def group_names(enrolments: Collection[int], on: date) -> dict[int, str]:
    """Registration group of the day, else the last before it; one statement."""
    return dict(_groups_to(enrolments, on).values_list("enrolment_id", "group__name"))


def _groups_to(enrolments: Collection[int], on: date) -> QuerySet[Membership]:
    """Those that had begun by the day, the latest of each enrolment last."""
    return Membership.objects.filter(
        enrolment__in=enrolments, group__kind="registration", from_on__lte=on
    ).order_by("enrolment", "from_on")


def characteristics_of(pupils: Iterable[int], on: date) -> dict[int, list[str]]:
    characteristics: dict[int, list[str]] = defaultdict(list)
    for row in Characteristic.objects.in_force(on).filter(pupil__in=list(pupils)):
        characteristics[row.pupil_id] += _in_words(row.kind, row.value)
    return characteristics


def _in_words(kind: str, value: str) -> Iterator[str]:
    """The kind, with its value where that says more than yes; nothing for a no."""
    told = value.strip().upper()
    if told not in NO:
        yield kind if told in YES else f"{kind} {value}"


def contacts_of(pupils: Iterable[int]) -> dict[int, list[ContactLine]]:
    rows = Relationship.objects.filter(pupil__in=list(pupils)).select_related("person")
    in_order = rows.order_by("pupil", "priority", "pk")
    return grouped((row.pupil_id, _contact_line(row)) for row in in_order)


def _contact_line(row: Relationship) -> ContactLine:
    return ContactLine(
        row.person.name,
        row.kind,
        row.has_responsibility,
        row.lives_with,
        row.may_be_written_to,
        "" if row.address_confidential else row.person.telephone,
        row.address_confidential,
        bool(row.court_order),
    )


def siblings_of(
    school: School, pupils: Collection[int], year: SchoolYear, as_at: date
) -> dict[int, list[SiblingLine]]:
    """Other pupils on roll who share a person with parental responsibility."""
    others = _who_share_a_person(pupils)
    wanted = set(chain.from_iterable(others.values()))
    lines = _sibling_lines(school, wanted, year, as_at) if wanted else {}
    return {
        pupil: [lines[other] for other in sorted(theirs & lines.keys())]
        for pupil, theirs in others.items()
    }


def _who_share_a_person(pupils: Collection[int]) -> dict[int, set[int]]:
    """One statement."""
    ours = Relationship.objects.filter(pupil__in=pupils, has_responsibility=True)
    shared = Relationship.objects.filter(
        person__in=ours.values("person"), has_responsibility=True
    ).values_list("person_id", "pupil_id")
    by_person: dict[int, set[int]] = defaultdict(set)
    for person, pupil in shared:
        by_person[person].add(pupil)
    others: dict[int, set[int]] = {pupil: set() for pupil in pupils}
    for together in by_person.values():
        for pupil in together & others.keys():
            others[pupil] |= together - {pupil}
    return others


def _sibling_lines(
    school: School, pupils: Collection[int], year: SchoolYear, as_at: date
) -> dict[int, SiblingLine]:
    """Three statements."""
    here = Enrolment.objects.on_roll(as_at).filter(pupil__in=pupils, school=school)
    spells = list(here.select_related("pupil"))
    groups = group_names([one.pk for one in spells], as_at)
    tallies = tallies_of_pupils(pupils, year.starts_on, as_at)
    return {
        one.pupil_id: SiblingLine(
            f"{one.pupil.forename} {one.pupil.surname}",
            groups.get(one.pk, ""),
            tallies.get(one.pupil_id, NOTHING),
        )
        for one in spells
    }
