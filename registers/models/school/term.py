"""Terms and half terms."""

from django.db import models


class Term(models.Model):
    academic_year = models.ForeignKey("AcademicYear", models.PROTECT, related_name="terms")
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
