"""The weeks in which a school meets."""

from django.db import models


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
