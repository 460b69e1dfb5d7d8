"""The history of the attendance register: what was changed, why and by whom."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from registers.models.school.session import HALVES


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def of_codes(self) -> "AmendmentQuerySet":
        """Where one code took another's place: neither late entries nor the minutes alone."""
        return self.exclude(code_before="").exclude(code_before=models.F("code_after"))


class Amendment(models.Model):
    """One change of a mark: of its code, or after its register's end of its minutes late alone.

    Append-only; the database refuses an update or a delete.

    Holds what regulation 10 of SI 2024/208 and rules C3 ask for: the original entry, the amended
    entry, the reason, the time, and the name and position of the person. An empty `code_before`
    is a late entry: a mark made after its register had ended. `version` is the mark's version
    after the change, which ties each change of a mark to exactly one amendment.
    """

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(
        "Enrolment", models.PROTECT, related_name="amendments", db_index=False
    )
    date = models.DateField()
    half = models.SmallIntegerField(choices=HALVES)
    version = models.SmallIntegerField()
    code_before = models.CharField(max_length=2, blank=True)
    code_after = models.CharField(max_length=2)
    minutes_before = models.SmallIntegerField(null=True)
    minutes_after = models.SmallIntegerField(null=True)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(db_default=Now(), help_text="By the database's clock.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    by_name = models.CharField(max_length=200)
    by_position = models.CharField(max_length=200, blank=True)
    sequence = models.IntegerField(help_text="1, 2, 3 … for each enrolment, without a gap.")
    digest = models.BinaryField(max_length=32)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = ["enrolment", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "sequence"], name="amendments_are_numbered_per_enrolment"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "date", "half", "version"],
                name="one_amendment_per_change_of_a_mark",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="amendment_says_why"),
        ]

    def __str__(self):
        return f"{self.code_before or 'none'} to {self.code_after}"


class RegisterSeal(models.Model):
    """What the marks and amendments of an enrolment add up to under the register's key.

    `total` sums a keyed digest of each mark, `head` is the last link of the amendments' chain,
    `mac` seals all four. Moved only by what a save changes, never recomputed from the marks: a
    mark that was changed behind the actions' back stays visible for good: `registers.marks.seals`.
    """

    enrolment = models.OneToOneField(
        "Enrolment", models.PROTECT, primary_key=True, related_name="seal"
    )
    marks = models.IntegerField(default=0)
    total = models.BinaryField(max_length=16)
    amendments = models.IntegerField(default=0)
    head = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=32)

    def __str__(self):
        return f"seal of {self.enrolment_id}"
