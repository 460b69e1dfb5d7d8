"""Two pupils that were one child."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class PupilMerge(models.Model):
    """Two pupils of the register that were one child, brought together; what was moved is kept.

    `moved` holds all that an undo puts back: see `registers.roll.merging.actions`.
    """

    school = models.ForeignKey("School", models.PROTECT, related_name="pupil_merges")
    pupil = models.ForeignKey(
        "Pupil", models.PROTECT, related_name="merges", help_text="The one that stands."
    )
    other = models.ForeignKey(
        "Pupil", models.PROTECT, related_name="+", help_text="The one that went into it."
    )
    reason = models.CharField(max_length=500)
    moved = models.JSONField(default=dict)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="pupil_merge_says_why"),
            models.CheckConstraint(
                condition=~Q(pupil=F("other")), name="a_pupil_is_not_merged_with_itself"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="pupil_merge_undone_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.other_id} into {self.pupil_id}"
