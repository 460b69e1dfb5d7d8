"""Parents and other contacts, and what they are to each pupil."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Person(models.Model):
    """A parent or other contact. Siblings share one."""

    school = models.ForeignKey("School", models.PROTECT, related_name="people")
    name = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    email = models.EmailField(blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=35, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self):
        return self.name


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    def written_to(self) -> "RelationshipQuerySet":
        """Those who get letters: with parental responsibility, or confirmed with a ground."""
        return self.filter(WRITTEN_TO_RIGHTLY, may_be_written_to=True)


# What a letter about a child rests on: responsibility, or a named person's word with its ground.
WRITTEN_TO_RIGHTLY = Q(has_responsibility=True) | (
    Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(ground="")
)


class Relationship(models.Model):
    """What a person is to a pupil. Whatever opens something is shut until somebody says so."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="relationships")
    pupil = models.ForeignKey("Pupil", models.PROTECT, related_name="relationships")
    kind = models.CharField("relationship", max_length=60, blank=True)
    priority = models.PositiveSmallIntegerField(default=1)
    has_responsibility = models.BooleanField("parental responsibility or care", default=False)
    lives_with = models.BooleanField(default=False)
    may_be_written_to = models.BooleanField(default=False)
    ground = models.CharField(
        max_length=300,
        blank=True,
        help_text="Why somebody without parental responsibility is written to.",
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    address_confidential = models.BooleanField(default=False)
    court_order = models.CharField(max_length=500, blank=True)

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        ordering = ["pupil", "priority"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "pupil"], name="one_relationship_per_person_and_pupil"
            ),
            models.CheckConstraint(
                condition=Q(may_be_written_to=False) | WRITTEN_TO_RIGHTLY,
                name="written_to_has_responsibility_or_a_confirmed_ground",
            ),
        ]

    def __str__(self):
        return f"{self.person} ({self.kind})"

    @property
    def is_written_to(self) -> bool:
        """What `written_to` asks of many, of this one."""
        confirmed = bool(self.confirmed_by_id and self.confirmed_at and self.ground)
        return self.may_be_written_to and (self.has_responsibility or confirmed)
