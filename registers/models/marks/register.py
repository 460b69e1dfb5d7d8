"""A class register: one group, one session."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Register(models.Model):
    group = models.ForeignKey("Group", models.PROTECT, related_name="registers", db_index=False)
    session = models.ForeignKey("Session", models.PROTECT, related_name="registers")
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="Who typed it in, where it was taken on paper by another.",
    )
    ended_at = models.DateTimeField(null=True)
    closed_because = models.CharField(
        max_length=200,
        blank=True,
        db_default="",
        help_text="Where a closure took in the whole group.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "session"], name="one_register_per_group_and_session"
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by__isnull=True)
                | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="taken_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"register {self.pk}"
