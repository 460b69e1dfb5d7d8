"""Answers about a system’s files, kept under a name."""

from django.conf import settings
from django.db import models


class ImportMapping(models.Model):
    """What a person answered about a system's files, kept under a name for the next time.

    The answers hang on headings and words, not on files, and name no child.
    """

    school = models.ForeignKey("School", models.PROTECT, related_name="import_mappings")
    name = models.CharField(max_length=60)
    answers = models.JSONField(default=dict, help_text="By the id of the question.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    used_at = models.DateTimeField()

    class Meta:
        ordering = ["-used_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"], name="one_import_mapping_of_a_name_per_school"
            ),
        ]

    def __str__(self):
        return self.name
