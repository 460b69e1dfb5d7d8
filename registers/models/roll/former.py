"""Who a pupil was before: earlier numbers and names."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from registers.models.roll.name_keys import NameKeyField
from registers.rules.pupils.names import search_key


class FormerUpn(models.Model):
    """A UPN that a pupil had before: files and searches that name it still find the pupil.

    A temporary UPN stands until the permanent one is known; a wrong one is put right; of two pupils
    that were one child, one number goes on. `until_at` is when the pupil stopped having it here.
    """

    pupil = models.ForeignKey("Pupil", models.PROTECT, related_name="former_upns", db_index=False)
    upn = models.CharField("former UPN", max_length=13, db_index=True)
    until_at = models.DateTimeField(db_default=Now(), help_text="By the database's clock.")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Empty where an import at the prompt named nobody.",
    )

    class Meta:
        ordering = ["-until_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "upn"], name="one_row_per_pupil_and_former_upn"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="former_upn_says_why"),
        ]

    def __str__(self):
        return self.upn


class FormerName(models.Model):
    """A name that the admission register had before: who looks for it finds the pupil."""

    pupil = models.ForeignKey("Pupil", models.PROTECT, related_name="former_names")
    surname = models.CharField(max_length=100)
    forename = models.CharField(max_length=100)
    search_key = NameKeyField(lambda former: search_key(former.forename, former.surname))
    until_on = models.DateField(help_text="The day on which the register got the other name.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Empty where an import at the prompt named nobody.",
    )

    class Meta:
        ordering = ["-until_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "surname", "forename"], name="one_row_per_pupil_and_former_name"
            )
        ]

    def __str__(self):
        return f"{self.forename} {self.surname}"
