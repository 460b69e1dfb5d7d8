"""Who had crossed a line before Rollbook came: listed once, to be chosen from."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from interventions.models.letter import Letter


class CrossedBefore(models.Model):
    """A letter that would be due, had its line not been crossed before this register was kept here.

    It is no letter until somebody chooses it; it counts as one of its kind all the same, so that no
    night proposes it.
    """

    enrolment = models.ForeignKey("registers.Enrolment", models.PROTECT, related_name="+")
    academic_year = models.ForeignKey("registers.AcademicYear", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30, choices=Letter.KINDS)
    as_at = models.DateField(help_text="The last day that the figures counted.")
    missed = models.IntegerField(help_text="Sessions.")
    possible = models.IntegerField(help_text="Sessions.")
    listed_at = models.DateTimeField()
    letter = models.OneToOneField(Letter, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["listed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "academic_year", "kind"],
                name="listed_once_of_a_kind_per_enrolment_and_year",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, letter__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="crossed_before_decided_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, crossed before Rollbook, {self.as_at}"
