"""What is planned, agreed or granted before the day comes: planned absences and cover."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

EVERY_SESSION = 0b11_1111_1111


class PlannedAbsence(models.Model):
    """A code that is known beforehand for some sessions of a pupil, with the paper it needs.

    No mark lies in the future: a plan becomes a mark when the register of its session is opened.
    `slots` are the sessions of a week that it covers: bit 2 * weekday + half, Monday morning first.
    A plan for a group is one row for each of its pupils, with the same `batch`.
    """

    class Kind(models.TextChoices):
        LEAVE = "leave", "Leave"
        VISIT = "visit", "Visit or trip"
        PART_TIME = "part_time", "Part-time timetable"
        PROVISION = "provision", "Provision elsewhere"
        DUAL = "dual", "Dual registration"

    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="planned_absences")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.ForeignKey("Code", models.PROTECT, related_name="+", db_index=False)
    from_on = models.DateField("first day")
    until_on = models.DateField("last day")
    slots = models.SmallIntegerField(default=EVERY_SESSION)
    note = models.CharField("reason", max_length=500, blank=True)
    place = models.CharField(max_length=200, blank=True)
    activity = models.CharField("nature of the activity", max_length=200, blank=True)
    supervised_by = models.CharField(
        max_length=200, blank=True, help_text="Who is in charge of the pupil there, for K and B."
    )
    agreed_with = models.CharField(
        max_length=200, blank=True, help_text="The parent or person with whom it was agreed."
    )
    agreed_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    batch = models.UUIDField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["from_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="plan_starts_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Q(slots__gt=0, slots__lte=EVERY_SESSION), name="plan_covers_a_session"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["leave", "visit", "part_time", "provision", "dual"]),
                name="plan_is_of_a_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="withdrawn_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.from_on} to {self.until_on}"
