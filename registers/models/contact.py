"""Parents and other contacts, and what they are to each pupil."""

from django.conf import settings
from django.db import models


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


class Relationship(models.Model):
    person = models.ForeignKey(Person, models.PROTECT, related_name="relationships")
    pupil = models.ForeignKey("Pupil", models.PROTECT, related_name="relationships")
    kind = models.CharField("relationship", max_length=60, blank=True)
    priority = models.PositiveSmallIntegerField(default=1)
    has_responsibility = models.BooleanField("parental responsibility or care", default=True)
    lives_with = models.BooleanField(default=True)
    may_be_written_to = models.BooleanField(default=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    address_confidential = models.BooleanField(default=False)
    court_order = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pupil", "priority"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "pupil"], name="one_relationship_per_person_and_pupil"
            )
        ]

    def __str__(self):
        return f"{self.person} ({self.kind})"
