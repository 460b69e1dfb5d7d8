"""Pupils: who is or was on the roll."""

from typing import cast

from django.db import models
from django.db.models import Q

from registers.models.roll.name_keys import NameKeyField
from registers.rules.pupils.names import search_key, sort_key

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


ManagerOfPupils = models.Manager.from_queryset(PupilQuerySet)


class PupilManager(ManagerOfPupils):
    """Without the rows of pupils that turned out to be another: `Pupil.everything` has those."""

    def get_queryset(self) -> PupilQuerySet:  # type: ignore[override]  # of a manager made at run time
        rows = cast(PupilQuerySet, super().get_queryset())
        return rows.filter(merged_into__isnull=True)


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

    @property
    def full_name(self) -> str:
        return f"{self.forename} {self.surname}"

    def make_name_keys(self) -> None:
        """As `save` does; for who writes rows in one statement."""
        for name in NAME_KEYS:
            cast(NameKeyField, self._meta.get_field(name)).pre_save(self, False)
