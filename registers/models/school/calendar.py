"""When a school meets: its academic years, terms, sessions and school weeks."""

from collections.abc import Iterable
from datetime import date

from django.db import models

from registers.rules.codes import Half

HALVES = [(half.value, half.name) for half in Half]


class AcademicYear(models.Model):
    school = models.ForeignKey("School", models.PROTECT, related_name="academic_years")
    name = models.CharField(max_length=9, help_text="As the calendar writes it, such as 2025/26.")
    starts_on = models.DateField(help_text="The day of its first session.")
    ends_on = models.DateField(help_text="The day of its last session.")

    class Meta:
        ordering = ["school", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"], name="one_academic_year_of_a_name_per_school"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__lte=models.F("ends_on")),
                name="academic_year_starts_before_it_ends",
            ),
        ]

    def __str__(self):
        return self.name


class Term(models.Model):
    academic_year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="terms")
    name = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["academic_year", "name"], name="one_term_of_a_name_per_year"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__lte=models.F("ends_on")),
                name="term_starts_before_it_ends",
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.academic_year}"


class Session(models.Model):
    """A half day of the school's calendar. Not Django's session.

    Open with a reason beside it, it was due and lost: its marks say Y4 or another code of the
    closure. Not open, it was closed beforehand, is not due and has no marks.
    """

    school = models.ForeignKey("School", models.PROTECT, related_name="sessions", db_index=False)
    academic_year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="sessions")
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


class SchoolWeek(models.Model):
    """A week with at least one session, numbered without a restart in September."""

    pk = models.CompositePrimaryKey("school_id", "monday")
    school = models.ForeignKey("School", models.PROTECT, related_name="weeks", db_index=False)
    monday = models.DateField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="one_school_week_of_a_number")
        ]

    def __str__(self):
        return f"week of {self.monday}"


def current_year(years: Iterable[AcademicYear], today: date) -> AcademicYear | None:
    """The year of today, else the next one to begin, else the last."""
    order = sorted(years, key=lambda year: year.starts_on)
    return next((year for year in order if year.ends_on >= today), order[-1] if order else None)
