"""What is true of a pupil for a time: special needs, free school meals and the like."""

from datetime import date

from django.db import transaction

from registers import policies
from registers.models import (
    Characteristic,
    Pupil,
)
from registers.models.on_roll import DatedQuerySet
from registers.models.school.staff import User
from registers.roll.actions.wrong_fields import WrongFields
from registers.rules.admission import Spell, last_day, until_in_words
from registers.rules.allowed_codes import day_in_words


@transaction.atomic
def write_characteristic(
    *,
    pupil: Pupil,
    characteristic: Characteristic | None,
    kind: str,
    value: str,
    from_on: date,
    until_on: date | None,
    by: User,
) -> Characteristic:
    """Add one, or change the one given. Raises WrongFields where the kind has a value then."""
    policies.check(by, "keep_pupils", school=pupil.school_id)
    Pupil.objects.select_for_update().get(pk=pupil.pk)
    row = characteristic or Characteristic(pupil=pupil)
    others = Characteristic.objects.filter(pupil=pupil, kind=kind).exclude(pk=row.pk)
    _check_days(Spell(from_on, until_on), others)
    row.kind, row.value, row.from_on, row.until_on = kind, value, from_on, until_on
    row.save()
    return row


def _check_days(days: Spell, others: DatedQuerySet[Characteristic]) -> None:
    """Of a kind there is one value at a time. Raises WrongFields for days that overlap."""
    if last_day(days) < days.starts_on:
        day = day_in_words(days.starts_on)
        raise WrongFields({"until_on": f"The first day, {day}, is after this day"})
    other = others.in_force(days.starts_on, until=last_day(days)).first()
    if other is not None:
        raise WrongFields({"from_on": _stands_already(other)})


def _stands_already(other: Characteristic) -> str:
    days = f"{day_in_words(other.from_on)} {until_in_words(other.until_on)}"
    return (
        f"{other.kind} {other.value} stands from {days} already: end that first, or choose "
        "other days"
    )


@transaction.atomic
def remove_characteristic(*, characteristic: Characteristic, by: User) -> None:
    """For what was never true; what is over is ended."""
    policies.check(by, "keep_pupils", school=characteristic.pupil.school_id)
    characteristic.delete()
