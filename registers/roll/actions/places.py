"""The admission register: the year group in an academic year, the registration group from a day.

A change of group closes the membership on the day before, as in the imports
(`registers.exchange.actions`).
"""

from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from registers import policies
from registers.models import (
    AcademicYear,
    Enrolment,
    EnrolmentYear,
    Group,
    Mark,
    Membership,
    Pupil,
)
from registers.models.school.staff import User
from registers.roll.actions.wrong_fields import WrongFields
from registers.rules.admission import Spell, last_day
from registers.rules.allowed_codes import day_in_words
from registers.rules.calendar import DAY
from registers.rules.pupils import year_groups


def enrol(pupil: Pupil, spell: Spell, year_group: str, group: Group | None) -> Enrolment:
    enrolment = Enrolment.objects.create(school_id=pupil.school_id, pupil=pupil, **asdict(spell))
    if year := academic_years_of(enrolment).first():
        _put_in_year(enrolment, year, year_group)
    if group is not None:
        _put_in_group(enrolment, group, enrolment.starts_on)
    return enrolment


@transaction.atomic
def place_pupil(
    *,
    enrolment: Enrolment,
    academic_year: AcademicYear | None = None,
    year_group: str = "",
    group: Group | None = None,
    from_on: date | None = None,
    by: User,
    today: date | None = None,
) -> None:
    """The year group in an academic year, and the registration group from a day.

    Both are optional: an empty year group takes the year's row away, no group changes nothing.
    Raises WrongFields. A register that was taken keeps the pupils who were in it: a group changes
    after the last mark, or from today.
    """
    policies.check(by, "keep_pupils", school=enrolment.school_id)
    there = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if academic_year is not None:
        _put_in_year(there, academic_year, year_group)
    if group is not None:
        _move_to_group(there, group, from_on or there.starts_on, today or timezone.localdate())


def _move_to_group(enrolment: Enrolment, group: Group, first: date, today: date) -> None:
    _check_first_day(enrolment, first)
    if first < today:
        _refuse_to_leave_taken_registers(enrolment, group, first)
    _put_in_group(enrolment, group, first)


def _check_first_day(enrolment: Enrolment, first: date) -> None:
    starts, leaves = enrolment.starts_on, last_day(enrolment)
    if first < starts:
        day = day_in_words(starts)
        raise WrongFields({"from_on": f"The pupil comes on the roll on {day}, after this day"})
    if first > leaves:
        day = day_in_words(leaves)
        raise WrongFields({"from_on": f"The pupil leaves the roll on {day}, before this day"})


def academic_years_of(enrolment: Enrolment) -> QuerySet[AcademicYear]:
    """The school's academic years that the time on the roll reaches into, in order."""
    return AcademicYear.objects.filter(
        school=enrolment.school_id,
        ends_on__gte=enrolment.starts_on,
        starts_on__lte=last_day(enrolment),
    ).order_by("starts_on")


def _put_in_year(enrolment: Enrolment, year: AcademicYear, year_group: str) -> None:
    """Raises WrongFields for what is not on the list; what stands in other words may stay."""
    year_group = year_group.strip()
    rows = EnrolmentYear.objects.filter(enrolment=enrolment, academic_year=year)
    if not year_group:
        rows.delete()
    elif year_groups.is_known(year_group):
        EnrolmentYear.objects.update_or_create(
            enrolment=enrolment, academic_year=year, defaults={"year_group": year_group}
        )
    elif not rows.filter(year_group=year_group).exists():
        raise WrongFields({"year_group": f"Choose {year_groups.EXPECTED}"})


def _refuse_to_leave_taken_registers(enrolment: Enrolment, group: Group, first: date) -> None:
    marks = Mark.objects.on_roll().filter(enrolment=enrolment, date__gte=first)
    last = marks.aggregate(last=Max("date"))["last"]
    if last is None:
        return
    others = Membership.objects.in_force(first, until=last).filter(
        enrolment=enrolment, group__kind="registration"
    )
    if others.exclude(group=group).exists():
        raise WrongFields(
            {
                "from_on": f"The pupil has marks up to {day_in_words(last)}, in the registers of "
                "the group of that time: choose a later day"
            }
        )


def _put_in_group(enrolment: Enrolment, group: Group, first: date) -> None:
    """One registration group at a time: what began later gives way, the one before ends."""
    registration = Membership.objects.filter(enrolment=enrolment, group__kind="registration")
    registration.filter(from_on__gte=first).delete()
    before = registration.in_force(first).order_by("from_on").last()
    if before is not None and before.group_id == group.pk:
        before.until_on = enrolment.leaves_on
        before.save(update_fields=["until_on"])
        return
    registration.in_force(first).update(until_on=first - DAY)
    Membership.objects.create(
        group=group, enrolment=enrolment, from_on=first, until_on=enrolment.leaves_on
    )
