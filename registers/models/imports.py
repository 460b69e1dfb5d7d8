"""What was read in from a school’s files."""

from django.conf import settings
from django.db import models


class Import(models.Model):
    class State(models.TextChoices):
        WRITING = "writing"
        DONE = "done"
        STOPPED = "stopped"

    school = models.ForeignKey("School", models.PROTECT, related_name="imports")
    folder = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WRITING)
    files = models.JSONField(default=dict, help_text="The digest of each file.")
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-started_at"]

    def __str__(self):
        return f"import of {self.started_at:%Y-%m-%d %H:%M}"
