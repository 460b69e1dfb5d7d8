"""Attendance panels: a meeting, the pupils it looks at, what it decided, and its packs."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Panel(models.Model):
    """A meeting of leaders about some pupils' absence on one day."""

    # As `interventions.panels.queries` counts them: how many are on it, on how many it has decided.
    pupils: int
    decided: int

    school = models.ForeignKey("registers.School", models.PROTECT, related_name="panels")
    on = models.DateField("day")
    starts_at = models.TimeField("first meeting at", default="09:00")
    minutes_each = models.PositiveSmallIntegerField("minutes for each pupil", default=20)
    place = models.CharField(max_length=200)
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    members = models.TextField(blank=True, help_text="One on each line, with the position.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self):
        return f"panel of {self.on}"


class PanelCase(models.Model):
    """One pupil before a panel: when, the invitation, and what was decided."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="cases")
    enrolment = models.ForeignKey("registers.Enrolment", models.PROTECT, related_name="panel_cases")
    at = models.TimeField()
    letter = models.OneToOneField(
        "Letter", models.PROTECT, null=True, blank=True, related_name="panel_case"
    )
    withdrawn_at = models.DateTimeField("taken off this panel", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["panel", "at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["panel", "enrolment"], name="a_panel_looks_at_a_pupil_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="panel_decided_at_and_by_go_together",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="panel_withdrawn_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.enrolment_id} at {self.panel}"

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None
