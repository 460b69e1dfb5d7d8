"""The academic years of a school."""

from collections.abc import Iterable
from datetime import date
from operator import attrgetter

from django.db import models


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


def current_year(years: Iterable[AcademicYear], today: date) -> AcademicYear | None:
    """The year of today, else the next one to begin, else the last."""
    order = sorted(years, key=attrgetter("starts_on"))
    return next((year for year in order if year.ends_on >= today), order[-1] if order else None)
