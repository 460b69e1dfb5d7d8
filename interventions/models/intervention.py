"""The log of actions: what was done about a pupil's absence, and what comes next."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from interventions.rules.kinds import title_of


class InterventionKind(models.Model):
    """A kind of intervention that a school has added to the list of `interventions.rules.kinds`."""

    school = models.ForeignKey(
        "registers.School", models.PROTECT, related_name="intervention_kinds"
    )
    name = models.CharField(max_length=60)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"], name="one_kind_of_intervention_of_a_name_per_school"
            )
        ]

    def __str__(self):
        return self.name


class Intervention(models.Model):
    """A step taken to help a pupil attend, with its outcome and the next step."""

    enrolment = models.ForeignKey(
        "registers.Enrolment", models.PROTECT, related_name="interventions"
    )
    kind = models.CharField(max_length=30, help_text="A key of interventions.kinds, or `own`.")
    own_kind = models.ForeignKey(InterventionKind, models.PROTECT, null=True, blank=True)
    done_on = models.DateField("day")
    with_whom = models.CharField("with", max_length=200, blank=True)
    note = models.TextField("what was done", blank=True)
    outcome = models.TextField(blank=True)
    is_sensitive = models.BooleanField(
        default=False, help_text="Only for the safeguarding lead and whoever wrote it."
    )
    letter = models.ForeignKey(
        "Letter", models.PROTECT, null=True, blank=True, related_name="interventions"
    )
    panel_case = models.ForeignKey(
        "PanelCase", models.PROTECT, null=True, blank=True, related_name="interventions"
    )
    next_step = models.CharField(max_length=300, blank=True)
    next_step_on = models.DateField("next step due", null=True, blank=True)
    next_step_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="next_steps"
    )
    next_step_is_panel = models.BooleanField(
        default=False, help_text="The pupil is among those to choose from when one is called."
    )
    next_step_done_at = models.DateTimeField(null=True, blank=True)
    next_step_done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-done_on", "-pk"]
        indexes = [
            models.Index(
                fields=["next_step_on"],
                name="next_step_open",
                condition=Q(next_step_on__isnull=False, next_step_done_at__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="own") & Q(own_kind__isnull=False))
                | (~Q(kind="own") & Q(own_kind__isnull=True)),
                name="own_kind_of_intervention_is_named",
            ),
            models.CheckConstraint(
                condition=Q(next_step="", next_step_on__isnull=True, next_step_owner__isnull=True)
                | (~Q(next_step="") & Q(next_step_on__isnull=False, next_step_owner__isnull=False)),
                name="next_step_has_an_owner_and_a_day",
            ),
            models.CheckConstraint(
                condition=Q(next_step_done_at__isnull=True, next_step_done_by__isnull=True)
                | Q(next_step_done_at__isnull=False, next_step_done_by__isnull=False),
                name="next_step_done_at_and_by_go_together",
            ),
            models.CheckConstraint(
                condition=Q(changed_at__isnull=True, changed_by__isnull=True)
                | Q(changed_at__isnull=False, changed_by__isnull=False),
                name="changed_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.kind} on {self.done_on}"

    @property
    def title(self) -> str:
        """The kind in words; `own_kind` is read for it."""
        return title_of(self.kind, self.own_kind.name if self.own_kind else "")

    @property
    def has_open_step(self) -> bool:
        return self.next_step_on is not None and self.next_step_done_at is None


class InterventionDocument(models.Model):
    """A file that belongs to an intervention; only reached through its policy."""

    intervention = models.ForeignKey(Intervention, models.PROTECT, related_name="documents")
    file = models.FileField(upload_to="interventions/%Y")
    name = models.CharField(max_length=150)
    digest = models.CharField("SHA-256", max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(added_at__isnull=False, added_by__isnull=False),
                name="added_at_and_by_go_together",
            )
        ]

    def __str__(self):
        return self.name
