"""What happens around the register on a day: calls home, sign-outs and returns."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class FollowUp(models.Model):
    """One try to find out why a pupil is absent on a day."""

    class Channel(models.TextChoices):
        CALL = "call", "Telephone"
        TEXT = "text", "Text message"
        EMAIL = "email", "E-mail"
        VISIT = "visit", "Home visit"
        OTHER = "other", "Another way"

    class Outcome(models.TextChoices):
        REASON = "reason", "Reason found out"
        NO_ANSWER = "no_answer", "No answer"
        MESSAGE = "message", "Message left"
        SEEN = "seen", "Child seen and safe"
        CONCERN = "concern", "Concern passed on"

    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="follow_ups")
    date = models.DateField(help_text="The day of the absence.")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    person = models.ForeignKey("Person", models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    note = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["date"], name="follow_up_day")]

    def __str__(self):
        return f"{self.get_channel_display()} for {self.date}"


class SignOut(models.Model):
    """A pupil who leaves during the day, and the return. It never changes a mark."""

    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="sign_outs")
    date = models.DateField()
    left_at = models.DateTimeField()
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who wrote it down."
    )
    reason = models.CharField(max_length=200)
    collected_by_whom = models.CharField("collected by", max_length=200, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-left_at", "-pk"]
        indexes = [models.Index(fields=["date"], name="sign_out_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, returned_by__isnull=True)
                | Q(returned_at__isnull=False, returned_by__isnull=False),
                name="returned_at_and_by_go_together",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gte=F("left_at")),
                name="return_is_after_leaving",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=False, left_by__isnull=False),
                name="left_at_and_by_go_together",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "date"],
                condition=Q(returned_at__isnull=True),
                name="a_pupil_is_out_once_at_a_time",
            ),
        ]

    def __str__(self):
        return f"out on {self.date}"
