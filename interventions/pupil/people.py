"""The pupil's contacts, and the others for whom they have responsibility."""

from datetime import date

from django.db.models import Exists, OuterRef, Subquery

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
        .annotate(is_here=Exists(here), group=Subquery(group.values("group__name")[:1]))
        .order_by("priority", "pk")
    )
    contacts, others = [], []
    for row in rows:
        if row.pupil_id == pupil_id:
            contacts.append(ContactShown(row))
        elif row.is_here and row.has_responsibility:
            others.append(row)
    responsible = {one.person.pk for one in contacts if one.relationship.has_responsibility}
    siblings = {
        row.pupil_id: SiblingOnRoll(
            row.pupil_id, f"{row.pupil.forename} {row.pupil.surname}", row.group or ""
        )
        for row in others
        if row.person_id in responsible
    }
    return contacts, sorted(siblings.values(), key=lambda one: one.name)
