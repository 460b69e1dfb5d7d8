"""A morning or an afternoon of a school."""

from django.db import models

from registers.rules.codes import Half

HALVES = [(half.value, half.name) for half in Half]


class Session(models.Model):
    """A half day of the school's calendar. Not Django's session.

    Open with a reason beside it, it was due and lost: its marks say Y4 or another code of the
    closure. Not open, it was closed beforehand, is not due and has no marks.
    """

    school = models.ForeignKey("School", models.PROTECT, related_name="sessions", db_index=False)
    academic_year = models.ForeignKey("AcademicYear", models.PROTECT, related_name="sessions")
    date = models.DateField()
    half = models.SmallIntegerField(choices=HALVES)
    is_open = models.BooleanField(default=True)
    closed_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["school", "date", "half"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "date", "half"], name="one_session_per_school_date_and_half"
            ),
            models.CheckConstraint(
                condition=models.Q(half__in=[half.value for half in Half]),
                name="session_is_am_or_pm",
            ),
            models.CheckConstraint(
                condition=models.Q(is_open=True) | ~models.Q(closed_because=""),
                name="closed_session_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.date} {Half(self.half).name}"

    @property
    def is_held(self) -> bool:
        """Whether registers are taken in it."""
        return self.is_open and not self.closed_because
