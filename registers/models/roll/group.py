"""Registration groups, teaching groups and trips, with who is in them and when."""

from django.db import models
from django.db.models import F, Q

from registers.models.on_roll import DatedQuerySet


class Group(models.Model):
    KINDS = [
        ("registration", "registration group"),
        ("teaching", "teaching group"),
        ("trip", "trip"),
    ]

    school = models.ForeignKey("School", models.PROTECT, related_name="groups", db_index=False)
    kind = models.CharField(max_length=12, choices=KINDS, default="registration")
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["school", "kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "kind", "name"], name="one_group_of_a_kind_and_name_per_school"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["registration", "teaching", "trip"]),
                name="group_is_of_a_known_kind",
            ),
        ]

    def __str__(self):
        return self.name


class Membership(models.Model):
    """Who is in a group, from one day to another, both included."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships")
    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="memberships")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet["Membership"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "enrolment", "from_on"],
                name="one_membership_per_group_enrolment_and_day",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="membership_starts_before_it_ends",
            ),
        ]

    def __str__(self):
        return f"{self.enrolment_id} in {self.group_id}"


class CutMembership(models.Model):
    """What a membership was before a corrected date of entry or leaving cut it short.

    While the row is there the membership (or nothing, where all of it fell away) holds only what
    lies within the time on the roll; when the dates are put back, this says from when until when.
    """

    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="cut_memberships")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    membership = models.OneToOneField(
        Membership, models.SET_NULL, null=True, blank=True, related_name="cut_from"
    )
    from_on = models.DateField(null=True, blank=True, help_text="Empty: from the date of entry.")
    until_on = models.DateField(null=True, blank=True, help_text="Empty: to the last day.")

    def __str__(self):
        return f"{self.enrolment_id} was in {self.group_id}"
