"""The numbers by which pupils are known: a new UPN, and the former one that still finds them."""

from collections import Counter

from django.db import transaction

from registers.exchange.layout.folder import Folder
from registers.exchange.problems.places import at_line
from registers.models import Pupil, School
from registers.models.school.staff import User
from registers.roll.actions.upns import keep_former_upn

REASON = "{place}: {upn} in the school’s files"


@transaction.atomic
def write_renumbered(school: School, folder: Folder, *, by: User | None) -> Counter[str]:
    """Pupils who have another UPN take it; what they had before is kept. Before all else."""
    done: Counter[str] = Counter()
    changes = [one for one in folder.renumbered if one.upn not in folder.waiting]
    had = [one for one in folder.also_had if one.upn not in folder.waiting]
    numbers = [one.before for one in changes] + [one.upn for one in had]
    pupils = {
        pupil.upn: pupil
        for pupil in Pupil.objects.select_for_update().filter(school=school, upn__in=numbers)
    }
    for change in changes:
        place = folder.where(at_line("pupils.csv", change.line))
        pupil, reason = pupils[change.before], REASON.format(place=place, upn=change.upn)
        pupil.upn = change.upn
        pupil.save(update_fields=["upn"])
        keep_former_upn(pupil=pupil, upn=change.before, reason=reason, by=by)
        done["changed"] += 1
    for one in had:
        place = folder.where(at_line("pupils.csv", one.line))
        reason = REASON.format(place=place, upn=one.before)
        keep_former_upn(pupil=pupils[one.upn], upn=one.before, reason=reason, by=by)
        done["new former"] += 1
    return done
