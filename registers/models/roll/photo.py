"""A pupil’s photograph."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from registers.rules.pupils.photo_files import SHORT


class Photo(models.Model):
    """A pupil's photograph, small and square; the file is served only by a view."""

    pupil = models.OneToOneField("Pupil", models.PROTECT, primary_key=True, related_name="photo")
    file = models.CharField(max_length=200, help_text="Below the folder of documents.")
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(added_at__isnull=False, added_by__isnull=False),
                name="photo_added_at_and_by_go_together",
            )
        ]

    def __str__(self):
        return f"photo of pupil {self.pupil_id}"

    @property
    def short_digest(self) -> str:
        """As its address carries it: another photo has another address."""
        return self.digest[:SHORT]
