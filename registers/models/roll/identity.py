"""Who a pupil is beyond the UPN of today: earlier numbers, an earlier school, two that were one."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
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


class PriorAttendance(models.Model):
    """A year's attendance at another school, as that school's transfer file says it, in sessions.

    Told beside this school's figures and never added to them: nobody here took those registers.
    """

    pupil = models.ForeignKey(
        "Pupil", models.PROTECT, related_name="prior_attendance", db_index=False
    )
    academic_year = models.CharField(max_length=9, help_text="As in 2025/26.")
    laestab = models.CharField("LAESTAB", max_length=7, blank=True)
    school_name = models.CharField(max_length=200, blank=True)
    possible = models.SmallIntegerField("sessions possible")
    attended = models.SmallIntegerField("sessions attended")
    authorised = models.SmallIntegerField("sessions of authorised absence")
    unauthorised = models.SmallIntegerField("sessions of unauthorised absence")
    source = models.CharField(max_length=200, help_text="The file that said so.")
    read_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pupil", "-academic_year", "pk"]
        verbose_name_plural = "prior attendance"
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "academic_year", "laestab", "school_name"],
                name="one_prior_attendance_per_pupil_year_and_school",
            ),
            models.CheckConstraint(
                condition=Q(attended__gte=0, authorised__gte=0, unauthorised__gte=0)
                & Q(possible__gte=F("attended") + F("authorised") + F("unauthorised")),
                name="prior_attendance_is_within_what_was_possible",
            ),
        ]

    def __str__(self):
        return f"{self.academic_year} at {self.school_name or self.laestab or 'another school'}"


class PupilMerge(models.Model):
    """Two pupils of the register that were one child, brought together; what was moved is kept.

    `moved` holds all that an undo puts back: see `registers.roll.merging.actions`.
    """

    school = models.ForeignKey("School", models.PROTECT, related_name="pupil_merges")
    pupil = models.ForeignKey(
        "Pupil", models.PROTECT, related_name="merges", help_text="The one that stands."
    )
    other = models.ForeignKey(
        "Pupil", models.PROTECT, related_name="+", help_text="The one that went into it."
    )
    reason = models.CharField(max_length=500)
    moved = models.JSONField(default=dict)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="pupil_merge_says_why"),
            models.CheckConstraint(
                condition=~Q(pupil=F("other")), name="a_pupil_is_not_merged_with_itself"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="pupil_merge_undone_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.other_id} into {self.pupil_id}"
