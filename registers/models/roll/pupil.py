"""The admission register: who is on roll, and since when."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from registers.models.on_roll import (
    NEVER,
    DatedQuerySet,
    Day,
    has_not_left_by,
    on_roll_on,
)
from registers.models.roll.name_keys import NameKeyField
from registers.rules.admission import is_on_roll
from registers.rules.pupils import year_groups
from registers.rules.pupils.names import search_key, sort_key
from registers.rules.pupils.photo_files import SHORT

NAME_KEYS = ("search_key", "sort_key")


class PupilQuerySet(models.QuerySet["Pupil"]):
    def bulk_update(self, objs, fields, batch_size=None):
        """With the keys of the names, where a name is among the fields."""
        rows, fields = list(objs), list(fields)
        if not {"surname", "forename", "preferred_name"}.isdisjoint(fields):
            for row in rows:
                row.make_name_keys()
            fields = list(dict.fromkeys([*fields, *NAME_KEYS]))
        return super().bulk_update(rows, fields, batch_size=batch_size)


class PupilManager(models.Manager.from_queryset(PupilQuerySet)):
    """Without the rows of pupils that turned out to be another: `Pupil.everything` has those."""

    def get_queryset(self) -> PupilQuerySet:
        return super().get_queryset().filter(merged_into__isnull=True)


class Pupil(models.Model):
    """A child in one school's admission register. A child who moves is a pupil of each school.

    Of two that were one child, one is `merged_into` the other and stands in no list any more.
    """

    SEXES = [("F", "female"), ("M", "male")]

    school = models.ForeignKey("School", models.PROTECT, related_name="pupils", db_index=False)
    upn = models.CharField("UPN", max_length=13)
    surname = models.CharField(max_length=100)
    forename = models.CharField(max_length=100)
    preferred_name = models.CharField(
        "preferred forename", max_length=100, blank=True, help_text="What the pupil is called."
    )
    born_on = models.DateField("date of birth", null=True, blank=True)
    sex = models.CharField(max_length=1, choices=SEXES, blank=True)
    language = models.CharField(max_length=35, blank=True)
    medical_alert = models.CharField(
        max_length=60, blank=True, help_text="A few words that every teacher must see."
    )
    admission_number = models.CharField(
        max_length=20, blank=True, help_text="The school's own number in its admission register."
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from"
    )

    search_key = NameKeyField(
        lambda pupil: search_key(pupil.forename, pupil.preferred_name, pupil.surname)
    )
    sort_key = NameKeyField(lambda pupil: sort_key(pupil.surname, pupil.forename))

    objects = PupilManager()
    everything = PupilQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "upn"]
        indexes = [models.Index(fields=["school", "sort_key"], name="pupils_in_order_of_names")]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "upn"],
                condition=Q(merged_into__isnull=True),
                name="one_pupil_per_school_and_upn",
            ),
            models.UniqueConstraint(
                fields=["school", "admission_number"],
                condition=~Q(admission_number="") & Q(merged_into__isnull=True),
                name="one_pupil_per_school_and_admission_number",
            ),
            models.CheckConstraint(
                condition=Q(sex__in=["", "F", "M"]), name="sex_is_as_the_register_writes_it"
            ),
        ]

    def __str__(self):
        return f"{self.surname}, {self.forename}"

    def make_name_keys(self) -> None:
        """As `save` does; for who writes rows in one statement."""
        for name in NAME_KEYS:
            self._meta.get_field(name).pre_save(self, False)


class Photo(models.Model):
    """A pupil's photograph, small and square; the file is served only by a view."""

    pupil = models.OneToOneField(Pupil, models.PROTECT, primary_key=True, related_name="photo")
    file = models.CharField(max_length=200, help_text="Below the folder of documents.")
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(added_at__isnull=False, added_by__isnull=False),
                name="photo_added_at_and_by_go_together",
            )
        ]

    def __str__(self):
        return f"photo of pupil {self.pupil_id}"

    @property
    def short_digest(self) -> str:
        """As its address carries it: another photo has another address."""
        return self.digest[:SHORT]


class Characteristic(models.Model):
    """What is true of a pupil for a time: SEN, FSM, EAL, looked after."""

    KINDS = [("SEN", "SEN"), ("FSM", "FSM"), ("EAL", "EAL"), ("Looked after", "Looked after")]

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="characteristics")
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

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="enrolments")
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

    Which of these a ground needs, and what each means there, is in `registers.rules.leaving`.
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
