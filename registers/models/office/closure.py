"""Closures: sessions that the school, or some of it, did not hold or will not hold."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from registers.models.school.session import HALVES
from registers.rules.calendar import SessionKey
from registers.rules.closures import KIND, KINDS, SCHOOL_IS_OPEN
from registers.rules.codes import Half


class ClosureQuerySet(models.QuerySet["Closure"]):
    def in_force(self) -> "ClosureQuerySet":
        return self.filter(undone_at__isnull=True)


class Closure(models.Model):
    """One closing of a school or of some pupils, over a range of sessions, made and undone as one.

    Known beforehand and for the whole school, its sessions are not due any more: they are closed
    and have no marks. Otherwise they were due, and each pupil has the law's code: written for the
    sessions that have begun, and at the bell for those to come. `changing` are the codes that give
    way to it; what else stands in the register stays.
    """

    school = models.ForeignKey("School", models.PROTECT, related_name="closures")
    kind = models.CharField(max_length=12, choices=[(one.value, one.label) for one in KINDS])
    code = models.ForeignKey("Code", models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=150, blank=True, help_text="What more there is to say.")
    whole_school = models.BooleanField(default=True)
    for_whom = models.CharField(max_length=300, help_text="In words, such as Years 8 and 9.")
    pupils: models.ManyToManyField = models.ManyToManyField(
        "Enrolment", related_name="closures", blank=True
    )
    from_on = models.DateField()
    from_half = models.SmallIntegerField(choices=HALVES)
    until_on = models.DateField()
    until_half = models.SmallIntegerField(choices=HALVES)
    changing = models.JSONField(default=list, help_text="The codes that give way.")
    written_on = models.DateField(null=True, help_text="The last session that has its marks.")
    written_half = models.SmallIntegerField(choices=HALVES, null=True)
    position = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_position = models.CharField(max_length=200, blank=True)
    job = models.ForeignKey("Job", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["-from_on", "-from_half", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_on__lt=models.F("until_on"))
                | Q(from_on=models.F("until_on"), from_half__lte=models.F("until_half")),
                name="closure_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in KINDS]),
                name="closure_is_of_a_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(written_on__isnull=True, written_half__isnull=True)
                | Q(written_on__isnull=False, written_half__isnull=False),
                name="closure_is_written_up_to_a_session",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="closure_undone_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.said} {self.from_on}"

    @property
    def said(self) -> str:
        """Why, as the register and the calendar say it: Snow, or Strike: National Education day."""
        label = self.get_kind_display()
        return f"{label}: {self.note}" if self.note else label

    @property
    def is_known(self) -> bool:
        """For the whole school and beforehand: see `registers.closures.queries.Asked`."""
        return KIND[self.kind].is_known and self.whole_school

    @property
    def school_was_closed(self) -> bool:
        """Whether no register is taken for its pupils; with Y1 and Y2 the school was open."""
        return self.code_id not in SCHOOL_IS_OPEN

    @property
    def closed_because(self) -> str:
        """What sessions and registers say of it: nothing where the school was open."""
        return self.said if self.school_was_closed else ""

    @property
    def first(self) -> SessionKey:
        return self.from_on, Half(self.from_half)

    @property
    def last(self) -> SessionKey:
        return self.until_on, Half(self.until_half)

    @property
    def days(self) -> tuple[date, date]:
        return self.from_on, self.until_on

    @property
    def is_for(self) -> Q:
        """The enrolments that it is for, where not the whole school."""
        return Q(closures=self)

    @property
    def written_up_to(self) -> SessionKey:
        """The last session that has its marks; before any there is, a day before all days."""
        return self.written_on or date.min, Half(self.written_half or 0)

    def meets(self, first: SessionKey, last: SessionKey) -> bool:
        """Whether one of these sessions may be closed by it."""
        return self.first <= last and first <= self.last


class ClosedMark(models.Model):
    """A mark that a closure wrote, and what stood there before: nothing where the code is empty.

    `version` is the mark's after the closure: as long as it is that, nobody has changed it since.
    `undone` says what became of it when the closure was undone: put back, or left as changed since.
    """

    closure = models.ForeignKey(Closure, models.PROTECT, related_name="marks")
    enrolment = models.ForeignKey("Enrolment", models.PROTECT, related_name="+", db_index=False)
    date = models.DateField()
    half = models.SmallIntegerField(choices=HALVES)
    version = models.SmallIntegerField()
    code_before = models.CharField(max_length=2, blank=True)
    minutes_before = models.SmallIntegerField(null=True)
    source_before = models.SmallIntegerField(null=True)
    made_before_id = models.IntegerField(null=True, help_text="Whose mark it was.")
    made_before_at = models.DateTimeField(null=True)
    arrived_before_at = models.DateTimeField(null=True)
    undone = models.BooleanField(null=True)

    class Meta:
        ordering = ["enrolment", "date", "half"]
        constraints = [
            models.UniqueConstraint(
                fields=["closure", "enrolment", "date", "half"],
                name="one_mark_of_a_closure_per_pupil_and_session",
            )
        ]

    def __str__(self):
        return f"{self.date} {self.code_before or 'none'}"
