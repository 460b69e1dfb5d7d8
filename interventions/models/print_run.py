"""Letters that go to the printer together."""

from django.conf import settings
from django.db import models


class PrintRun(models.Model):
    """Approved copies printed together as one PDF; confirmed when they are in the post."""

    letters: int  # how many are in it, as `interventions.letters.print_runs` counts them

    school = models.ForeignKey("registers.School", models.PROTECT, related_name="print_runs")
    job = models.OneToOneField(
        "registers.Job", models.PROTECT, null=True, blank=True, related_name="print_run"
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="confirmed_at_and_by_go_together",
            )
        ]

    def __str__(self):
        return f"print run of {self.made_at:%Y-%m-%d %H:%M}"
