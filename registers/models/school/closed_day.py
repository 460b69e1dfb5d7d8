"""Days within a term on which no session is due."""

from django.db import models

from registers.models.school.session import HALVES
from registers.rules.codes import Half


class ClosedDay(models.Model):
    """A weekday of an academic year on which the school plans to meet nobody, and why.

    `half` is empty for a whole day. From these and the terms the sessions are planned. A session
    that was due and then lost is not here: its marks say Y4.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "Holiday"
        INSET = "inset", "INSET day"
        BANK_HOLIDAY = "bank_holiday", "Bank holiday"
        OTHER = "other", "Another closure"

    academic_year = models.ForeignKey("AcademicYear", models.PROTECT, related_name="closed_days")
    date = models.DateField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=100, blank=True)
    half = models.SmallIntegerField(
        choices=HALVES, null=True, blank=True, help_text="Where only one half of the day is closed."
    )

    class Meta:
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(
                fields=["academic_year", "date"], name="one_closed_day_of_a_date_per_year"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["holiday", "inset", "bank_holiday", "other"]),
                name="closed_day_is_of_a_known_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(half__isnull=True)
                | models.Q(half__in=[half.value for half in Half]),
                name="closed_half_is_am_or_pm",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.date}"
