"""Groups, who is in them from when until when, whose they are, and the year group of each pupil.

A pupil is in one registration group at a time: its register is the register of record of the day.
So a place in one begins after the pupil's last mark, or today: a register that was taken keeps the
pupils who were in it.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

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
from registers.rules.admission import last_day
from registers.rules.allowed_codes import day_in_words
from registers.rules.calendar import DAY
from registers.rules.grouping import grouped_by
from registers.rules.pupils import year_groups
from registers.rules.wording import first_so

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
    places = _places_of(enrolments, group, from_on)
    marked = _last_marks_before(today, group, enrolments, from_on)
    refused: list[RefusedPupil] = []
    for enrolment in enrolments:
        place = NewPlace(group, enrolment, from_on, places[enrolment.pk])
        why = place.why_not(marked.get(enrolment.pk, date.min))
        if why:
            refused.append(RefusedPupil(enrolment.pk, why))
        else:
            place.make()
    return len(enrolments) - len(refused), refused


def _locked(school_id: int, ids: Collection[int]) -> list[Enrolment]:
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(school=school_id, pk__in=ids)
    return list(rows.select_related("pupil").order_by("pk"))


def _places_of(
    enrolments: Collection[Enrolment], group: Group, day: date
) -> dict[int, list[Membership]]:
    """The places that a new one of that day may meet: in every registration group, else in this
    group."""
    among = {"group__kind": REGISTRATION} if group.kind == REGISTRATION else {"group": group}
    rows = Membership.objects.not_over(day).filter(enrolment__in=enrolments, **among)
    return grouped_by(rows.order_by("from_on"), attrgetter("enrolment_id"))


def _last_marks(enrolments: Collection[Enrolment]) -> dict[int, date]:
    rows = (
        Mark.objects.on_roll().filter(enrolment__in=enrolments).order_by().values_list("enrolment")
    )
    return dict(rows.annotate(Max("date")))


def _last_marks_before(
    today: date, group: Group, enrolments: Collection[Enrolment], day: date
) -> dict[int, date]:
    """A registration group keeps the pupils of registers that were taken; from today on, and in
    other groups, no mark holds anybody."""
    if group.kind != REGISTRATION or day >= today:
        return {}
    return _last_marks(enrolments)


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place in a group from a day, and the places that it may meet, not over by then."""

    group: Group
    enrolment: Enrolment
    from_on: date
    others: list[Membership]

    def why_not(self, last_mark: date) -> str:
        """Why the pupil cannot come into the group on that day, in words; empty where nothing is
        against it."""
        starts, leaves = self.enrolment.starts_on, last_day(self.enrolment)
        return first_so(
            (
                self.from_on < starts,
                f"comes on the roll on {day_in_words(starts)}: choose that day or later",
            ),
            (self.from_on > leaves, f"leaves the roll on {day_in_words(leaves)}"),
            (
                self.from_on <= last_mark,
                f"has marks up to {day_in_words(last_mark)}, in the registers of the group of that "
                "time: choose a later day",
            ),
            (self._is_in_already, f"is in {self.group.name} on that day already"),
        )

    @property
    def _is_in_already(self) -> bool:
        return any(
            other.group_id == self.group.pk and other.from_on <= self.from_on
            for other in self.others
        )

    def make(self) -> None:
        """Of registration groups the pupil is in one at a time: the others give way. Of another
        group the new place ends where the next begins."""
        ends = [self.enrolment.leaves_on]
        if self.group.kind == REGISTRATION:
            self._close_others()
        else:
            ends += [other.from_on - DAY for other in self.others]
        Membership.objects.create(
            group=self.group,
            enrolment=self.enrolment,
            from_on=self.from_on,
            until_on=min(filter(None, ends), default=None),
        )

    def _close_others(self) -> None:
        """What would have begun later, or on this very day, goes; what goes before ends."""
        others = Membership.objects.filter(pk__in=[other.pk for other in self.others])
        others.filter(from_on__gte=self.from_on).delete()
        others.update(until_on=self.from_on - DAY)


@transaction.atomic
def end_membership(*, membership: Membership, last_on: date, by: User, today: date) -> None:
    """The place ends with this day; one that had not begun by then is taken away."""
    group = membership.group
    policies.check(by, "keep_pupils", school=group.school_id)
    (enrolment,) = _locked(group.school_id, [membership.enrolment_id])
    membership = Membership.objects.get(pk=membership.pk)
    marked = _last_marks_before(today, group, [enrolment], last_on)
    _check_keeps_marks(enrolment, last_on, marked.get(enrolment.pk, date.min))
    if last_on < membership.from_on:
        membership.delete()
        return
    last_on = min(last_on, last_day(enrolment))
    others = Membership.objects.filter(group=group, enrolment=enrolment)
    if others.filter(from_on__gt=membership.from_on, from_on__lte=last_on).exists():
        raise policies.Refused("Another place in this group begins before that day.")
    Membership.objects.filter(pk=membership.pk).update(until_on=last_on)


def _check_keeps_marks(enrolment: Enrolment, last_on: date, last_mark: date) -> None:
    if last_on < last_mark:
        raise policies.Refused(
            f"{enrolment.pupil.full_name} has marks up to {day_in_words(last_mark)}: end the place "
            "on that day or later."
        )


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
    if not year_groups.is_known(year_group or year_groups.RECEPTION):
        raise policies.Refused(NOT_OF_THE_LIST)
    ids = {enrolment.pk for enrolment in _locked(year.school_id, enrolment_ids)}
    rows = EnrolmentYear.objects.filter(academic_year=year, enrolment__in=ids)
    if not year_group:
        gone, _ = rows.delete()
        return gone
    same = rows.filter(year_group=year_group).values_list("enrolment", flat=True)
    return _write_years(year, dict.fromkeys(ids - set(same), year_group))


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
    earlier = AcademicYear.objects.filter(school=year.school_id, starts_on__lt=year.starts_on)
    before = earlier.order_by("-starts_on").first()
    return None if before is None else _moving_up_from(before, year)


def _moving_up_from(before: AcademicYear, year: AcademicYear) -> MovingUp:
    there = EnrolmentYear.objects.filter(academic_year=year).values("enrolment")
    rows = EnrolmentYear.objects.filter(academic_year=before)
    staying = rows.exclude(enrolment__leaves_on__lt=year.starts_on)
    moving = dict(staying.exclude(enrolment__in=there).values_list("enrolment", "year_group"))
    wanted = {pk: after for pk, name in moving.items() if (after := year_groups.following(name))}
    counted = Counter((moving[pk], after) for pk, after in wanted.items())
    return MovingUp(
        before,
        wanted,
        lines=tuple((*names, counted[names]) for names in sorted(counted, key=_order_of_first)),
        stay=staying.filter(enrolment__in=there).count(),
        unknown=len(moving) - len(wanted),
        leavers=rows.filter(enrolment__leaves_on__lt=year.starts_on).count(),
    )


def _order_of_first(names: tuple[str, str]) -> tuple[int, str]:
    return year_groups.order_of(names[0])


@transaction.atomic
def move_up(*, year: AcademicYear, seen: str, by: User) -> int:
    """Give everybody who stays on the roll the next year group. Raises Refused."""
    policies.check(by, "keep_pupils", school=year.school_id)
    School.objects.select_for_update().get(pk=year.school_id)
    moving = moving_up(year)
    if moving is None or not moving.wanted:
        raise policies.Refused("There is nobody to move up.")
    if moving.digest != seen:
        raise policies.Refused("The rolls have changed since you looked. Look once more.")
    return _write_years(year, moving.wanted)
