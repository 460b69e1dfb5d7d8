"""Times on the roll, the year group of each year, and what was shown for leaving."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from registers.models.on_roll import (
    NEVER,
    Day,
    has_not_left_by,
    on_roll_on,
)
from registers.rules.admission import is_on_roll
from registers.rules.pupils import year_groups


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def not_void(self) -> Self:
        """Without those that were entered by mistake."""
        return self.exclude(leaves_on=NEVER)

    def on_roll(self, day: Day, *, until: Day | None = None) -> Self:
        """On the roll on the day, or with `until` on one of the days to it."""
        return self.filter(on_roll_on(day, until=until))

    def not_left(self, day: Day) -> Self:
        """On the roll on the day, or to come."""
        return self.filter(has_not_left_by(day))


class Enrolment(models.Model):
    """A spell on the roll, from its first day to its last, both included. Marks hang on it.

    One that was entered by mistake, as when a child was entered twice, ends on the day NEVER: no
    day is in it, so none of its marks counts, and nothing is lost.
    """

    KINDS = [("main", "main"), ("dual", "dual, main elsewhere")]

    pupil = models.ForeignKey("Pupil", models.PROTECT, related_name="enrolments")
    school = models.ForeignKey("School", models.PROTECT, related_name="enrolments")
    starts_on = models.DateField("date of entry")
    leaves_on = models.DateField("date of leaving", null=True, blank=True)
    leaving_ground = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=4, choices=KINDS, default="main")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["school", "pupil", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "starts_on"],
                condition=Q(leaves_on__isnull=True) | Q(leaves_on__gt=NEVER),
                name="one_enrolment_per_pupil_and_starting_day",
            ),
            models.CheckConstraint(
                condition=Q(leaves_on__isnull=True)
                | Q(leaves_on__gte=F("starts_on"))
                | Q(leaves_on=NEVER),
                name="enrolment_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["main", "dual"]), name="enrolment_is_main_or_dual"
            ),
        ]

    def __str__(self):
        return f"{self.pupil} from {self.starts_on}"

    def is_on_roll(self, on: date) -> bool:
        return is_on_roll(self, on)

    @property
    def is_void(self) -> bool:
        """Entered by mistake: it was never on the roll."""
        return self.leaves_on == NEVER


class LeavingEvidence(models.Model):
    """What the school holds for the ground on which a name was taken off the roll.

    Which of these a ground needs, and what each means there, is in `registers.rules.roll.leaving`.
    """

    enrolment = models.OneToOneField(
        Enrolment, models.PROTECT, primary_key=True, related_name="leaving_evidence"
    )
    day = models.DateField(null=True, blank=True, help_text="As of the parent’s written notice.")
    text = models.CharField(max_length=1000, blank=True, help_text="As of the enquiries made.")
    with_authority = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self):
        return f"evidence for enrolment {self.enrolment_id}"


class EnrolmentYear(models.Model):
    """The year group of an enrolment in one academic year."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="years", db_index=False)
    academic_year = models.ForeignKey("AcademicYear", models.PROTECT, related_name="+")
    year_group = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "academic_year"],
                name="one_year_group_per_enrolment_and_year",
            )
        ]

    def __str__(self):
        return year_groups.spoken(self.year_group)
