"""The national codes as rows, so that the database can count with them."""

from django.db import models


class Code(models.Model):
    """Brought into line with `registers.rules.codes` after each migrate; never edited by hand."""

    symbol = models.CharField(max_length=2, primary_key=True)
    meaning = models.CharField(max_length=200)
    category = models.CharField(max_length=40)
    attended = models.SmallIntegerField()
    authorised = models.SmallIntegerField()
    unauthorised = models.SmallIntegerField()
    late = models.SmallIntegerField()
    in_force_from = models.DateField(null=True)
    in_force_until = models.DateField(null=True)

    class Meta:
        ordering = ["symbol"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attended=0, authorised=0, unauthorised=0)
                | models.Q(attended=1, authorised=0, unauthorised=0)
                | models.Q(attended=0, authorised=1, unauthorised=0)
                | models.Q(attended=0, authorised=0, unauthorised=1),
                name="code_counts_once_at_most",
            ),
        ]

    def __str__(self):
        return f"{self.symbol} {self.meaning}"
