"""Calls home, and what came of them."""

from django.conf import settings
from django.db import models


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
