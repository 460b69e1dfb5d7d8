"""The papers of a panel as one PDF."""

from django.conf import settings
from django.db import models


class Pack(models.Model):
    """The papers of a panel as one PDF, built by a job, which has its progress and its file."""

    panel = models.ForeignKey("Panel", models.PROTECT, related_name="packs")
    job = models.OneToOneField("registers.Job", models.PROTECT, related_name="pack")
    for_family = models.BooleanField(default=False)
    cases: models.ManyToManyField = models.ManyToManyField("PanelCase", related_name="packs")
    as_at = models.DateField(help_text="The last day that its figures count.")
    pages = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-made_at"]

    def __str__(self):
        return f"pack for {self.panel}"
