"""A roll call of the whole school, as at a fire: who was to be found, and who was seen when."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class RollCall(models.Model):
    """One at a time in a school. It stays: a school shows how long its last practice took."""

    school = models.ForeignKey("School", models.PROTECT, related_name="roll_calls")
    is_practice = models.BooleanField("practice", default=False)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who called it."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(
        max_length=500, blank=True, help_text="What was done about who was not found."
    )

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(ended_at__isnull=True),
                name="one_roll_call_of_a_school_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="roll_call_ended_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"roll call of {self.started_at:%Y-%m-%d %H:%M}"


class RollCallChild(models.Model):
    """Where a pupil on the roll was when the roll call began; the list does not change after."""

    class Where(models.TextChoices):
        HERE = "here", "On site"
        LOOK = "look", "Look for"
        AWAY = "away", "Not on site"

    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="children")
    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="+", db_index=False)
    group_name = models.CharField(max_length=60, blank=True)
    where = models.CharField(max_length=4, choices=Where.choices)
    note = models.CharField(max_length=100, blank=True, help_text="Never why somebody is away.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roll_call", "enrolment"], name="a_pupil_is_once_in_a_roll_call"
            )
        ]

    def __str__(self):
        return f"{self.enrolment_id} in {self.roll_call}"


class RollCallTick(models.Model):
    """Somebody saw a pupil, or took that back. Never changed: the latest one counts.

    `key` is made on the device, one for each press, so that what is sent twice is there once.
    """

    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="ticks", db_index=False)
    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField()
    is_found = models.BooleanField()
    made_at = models.DateTimeField(help_text="When it was pressed, where it waited on a device.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["roll_call", "key", "enrolment"], name="one_tick_of_a_press_and_pupil"
            )
        ]

    def __str__(self):
        return f"{'found' if self.is_found else 'not found'} at {self.made_at:%H:%M:%S}"
