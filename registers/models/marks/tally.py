"""The register's weekly totals."""

from django.db import models


class WeekTally(models.Model):
    """Sessions of one enrolment in one school week, by how they count; `made` is how many have a
    mark, whatever it says.

    The only table derived from marks. Re-derived in the transaction that changes a mark, never
    added to, so that a repeat cannot make it drift. The school stands in the row and leads an
    index: the pages of one school read its weeks and nobody else's.
    """

    pk = models.CompositePrimaryKey("enrolment_id", "monday")
    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="weeks", db_index=False)
    school = models.ForeignKey(  # the enrolment's, which the database looks up already
        "School", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    monday = models.DateField()
    made = models.SmallIntegerField()
    attended = models.SmallIntegerField()
    authorised = models.SmallIntegerField()
    unauthorised = models.SmallIntegerField()
    late = models.SmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["school", "monday"], name="weeks_of_a_school")]

    def __str__(self):
        return f"week of {self.monday}"
