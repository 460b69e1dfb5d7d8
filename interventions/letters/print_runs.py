"""Print runs as pages show them: what is in one, what was taken back, how it stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Self

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from interventions.letters.queries import letters_of, with_confidential
from interventions.models import Letter, LetterCopy, PrintRun
from interventions.rules.letter_states import CopyState, LetterState
from registers.models import Job, School
from registers.rules.wording import many

# Copies of approved letters that are in no print run yet.
WAITING = Q(
    letter__state=LetterState.APPROVED.value,
    state=CopyState.RENDERED.value,
    print_run__isnull=True,
)


class PrintRunState(Enum):
    """How a print run stands: a word and the kind of its tag."""

    POSTED = "In the post", "good"
    EMPTY = "Put back", "quiet"
    DRAWN = "To be posted", "warn"
    FAILED = "Failed", "bad"
    AT_WORK = "At work", ""

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def kind(self) -> str:
        return self.value[1]

    @classmethod
    def of(cls, run: PrintRun, letters: int) -> Self:
        """`letters` is how many are in it now."""
        if run.confirmed_at:
            return cls.POSTED
        if not letters:
            return cls.EMPTY
        by_job = {"done": cls.DRAWN, "failed": cls.FAILED}
        return by_job.get(run.job.state if run.job else "", cls.AT_WORK)


def copies_of(school: School) -> QuerySet[LetterCopy]:
    return LetterCopy.objects.filter(letter__enrolment__school=school)


def waiting_by_channel(school: School) -> dict[str, int]:
    """How many copies wait to be printed and to be e-mailed."""
    return copies_of(school).aggregate(
        post=Count("pk", filter=WAITING & Q(channel="post")),
        email=Count("pk", filter=WAITING & Q(channel="email")),
    )


def runs_of(school: School) -> QuerySet[PrintRun]:
    """The latest first, each with `letters`, how many are in it."""
    runs = PrintRun.objects.filter(school=school).select_related("job", "made_by", "confirmed_by")
    ordered = runs.order_by("-made_at", "-pk")
    # PrintRun itself names what is counted here, for those who are given one.
    return ordered.annotate(letters=Count("copies"))  # type: ignore[no-redef]


@dataclass(frozen=True, slots=True)
class PrintRunPage:
    """A print run with its copies in the order of the pile.

    `taken_back` are copies that were taken back after they had been printed, `went_back` the
    letters that were no longer as they had been approved, each with the reason.
    """

    run: PrintRun
    copies: Sequence[LetterCopy]
    taken_back: Sequence[LetterCopy]
    went_back: Sequence[tuple[Letter, str]]
    sheets: int | None

    @property
    def state(self) -> PrintRunState:
        return PrintRunState.of(self.run, len(self.copies))

    @property
    def has_pdf(self) -> bool:
        return self.run.job is not None and self.run.job.state == Job.State.DONE

    @property
    def is_at_work(self) -> bool:
        return self.run.job is not None and self.run.job.state not in (
            Job.State.DONE,
            Job.State.FAILED,
        )

    @property
    def is_open(self) -> bool:
        """Whether it can be confirmed, started again or put back."""
        return self.state not in (PrintRunState.POSTED, PrintRunState.EMPTY)

    @property
    def is_to_be_posted(self) -> bool:
        return self.state is PrintRunState.DRAWN

    @property
    def can_start_again(self) -> bool:
        return self.run.job is None or self.run.job.state == Job.State.FAILED

    @property
    def is_confirmed(self) -> bool:
        return self.state is PrintRunState.POSTED

    @property
    def lede(self) -> str | SafeString:
        """How it stands, in a sentence or two."""
        return LEDES[self.state](self)


def _posted(page: PrintRunPage) -> SafeString:
    at = timezone.localtime(page.run.confirmed_at)
    return format_html(
        "<strong>In the post.</strong> {}, confirmed by <bdi>{}</bdi> on {} at {}.",
        many(len(page.copies), "letter"),
        page.run.confirmed_by,
        f"{at.day} {at:%B %Y}",
        f"{at:%H:%M}",
    )


def _empty(page: PrintRunPage) -> SafeString:
    return format_html(
        "<strong>{}</strong> {}",
        "Nothing is left in it.",
        "Its letters wait in the queue or for another print run.",
    )


def _drawn(page: PrintRunPage) -> SafeString:
    on_sheets = f" on {many(page.sheets, 'sheet')}" if page.sheets else ""
    return format_html(
        "<strong>{}{}.</strong> Print the PDF, fold, post, and then say so here.",
        many(len(page.copies), "letter"),
        on_sheets,
    )


def _failed(page: PrintRunPage) -> SafeString:
    said = page.run.job.said if page.run.job else ""
    return format_html("<strong>The PDF could not be made.</strong> {}", said)


def _at_work(page: PrintRunPage) -> SafeString:
    return format_html(
        "<strong>The PDF is being made</strong> of {}.", many(len(page.copies), "letter")
    )


LEDES: Mapping[PrintRunState, Callable[[PrintRunPage], SafeString]] = {
    PrintRunState.POSTED: _posted,
    PrintRunState.EMPTY: _empty,
    PrintRunState.DRAWN: _drawn,
    PrintRunState.FAILED: _failed,
    PrintRunState.AT_WORK: _at_work,
}


def print_run_page(run: PrintRun) -> PrintRunPage:
    """What is in a run and what was in it when it was printed."""
    answer = run.job.answer if run.job else {}
    pile = {pk: number for number, pk in enumerate(answer.get("copies", []), start=1)}
    copies = with_confidential(
        copies_of(run.school)
        .filter(Q(print_run=run) | Q(pk__in=list(pile)))
        .select_related("letter__enrolment__pupil")
    )
    for copy in copies:
        copy.place_in_pile = pile.get(copy.pk)
    in_pile = sorted(copies, key=lambda copy: pile.get(copy.pk, len(pile) + copy.pk))
    return PrintRunPage(
        run=run,
        copies=[copy for copy in in_pile if copy.print_run_id == run.pk],
        taken_back=[copy for copy in in_pile if copy.print_run_id != run.pk],
        went_back=_went_back(run.school, answer.get("back", {})),
        sheets=answer.get("sheets"),
    )


def _went_back(school: School, back: Mapping[str, str]) -> list[tuple[Letter, str]]:
    """Those that are still there, in the order in which they were checked."""
    if not back:
        return []
    letters = letters_of(school).in_bulk([int(pk) for pk in back])
    with_reason = ((letters.get(int(pk)), why) for pk, why in back.items())
    return [(letter, why) for letter, why in with_reason if letter is not None]


def waiting_words(counts: Mapping[str, int]) -> tuple[str, str]:
    """What waits to go out: what stands out, and the rest."""
    if not any(counts.values()):
        return "Nothing waits to go out.", ""
    printed = many(counts["post"], "approved letter waits", "approved letters wait")
    emailed = f" and {counts['email']:,} to be e-mailed" if counts["email"] else ""
    return f"{printed} to be printed", f"{emailed}."
