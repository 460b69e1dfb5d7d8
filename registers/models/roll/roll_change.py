"""The history of the admission register: what was changed, why and by whom."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class RollChange(models.Model):
    """One change of what the admission register says of a pupil or a contact. Only ever added to.

    It holds what an amendment of either register must keep: the original entry, the amended entry,
    the reason, the time, and the name and position of the person. An entry that was empty before
    and is filled in later is none.
    """

    pupil = models.ForeignKey(
        "Pupil", models.PROTECT, null=True, blank=True, related_name="roll_changes"
    )
    person = models.ForeignKey(
        "Person", models.PROTECT, null=True, blank=True, related_name="roll_changes"
    )
    what = models.CharField(max_length=60, help_text="The entry, as in surname.")
    before = models.TextField()
    after = models.TextField(blank=True)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(db_default=Now(), help_text="By the database's clock.")
    by = models.ForeignKey(  # an import on an empty database has nobody to name
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    by_name = models.CharField(max_length=200)
    by_position = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pupil__isnull=True, person__isnull=False)
                | Q(pupil__isnull=False, person__isnull=True),
                name="roll_change_is_of_a_pupil_or_a_person",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="roll_change_says_why"),
        ]

    def __str__(self):
        return f"{self.what}: {self.before} to {self.after or 'nothing'}"
