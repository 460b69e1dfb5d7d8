"""A letter about a pupil's absence, and the copy that each recipient gets."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from interventions.rules.letter_states import HAS_A_PDF, CopyState, LetterState


class Letter(models.Model):
    """A letter of a kind for an enrolment and a period; a dropped one still counts.

    The night proposes a kind once in a period, with `ordinal` 1; people may make more by hand.
    """

    KINDS = [
        ("first_concern", "First concern"),
        ("at_risk", "At risk"),
        ("persistent_absence", "Persistent absence"),
        ("severe_absence", "Severe absence"),
        ("meeting_invitation", "Meeting invitation"),
        ("panel_invitation", "Panel invitation"),
        ("going_well", "Going well"),
    ]
    STATES = [(state.value, state.value) for state in LetterState]

    going_to: "list[LetterCopy]"  # set by the page of the queue
    words_in_force: int | None  # of its kind, as `interventions.letters.queries` reads it

    enrolment = models.ForeignKey("registers.Enrolment", models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=30, choices=KINDS)
    academic_year = models.ForeignKey(
        "registers.AcademicYear", models.PROTECT, related_name="+", help_text="The period."
    )
    ordinal = models.PositiveSmallIntegerField(default=1)
    template = models.ForeignKey(
        "LetterTemplate",
        models.PROTECT,
        null=True,
        related_name="letters",
        help_text="The school's own words that it was drawn with; empty: Rollbook's.",
    )
    details = models.JSONField(
        default=dict, help_text="What a person added by hand: time, place, a few words."
    )
    as_at = models.DateField(help_text="The last day that its figures count.")
    state = models.CharField(max_length=10, choices=STATES, default=LetterState.PROPOSED.value)
    reason = models.CharField(max_length=500, blank=True)
    figures = models.JSONField(default=dict)
    reference = models.CharField(max_length=40, blank=True)
    dated = models.DateField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who approved, held, dropped or released it last.",
    )

    class Meta:
        ordering = ["-proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "kind", "academic_year", "ordinal"],
                name="one_letter_of_a_kind_per_enrolment_and_period",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in LetterState]),
                name="letter_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "dropped", "failed"]) | ~Q(reason=""),
                name="held_dropped_or_failed_letter_says_why",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="approved_at_and_by_go_together",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="decided_at_and_by_go_together",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.as_at}"


class LetterCopy(models.Model):
    """The letter as one recipient gets it: name and address as they were, PDF and its digest."""

    STATES = [(state.value, state.value) for state in CopyState]
    CHANNELS = [("post", "post"), ("email", "e-mail")]

    place_in_pile: int | None = None  # of a print run: `interventions.letters.print_runs` says
    is_confidential: bool  # the address, as `interventions.letters.queries` reads it
    standing = ""  # what it rests on that they get it: `interventions.letters.recipients` says

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="copies")
    person = models.ForeignKey("registers.Person", models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    email = models.EmailField(blank=True, help_text="Where it goes if it goes by e-mail.")
    language = models.CharField(max_length=35, blank=True)
    channel = models.CharField(max_length=5, choices=CHANNELS, default="post")
    state = models.CharField(max_length=10, choices=STATES, default=CopyState.QUEUED.value)
    problem = models.CharField(max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    pdf = models.FileField(upload_to="letters/%Y", blank=True)
    digest = models.CharField("SHA-256 of the PDF", max_length=64, blank=True)
    rendered_at = models.DateTimeField(null=True)
    print_run = models.ForeignKey(
        "PrintRun", models.PROTECT, null=True, blank=True, related_name="copies"
    )
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["letter", "pk"]
        verbose_name_plural = "letter copies"
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "person"], name="one_copy_per_letter_and_recipient"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CopyState]),
                name="copy_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True)
                | Q(sent_at__isnull=False, sent_by__isnull=False),
                name="sent_at_and_by_go_together",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(state.value for state in HAS_A_PDF))
                | (~Q(digest="") & ~Q(pdf="")),
                name="rendered_copy_has_its_pdf_and_digest",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
                name="sent_copy_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "unsent", "left_out"]) | ~Q(problem=""),
                name="failed_unsent_or_left_out_copy_says_why",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["post", "email"]),
                name="copy_goes_by_post_or_e_mail",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "claimed_at"],
                name="copy_unfinished",
                condition=Q(state__in=["queued", "rendering", "sending"]),
            )
        ]

    def __str__(self):
        return f"{self.letter} to {self.recipient}"
