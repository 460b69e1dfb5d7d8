"""Long work that people can watch, leave and come back to."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Job(models.Model):
    """Work that a worker does for a person. Its outcome is here, not in the task queue."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waits for a worker"
        RUNNING = "running", "At work"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("School", models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=60, help_text="The task that does it.")
    action = models.CharField(max_length=40, help_text="The policy that opens its page and file.")
    title = models.CharField(max_length=200)
    asked = models.JSONField(default=dict, help_text="What it was started with.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    said = models.CharField(max_length=500, blank=True, help_text="What it does now, in words.")
    answer = models.JSONField(default=dict, help_text="What came of it.")
    file = models.FileField(upload_to="jobs/%Y", blank=True)
    digest = models.CharField("SHA-256 of the file", max_length=64, blank=True)
    filename = models.CharField(max_length=100, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    alive_at = models.DateTimeField(null=True, help_text="When its worker last moved it.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed"]),
                name="job_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(digest="", file="") | (~Q(digest="") & ~Q(file="")),
                name="file_of_a_job_has_its_digest",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)
