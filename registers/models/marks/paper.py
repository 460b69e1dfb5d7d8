"""What some codes need on paper, and what is still missing."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models


class PaperQuerySet(models.QuerySet["Paper"]):
    def of_school(self, school: Any) -> "PaperQuerySet":
        return self.filter(enrolment__school=school)

    def of_day(self, on: date) -> "PaperQuerySet":
        return self.filter(academic_year__starts_on__lte=on, academic_year__ends_on__gte=on)

    def missing(self) -> "PaperQuerySet":
        """Those on the office's list. One whose marks were all changed since waits for nobody."""
        return self.filter(completed_at__isnull=True, sessions__gt=0)

    def complete(self) -> "PaperQuerySet":
        return self.filter(completed_at__isnull=False)


class Paper(models.Model):
    """What must be held beside a code that needs a paper: on the office's list until it is."""

    MOST = 500

    enrolment = models.ForeignKey(
        "Enrolment", models.PROTECT, related_name="papers", db_index=False
    )
    academic_year = models.ForeignKey("AcademicYear", models.PROTECT, related_name="+")
    code = models.ForeignKey("Code", models.PROTECT, related_name="+", db_index=False)
    first_on = models.DateField()
    last_on = models.DateField()
    sessions = models.IntegerField()
    note = models.CharField(
        max_length=500, blank=True, help_text="What the code asks for, as somebody wrote it down."
    )
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "academic_year", "code"],
                name="one_paper_per_enrolment_year_and_code",
            ),
            models.CheckConstraint(
                condition=models.Q(completed_at__isnull=True, completed_by__isnull=True)
                | models.Q(completed_at__isnull=False, completed_by__isnull=False),
                name="completed_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"paper for {self.code_id}"
