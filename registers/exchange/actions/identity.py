"""The numbers by which pupils are known: a new UPN, and the former one that still finds them."""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from registers.exchange.layout.folder import Folder, Renumbered
from registers.exchange.problems.places import at_line
from registers.models import Pupil, School
from registers.models.school.staff import User
from registers.roll.actions.upns import keep_former_upn
from registers.rules.grouping import keyed

REASON = "{place}: {upn} in the school’s files"


@transaction.atomic
def write_renumbered(school: School, folder: Folder, *, by: User | None) -> Counter[str]:
    """Pupils who have another UPN take it; what they had before is kept. Before all else."""
    changes = _without_wrong_rows(folder.renumbered, folder)
    also_had = _without_wrong_rows(folder.also_had, folder)
    numbers = [change.before for change in changes] + [former.upn for former in also_had]
    there = Pupil.objects.select_for_update().filter(school=school, upn__in=numbers)
    pupils = keyed(there, "upn")
    for change in changes:
        pupil = pupils[change.before]
        pupil.upn = change.upn
        pupil.save(update_fields=["upn"])
        reason = _reason(folder, change.line, change.upn)
        keep_former_upn(pupil=pupil, upn=change.before, reason=reason, by=by)
    for former in also_had:
        reason = _reason(folder, former.line, former.before)
        keep_former_upn(pupil=pupils[former.upn], upn=former.before, reason=reason, by=by)
    return Counter({"changed": len(changes), "new former": len(also_had)})


def _reason(folder: Folder, line: int, upn: str) -> str:
    return REASON.format(place=folder.where(at_line("pupils.csv", line)), upn=upn)


def _without_wrong_rows(numbers: Iterable[Renumbered], folder: Folder) -> list[Renumbered]:
    return [number for number in numbers if number.upn not in folder.waiting]
