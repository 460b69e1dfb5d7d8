"""What the night's check has seen of an enrolment."""

from django.db import models


class CheckedEnrolment(models.Model):
    """An enrolment as it stood when its weekly totals were last compared with its marks.

    Whoever has the seal and the dates that stand here needs no look: every save moves the seal, and
    none is the same twice; without a save, totals are re-derived where the dates are corrected. No
    clock is in it: what is saved while a check runs stands otherwise than what the check has seen.
    Where amendments, and marks before the Monday, are as many as they were, only marks since then
    can be new, and only their weeks are compared.
    """

    enrolment = models.OneToOneField(
        "registers.Enrolment", models.PROTECT, primary_key=True, related_name="checked"
    )
    starts_on = models.DateField()
    leaves_on = models.DateField(null=True)
    seal = models.BinaryField(max_length=32, help_text="The code of the seal.")
    amendments = models.IntegerField()
    monday = models.DateField(help_text="Of the week of the check.")
    marks_before = models.IntegerField(help_text="Marks before the Monday, by the seal.")

    def __str__(self):
        return f"check of {self.enrolment_id}"
