"""Groups, who is in them from when until when, whose they are, and the year group of each pupil.

A pupil is in one registration group at a time: its register is the register of record of the day.
So a place in one begins after the pupil's last mark, or today: a register that was taken keeps the
pupils who were in it.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max

from registers import policies
from registers.models import (
    AcademicYear,
    Appointment,
    Enrolment,
    EnrolmentYear,
    Group,
    Mark,
    Membership,
    School,
)
from registers.models.school.staff import User
from registers.rules.allowed_codes import day_in_words
from registers.rules.calendar import DAY
from registers.rules.pupils import year_groups

REGISTRATION = "registration"
NOT_OF_THE_LIST = f"A year group is {year_groups.EXPECTED}."
TAKEN = "A {kind} named {name} is there already. Choose another name."


# --- groups


@transaction.atomic
def make_group(*, school: School, kind: str, name: str, by: User) -> Group:
    """Raises Refused, also where the name is taken."""
    policies.check(by, "keep_pupils", school=school)
    try:
        with transaction.atomic():
            return Group.objects.create(school=school, kind=kind, name=name)
    except IntegrityError:
        raise _taken(kind, name) from None


@transaction.atomic
def rename_group(*, group: Group, name: str, by: User) -> None:
    policies.check(by, "keep_pupils", school=group.school_id)
    try:
        with transaction.atomic():
            Group.objects.filter(pk=group.pk).update(name=name)
    except IntegrityError:
        raise _taken(group.kind, name) from None


def _taken(kind: str, name: str) -> policies.Refused:
    return policies.Refused(TAKEN.format(kind=dict(Group.KINDS)[kind], name=name))


@transaction.atomic
def remove_group(*, group: Group, by: User) -> None:
    """Only one that nobody was ever in, and whose register was never opened."""
    policies.check(by, "keep_pupils", school=group.school_id)
    if group.memberships.exists() or group.registers.exists() or group.covers.exists():
        raise policies.Refused(
            f"{group.name} has or had pupils, registers or cover, so it stays. End the places of "
            "its pupils instead."
        )
    group.staff.clear()  # type: ignore[attr-defined]
    group.delete()


# --- places in a group


@dataclass(frozen=True, slots=True)
class RefusedPupil:
    """A pupil for whom it was not done, and why."""

    enrolment_id: int
    why: str


@transaction.atomic
def add_members(
    *, group: Group, enrolment_ids: Collection[int], from_on: date, by: User, today: date
) -> tuple[int, list[RefusedPupil]]:
    """Put pupils into a group from a day; into a registration group they move.

    Gives how many came in, and who did not and why. Raises Refused.
    """
    policies.check(by, "keep_pupils", school=group.school_id)
    enrolments = _locked(group.school_id, enrolment_ids)
    places = _places_of(enrolments, group)
    marked = _last_marks(enrolments) if group.kind == REGISTRATION and from_on < today else {}
    done, refused = 0, []
    for enrolment in enrolments:
        why = _why_not_from(enrolment, from_on, marked) or _put_in(
            group, enrolment, from_on, places.get(enrolment.pk, [])
        )
        if why:
            refused.append(RefusedPupil(enrolment.pk, why))
        else:
            done += 1
    return done, refused


def _locked(school_id: int, ids: Collection[int]) -> list[Enrolment]:
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(school=school_id, pk__in=ids)
    return list(rows.select_related("pupil").order_by("pk"))


def _places_of(enrolments: Collection[Enrolment], group: Group) -> dict[int, list[Membership]]:
    """The places that a new one may meet: in every registration group, else in this group."""
    rows = Membership.objects.filter(enrolment__in=enrolments).select_related("group")
    rows = (
        rows.filter(group__kind=REGISTRATION)
        if group.kind == REGISTRATION
        else rows.filter(group=group)
    )
    found: dict[int, list[Membership]] = {}
    for row in rows.order_by("from_on"):
        found.setdefault(row.enrolment_id, []).append(row)
    return found


def _last_marks(enrolments: Collection[Enrolment]) -> dict[int, date]:
    rows = (
        Mark.objects.on_roll().filter(enrolment__in=enrolments).order_by().values_list("enrolment")
    )
    return dict(rows.annotate(Max("date")))


def _why_not_from(enrolment: Enrolment, from_on: date, marked: Mapping[int, date]) -> str | None:
    if from_on < enrolment.starts_on:
        return f"comes on the roll on {day_in_words(enrolment.starts_on)}: choose that day or later"
    if enrolment.leaves_on and from_on > enrolment.leaves_on:
        return f"leaves the roll on {day_in_words(enrolment.leaves_on)}"
    last = marked.get(enrolment.pk)
    if last and from_on <= last:
        return (
            f"has marks up to {day_in_words(last)}, in the registers of the group of that time: "
            "choose a later day"
        )
    return None


def _put_in(
    group: Group, enrolment: Enrolment, from_on: date, places: list[Membership]
) -> str | None:
    """Close what goes before, and open the place; gives why it could not be, in words."""
    until = enrolment.leaves_on
    for viewer in places:
        over = viewer.until_on is not None and viewer.until_on < from_on
        if over:
            continue
        if viewer.from_on > from_on and group.kind != REGISTRATION:
            until = viewer.from_on - DAY if until is None else min(until, viewer.from_on - DAY)
            continue
        if viewer.group_id == group.pk and viewer.from_on <= from_on:
            return f"is in {group.name} on that day already"
        if viewer.from_on >= from_on:
            viewer.delete()  # it would have begun later, or on this very day
        else:
            viewer.until_on = from_on - DAY
            viewer.save(update_fields=["until_on"])
    Membership.objects.create(group=group, enrolment=enrolment, from_on=from_on, until_on=until)
    return None


@transaction.atomic
def end_membership(*, membership: Membership, last_on: date, by: User, today: date) -> None:
    """The place ends with this day; one that had not begun by then is taken away."""
    policies.check(by, "keep_pupils", school=membership.group.school_id)
    (enrolment,) = _locked(membership.group.school_id, [membership.enrolment_id])
    membership = Membership.objects.select_related("group").get(pk=membership.pk)
    if membership.group.kind == REGISTRATION and last_on < today:
        last = _last_marks([enrolment]).get(enrolment.pk)
        if last and last_on < last:
            raise policies.Refused(
                f"{enrolment.pupil.forename} {enrolment.pupil.surname} has marks up to "
                f"{day_in_words(last)}: end the place on that day or later."
            )
    if last_on < membership.from_on:
        membership.delete()
        return
    if enrolment.leaves_on and last_on > enrolment.leaves_on:
        last_on = enrolment.leaves_on
    later = Membership.objects.filter(
        group=membership.group_id, enrolment=enrolment, from_on__gt=membership.from_on
    )
    if later.filter(from_on__lte=last_on).exists():
        raise policies.Refused("Another place in this group begins before that day.")
    Membership.objects.filter(pk=membership.pk).update(until_on=last_on)


# --- whose it is


@transaction.atomic
def set_tutors(*, group: Group, appointment_ids: Collection[int], by: User) -> None:
    """The appointments whose group it is; a teacher sees the pupils of these."""
    policies.check(by, "keep_staff", school=group.school_id)
    held = Appointment.objects.filter(school=group.school_id, pk__in=appointment_ids)
    group.staff.set(held)  # type: ignore[attr-defined]


# --- year groups


@transaction.atomic
def set_year_groups(
    *, year: AcademicYear, enrolment_ids: Collection[int], year_group: str, by: User
) -> int:
    """Give these pupils of the school this year group in the academic year; how many changed.

    An empty `year_group` takes it away. Raises Refused for one that is none of the list.
    """
    policies.check(by, "keep_pupils", school=year.school_id)
    if year_group and not year_groups.is_known(year_group):
        raise policies.Refused(NOT_OF_THE_LIST)
    ids = {enrolment.pk for enrolment in _locked(year.school_id, enrolment_ids)}
    rows = EnrolmentYear.objects.filter(academic_year=year, enrolment__in=ids)
    if not year_group:
        gone, _ = rows.delete()
        return gone
    same = set(rows.filter(year_group=year_group).values_list("enrolment", flat=True))
    return _write_years(year, dict.fromkeys(ids - same, year_group))


def _write_years(year: AcademicYear, wanted: Mapping[int, str]) -> int:
    EnrolmentYear.objects.bulk_create(
        [
            EnrolmentYear(enrolment_id=pk, academic_year=year, year_group=name)
            for pk, name in sorted(wanted.items())
        ],
        update_conflicts=True,
        unique_fields=["enrolment", "academic_year"],
        update_fields=["year_group"],
    )
    return len(wanted)


@dataclass(frozen=True, slots=True)
class MovingUp:
    """What moving everybody up would do, year group by year group."""

    before: AcademicYear
    wanted: Mapping[int, str]  # by enrolment
    lines: tuple[tuple[str, str, int], ...]  # from, to, pupils
    stay: int  # have a year group in the new year already
    unknown: int  # nothing is known to follow theirs
    leavers: int  # off the roll before the new year begins

    @property
    def digest(self) -> str:
        return f"{len(self.wanted)}-{sum(self.wanted) % 1_000_003}-{self.stay}"


def moving_up(year: AcademicYear) -> MovingUp | None:
    """What `move_up` would do in this academic year; None where no year goes before it."""
    before = (
        AcademicYear.objects.filter(school=year.school_id, starts_on__lt=year.starts_on)
        .order_by("-starts_on")
        .first()
    )
    if before is None:
        return None
    there = set(
        EnrolmentYear.objects.filter(academic_year=year).values_list("enrolment", flat=True)
    )
    rows = EnrolmentYear.objects.filter(academic_year=before).values_list(
        "enrolment", "year_group", "enrolment__leaves_on"
    )
    wanted: dict[int, str] = {}
    counted: Counter[tuple[str, str]] = Counter()
    stay = unknown = leavers = 0
    for pk, name, leaves_on in rows:
        after = year_groups.following(name)
        if leaves_on and leaves_on < year.starts_on:
            leavers += 1
        elif pk in there:
            stay += 1
        elif after is None:
            unknown += 1
        else:
            wanted[pk] = after
            counted[name, after] += 1
    lines = sorted(
        ((one, other, number) for (one, other), number in counted.items()),
        key=lambda line: year_groups.order_of(line[0]),
    )
    return MovingUp(before, wanted, tuple(lines), stay, unknown, leavers)


@transaction.atomic
def move_up(*, year: AcademicYear, seen: str, by: User) -> int:
    """Give everybody who stays on the roll the next year group. Raises Refused."""
    policies.check(by, "keep_pupils", school=year.school_id)
    School.objects.select_for_update().get(pk=year.school_id)
    found = moving_up(year)
    if found is None or not found.wanted:
        raise policies.Refused("There is nobody to move up.")
    if found.digest != seen:
        raise policies.Refused("The rolls have changed since you looked. Look once more.")
    return _write_years(year, found.wanted)
