"""Who was asked to join a school's staff."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from registers.models.school.appointment import Appointment


class Invitation(models.Model):
    """A link for one person to one role; only the digest of its secret is kept.

    Without a school it is the very first administrator's, who then makes the school. With an
    account it sets the first password of one that was made by an import.
    """

    school = models.ForeignKey(
        "School", models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=Appointment.Role.choices)
    position = models.CharField(max_length=200, blank=True)
    groups: models.ManyToManyField = models.ManyToManyField("Group", blank=True, related_name="+")
    digest = models.CharField("SHA-256 of the link's secret", max_length=64, unique=True)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    sent_at = models.DateTimeField(
        null=True, blank=True, help_text="When a worker sent its link by e-mail."
    )
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="accepted_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"invitation of {self.name or self.email or 'the first administrator'}"
