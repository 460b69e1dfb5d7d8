"""One run of the night for one school: what was done and what failed."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Night(models.Model):
    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    school = models.ForeignKey("registers.School", models.PROTECT, related_name="nights")
    as_at = models.DateField(help_text="The last day that its figures count.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    enrolments_checked = models.IntegerField(default=0)
    tallies_repaired = models.IntegerField(default=0)
    standings_moved = models.IntegerField(default=0)
    letters_proposed = models.IntegerField(default=0)
    crossings_listed = models.IntegerField(
        default=0, help_text="Pupils who had crossed before Rollbook came."
    )
    problems = models.JSONField(default=list, help_text="What failed, in words, without names.")

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(state="running"),
                name="one_night_at_a_time_per_school",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "done", "failed"]),
                name="night_is_in_a_known_state",
            ),
        ]

    def __str__(self):
        return f"night of {self.started_at:%Y-%m-%d}, as at {self.as_at}"
