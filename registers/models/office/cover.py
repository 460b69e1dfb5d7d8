"""Cover: a group whose registers a colleague takes on one day."""

from django.conf import settings
from django.db import models


class Cover(models.Model):
    """A group whose registers somebody else takes on one day."""

    group = models.ForeignKey("Group", models.PROTECT, related_name="covers")
    date = models.DateField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="covers")
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["date", "group"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "date", "user"], name="one_cover_per_group_day_and_person"
            )
        ]

    def __str__(self):
        return f"cover on {self.date}"
