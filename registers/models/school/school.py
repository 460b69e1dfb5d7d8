"""A school and what it has decided for itself."""

from datetime import date

from django.db import models


class School(models.Model):
    # The last day with a session before today, of the schools of a viewer: see `web.access`.
    last_met_on: date | None = None

    urn = models.CharField("URN", max_length=6, unique=True)
    laestab = models.CharField("LAESTAB", max_length=7, blank=True)
    name = models.CharField(max_length=200)
    headteacher = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    sessions_expected = models.PositiveSmallIntegerField(
        default=380, help_text="Sessions the school must plan in a year; academies may differ."
    )
    morning_at = models.TimeField("morning register", default="08:45")
    afternoon_at = models.TimeField("afternoon register", default="13:15")
    register_minutes = models.PositiveSmallIntegerField(
        default=30, help_text="How long a register stays open, the same for every session."
    )
    register_minutes_reason = models.CharField(max_length=500, blank=True)
    later_times = models.JSONField(
        default=list,
        blank=True,
        help_text="Register times from a day on, as registers.clock reads them; empty: as above.",
    )
    bands = models.JSONField(
        default=list, blank=True, help_text="Names and edges of the bands; empty: the default."
    )

    everyday_codes = models.JSONField(
        default=list, blank=True, help_text="Codes that a teacher may set; empty: the default."
    )
    local_authority = models.CharField(max_length=100, blank=True)
    set_up_at = models.DateTimeField(null=True, blank=True)
    letters_after_sessions = models.PositiveSmallIntegerField(
        default=20,
        help_text="Possible sessions of a pupil's year before the night proposes a letter.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(register_minutes__lte=30)
                | ~models.Q(register_minutes_reason=""),
                name="register_open_over_30_minutes_has_a_reason",
            )
        ]

    def __str__(self):
        return self.name
