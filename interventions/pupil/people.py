"""The pupil's contacts, and the others for whom they have responsibility."""

from datetime import date
from operator import attrgetter

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from interventions.pupil.page import ContactShown, SiblingOnRoll
from registers.models import Enrolment, Membership, Relationship


def people_of(pupil_id: int, today: date) -> tuple[list[ContactShown], list[SiblingOnRoll]]:
    """The pupil's contacts in order, and the others for whom they have responsibility, in one
    statement."""
    here = Enrolment.objects.on_roll(today).filter(pupil=OuterRef("pupil"))
    group = (
        Membership.objects.in_force(today)
        .filter(enrolment__pupil=OuterRef("pupil"), group__kind="registration")
        .order_by("-from_on")
    )
    theirs = Relationship.objects.filter(pupil=pupil_id)
    rows = (
        Relationship.objects.filter(person__in=theirs.values("person"))
        .select_related("person", "pupil")
        .annotate(
            is_here=Exists(here),
            group=Coalesce(Subquery(group.values("group__name")[:1]), Value("")),
            is_shared=Exists(theirs.filter(person=OuterRef("person"), has_responsibility=True)),
        )
        .filter(Q(pupil=pupil_id) | Q(is_here=True, is_shared=True, has_responsibility=True))
        .order_by("priority", "pk")
    )
    contacts: list[ContactShown] = []
    siblings: dict[int, SiblingOnRoll] = {}
    for row in rows:
        if row.pupil_id == pupil_id:
            contacts.append(ContactShown(row))
        else:
            name = f"{row.pupil.forename} {row.pupil.surname}"
            siblings[row.pupil_id] = SiblingOnRoll(row.pupil_id, name, row.group)
    return contacts, sorted(siblings.values(), key=attrgetter("name"))
