"""Marks that came in too late from a device."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from registers.models.school.session import HALVES


class HeldMark(models.Model):
    """A mark that was made on a device and came in too late, or by a clock that is wrong.

    It is in no register until the office accepts it. `seen` is the version of the mark that its
    maker saw; `clock_off` is by how many seconds the device's clock was ahead of ours.
    """

    class Why(models.IntegerChoices):
        ENDED = 1, "The register had ended"
        CLOCK = 2, "The clock of the device was wrong"

    save_key = models.UUIDField()
    group = models.ForeignKey("Group", models.PROTECT, related_name="held_marks", db_index=False)
    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="held_marks")
    date = models.DateField()
    half = models.SmallIntegerField(choices=HALVES)
    code = models.ForeignKey("Code", models.PROTECT, related_name="+", db_index=False)
    minutes_late = models.SmallIntegerField(null=True)
    comment = models.CharField(max_length=500, blank=True)
    paper = models.CharField(max_length=500, blank=True)
    seen = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    arrived_at = models.DateTimeField()
    why = models.SmallIntegerField(choices=Why.choices)
    clock_off = models.IntegerField(default=0)
    accepted = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["date", "half", "group", "made_at", "pk"]
        indexes = [
            models.Index(
                fields=["group", "date", "half"],
                name="held_mark_waits",
                condition=Q(decided_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["save_key", "enrolment"], name="one_held_mark_per_save_and_pupil"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, accepted__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, accepted__isnull=False),
                name="held_decided_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.date} {self.code_id}, held"
