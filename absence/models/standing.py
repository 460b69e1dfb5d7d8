"""Where an enrolment stands, kept whenever it moves."""

from django.db import models

from registers.models.school.session import HALVES


class Standing(models.Model):
    """The band and flags of an enrolment in an academic year, from the day they moved.

    A row only when the band or a flag moves, so that a move has a date, a cause and the night on
    which it became known. Counts are sessions of the academic year up to `on`.
    """

    enrolment = models.ForeignKey(
        "registers.Enrolment", models.PROTECT, related_name="standings", db_index=False
    )
    academic_year = models.ForeignKey("registers.AcademicYear", models.PROTECT, related_name="+")
    on = models.DateField(help_text="The day as at which the night found it.")
    band = models.CharField(max_length=40, blank=True)
    persistently_absent = models.BooleanField()
    severely_absent = models.BooleanField()
    attended = models.SmallIntegerField()
    authorised = models.SmallIntegerField()
    unauthorised = models.SmallIntegerField()
    moved_on = models.DateField(null=True, help_text="The day of the session that moved it.")
    moved_half = models.SmallIntegerField(null=True, choices=HALVES)
    known_at = models.DateTimeField(help_text="The night on which it became known.")

    class Meta:
        ordering = ["enrolment", "on"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "academic_year", "on"],
                name="one_standing_per_enrolment_year_and_day",
            ),
            models.CheckConstraint(
                condition=models.Q(moved_on__isnull=True, moved_half__isnull=True)
                | models.Q(moved_on__isnull=False, moved_half__isnull=False),
                name="moved_on_and_half_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.band} from {self.on}"
