"""A year’s sessions at another school."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class PriorAttendance(models.Model):
    """A year's attendance at another school, as that school's transfer file says it, in sessions.

    Told beside this school's figures and never added to them: nobody here took those registers.
    """

    pupil = models.ForeignKey(
        "Pupil", models.PROTECT, related_name="prior_attendance", db_index=False
    )
    academic_year = models.CharField(max_length=9, help_text="As in 2025/26.")
    laestab = models.CharField("LAESTAB", max_length=7, blank=True)
    school_name = models.CharField(max_length=200, blank=True)
    possible = models.SmallIntegerField("sessions possible")
    attended = models.SmallIntegerField("sessions attended")
    authorised = models.SmallIntegerField("sessions of authorised absence")
    unauthorised = models.SmallIntegerField("sessions of unauthorised absence")
    source = models.CharField(max_length=200, help_text="The file that said so.")
    read_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pupil", "-academic_year", "pk"]
        verbose_name_plural = "prior attendance"
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "academic_year", "laestab", "school_name"],
                name="one_prior_attendance_per_pupil_year_and_school",
            ),
            models.CheckConstraint(
                condition=Q(attended__gte=0, authorised__gte=0, unauthorised__gte=0)
                & Q(possible__gte=F("attended") + F("authorised") + F("unauthorised")),
                name="prior_attendance_is_within_what_was_possible",
            ),
        ]

    def __str__(self):
        return f"{self.academic_year} at {self.school_name or self.laestab or 'another school'}"
