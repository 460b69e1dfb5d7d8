"""The register's weekly totals."""

from django.db import models


class WeekTally(models.Model):
    """Sessions of one enrolment in one school week, by how they count.

    The only table derived from marks. Re-derived in the transaction that changes a mark, never
    added to, so that a repeat cannot make it drift.
    """

    pk = models.CompositePrimaryKey("enrolment_id", "monday")
    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="weeks", db_index=False)
    monday = models.DateField()
    attended = models.SmallIntegerField()
    authorised = models.SmallIntegerField()
    unauthorised = models.SmallIntegerField()
    late = models.SmallIntegerField()

    def __str__(self):
        return f"week of {self.monday}"
