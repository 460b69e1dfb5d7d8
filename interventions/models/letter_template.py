"""A school's own words for its letters, every version kept."""

from django.conf import settings
from django.db import models


class LetterTemplate(models.Model):
    """One version of the words of one kind of letter; the highest version is in force.

    `body` is sanitised HTML with merge fields of a list: see
    `interventions.letters.wordings.merge_fields`.
    """

    school = models.ForeignKey("registers.School", models.PROTECT, related_name="letter_templates")
    kind = models.CharField(max_length=30)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["school", "kind", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "kind", "version"],
                name="one_letter_template_per_kind_and_version",
            )
        ]

    def __str__(self):
        return f"{self.kind}, version {self.version}"
