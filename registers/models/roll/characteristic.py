"""What is true of a pupil from when until when: SEN, FSM, EAL, looked after."""

from django.db import models
from django.db.models import F, Q

from registers.models.on_roll import (
    DatedQuerySet,
)


class Characteristic(models.Model):
    """What is true of a pupil for a time: SEN, FSM, EAL, looked after."""

    KINDS = [("SEN", "SEN"), ("FSM", "FSM"), ("EAL", "EAL"), ("Looked after", "Looked after")]

    pupil = models.ForeignKey("Pupil", models.PROTECT, related_name="characteristics")
    kind = models.CharField(max_length=20, choices=KINDS)
    value = models.CharField(max_length=10)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet["Characteristic"].as_manager()

    class Meta:
        ordering = ["pupil", "kind", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "kind", "from_on"],
                name="one_value_of_a_characteristic_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="characteristic_starts_before_it_ends",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.value}"
