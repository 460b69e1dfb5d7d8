"""Keep the UPN that a pupil had before, so that files and searches that name it find the child."""

from registers.models import FormerUpn, Pupil
from registers.models.school.staff import User


def keep_former_upn(*, pupil: Pupil, upn: str, reason: str, by: User | None) -> None:
    """Part of an action that gives `pupil` another UPN; the caller has checked and locked.

    A number that the pupil takes back is a former one no longer.
    """
    FormerUpn.objects.filter(pupil=pupil, upn=pupil.upn).delete()
    FormerUpn.objects.get_or_create(
        pupil=pupil, upn=upn, defaults={"reason": reason[:500], "by": by}
    )
