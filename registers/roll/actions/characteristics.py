"""What is true of a pupil for a time: special needs, free school meals and the like."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from registers import policies
from registers.models import (
    Characteristic,
    Pupil,
)
from registers.models.school.staff import User
from registers.roll.actions.wrong_fields import WrongFields
from registers.rules import admission
from registers.rules.admission import Spell
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
    if until_on and until_on < from_on:
        day = day_in_words(from_on)
        raise WrongFields({"until_on": f"The first day, {day}, is after this day"})
    others = Characteristic.objects.filter(pupil=pupil, kind=kind)
    _check_others(others.exclude(pk=characteristic.pk if characteristic else 0), from_on, until_on)
    row = characteristic or Characteristic(pupil=pupil)
    row.kind, row.value, row.from_on, row.until_on = kind, value, from_on, until_on
    row.save()
    return row


def _check_others(others: Iterable[Characteristic], from_on: date, until_on: date | None) -> None:
    """Of a kind there is one value at a time. Raises WrongFields for days that overlap."""
    for other in others:
        if admission.overlap(Spell(from_on, until_on), Spell(other.from_on, other.until_on)):
            until = f"until {day_in_words(other.until_on)}" if other.until_on else "without an end"
            stands = f"stands from {day_in_words(other.from_on)} {until} already"
            raise WrongFields(
                {
                    "from_on": f"{other.kind} {other.value} {stands}: end that first, or choose "
                    "other days"
                }
            )


@transaction.atomic
def remove_characteristic(*, characteristic: Characteristic, by: User) -> None:
    """For what was never true; what is over is ended."""
    policies.check(by, "keep_pupils", school=characteristic.pupil.school_id)
    characteristic.delete()
