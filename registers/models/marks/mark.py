"""What the attendance register says of one pupil for one session."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from registers.models.on_roll import OFF_ROLL, ON_ROLL
from registers.models.school.session import HALVES
from registers.rules.codes import AUTHORISED, CODES, UNAUTHORISED, Half


class MarkQuerySet(models.QuerySet):
    def on_roll(self) -> Self:
        """The marks that count: of days on which the pupil was on the roll."""
        return self.filter(ON_ROLL)

    def off_roll(self) -> Self:
        """Those that a corrected date has left outside. They count nowhere, and can come back."""
        return self.filter(OFF_ROLL)


class Mark(models.Model):
    """One code for one enrolment and session. Changes only through `registers.marks.actions`.

    The key is the natural one, so that a mark costs as few bytes as the law needs, and a second
    mark for one session cannot exist. The version goes up by one with every change: it is what a
    save says it has seen. The database refuses a changed code without its amendment, and a
    deleted mark (see `registers.marks.guards`).
    """

    class Source(models.IntegerChoices):
        REGISTER = 1
        LATE_DESK = 2
        OFFICE = 3
        PLAN = 4
        IMPORT = 5
        CLOSURE = 6
        CLOCK = 7

    pk = models.CompositePrimaryKey("enrolment_id", "date", "half")
    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="marks", db_index=False)
    date = models.DateField()
    half = models.SmallIntegerField(choices=HALVES)
    code = models.ForeignKey(  # held to the list by a check: no row looks it up in the table
        "Code",
        models.PROTECT,
        related_name="+",
        db_column="code",
        db_index=False,
        db_constraint=False,
    )
    version = models.SmallIntegerField(default=1)
    minutes_late = models.SmallIntegerField(null=True)
    source = models.SmallIntegerField(choices=Source.choices)
    made_by = models.ForeignKey(  # an account is never deleted, so the row need not look it up
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    made_at = models.DateTimeField()
    arrived_at = models.DateTimeField(
        null=True, help_text="When it came in, where it had waited on a device."
    )

    objects = MarkQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(  # of the few marks that most figures are about, with what they say
                fields=["enrolment", "date", "half", "code"],
                name="mark_absent",
                condition=Q(code__in=sorted([*AUTHORISED, *UNAUTHORISED])),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(half__in=[half.value for half in Half]), name="mark_is_am_or_pm"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="mark_has_a_version"),
            models.CheckConstraint(
                condition=Q(code__in=sorted(CODES)), name="mark_has_a_code_of_the_list"
            ),
        ]

    def __str__(self):
        return f"{self.date} {Half(self.half).name} {self.code_id}"


class MarkComment(models.Model):
    """A few words to a mark, in a table of their own since few marks have any."""

    pk = models.CompositePrimaryKey("enrolment_id", "date", "half")
    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="+", db_index=False)
    date = models.DateField()
    half = models.SmallIntegerField(choices=HALVES)
    text = models.CharField(max_length=500)

    def __str__(self):
        return self.text
