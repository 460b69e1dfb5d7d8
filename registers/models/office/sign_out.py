"""Pupils who leave during the day and come back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class SignOut(models.Model):
    """A pupil who leaves during the day, and the return. It never changes a mark."""

    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="sign_outs")
    date = models.DateField()
    left_at = models.DateTimeField()
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who wrote it down."
    )
    reason = models.CharField(max_length=200)
    collected_by_whom = models.CharField("collected by", max_length=200, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-left_at", "-pk"]
        indexes = [models.Index(fields=["date"], name="sign_out_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, returned_by__isnull=True)
                | Q(returned_at__isnull=False, returned_by__isnull=False),
                name="returned_at_and_by_go_together",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gte=F("left_at")),
                name="return_is_after_leaving",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=False, left_by__isnull=False),
                name="left_at_and_by_go_together",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "date"],
                condition=Q(returned_at__isnull=True),
                name="a_pupil_is_out_once_at_a_time",
            ),
        ]

    def __str__(self):
        return f"out on {self.date}"
