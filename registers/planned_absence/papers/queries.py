"""The office's list of papers: what some codes need and nobody has written down yet."""

from dataclasses import dataclass, field

from django.core.paginator import Page
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from registers.models import Paper, School
from registers.register.forms import LONG_PAPER
from registers.rules.codes import CODES, AttendanceCode
from registers.web.parameters import numbers_of


@dataclass
class ListedPaper:
    """A paper in the list, with what was typed for it and could not be kept."""

    paper: Paper
    typed: str | None = None
    is_ticked: bool = False

    @property
    def code(self) -> AttendanceCode:
        return CODES[self.paper.code_id]

    @property
    def note(self) -> str:
        return self.paper.note if self.typed is None else self.typed

    @property
    def label(self) -> str:
        """Which paper it is, for whoever hears the page."""
        pupil = self.paper.enrolment.pupil
        return f"{self.code.symbol} of {pupil.forename} {pupil.surname}"

    @property
    def problem(self) -> str:
        return "" if self.typed is None else LONG_PAPER


@dataclass
class SentPapers:
    """The list as it came back: what is to be completed, and what is too long."""

    to_complete: dict[int, str | None] = field(default_factory=dict)  # None leaves the note
    too_long: dict[int, str] = field(default_factory=dict)
    ticked: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class PaperCounts:
    """Papers to complete, their pupils, and papers that are complete."""

    missing: int
    pupils: int
    complete: int


def read_papers(sent: QueryDict) -> SentPapers:
    """Rows that are ticked, or whose note is another than the one that was shown."""
    papers = SentPapers(ticked=ticked_papers(sent))
    for pk in sorted({*numbers_of(sent.getlist("row")), *papers.ticked}):
        note = _new_note(sent, pk)
        if len(note or "") > Paper.MOST:
            papers.too_long[pk] = str(note)
        elif note or pk in papers.ticked:
            papers.to_complete[pk] = note
    return papers


def _new_note(sent: QueryDict, pk: int) -> str | None:
    """What was typed; None where it is what was shown."""
    text = " ".join(sent.get(f"note-{pk}", "").split())
    is_new = f"note-{pk}" in sent and text != sent.get(f"had-{pk}", "")
    return text if is_new else None


def ticked_papers(sent: QueryDict) -> set[int]:
    return set(numbers_of(sent.getlist("paper")))


def papers_of(school: School, *, complete: bool) -> QuerySet[Paper]:
    """Those that are complete or those that are not, the latest first."""
    papers = Paper.objects.of_school(school)
    rows = (papers.complete() if complete else papers.missing()).select_related(
        "enrolment__pupil", "academic_year", "code", "completed_by"
    )
    return rows.order_by("-last_on", "enrolment__pupil__sort_key", "pk")


def counts_of(school: School) -> PaperCounts:
    missing = Q(completed_at__isnull=True, sessions__gt=0)
    counts = Paper.objects.of_school(school).aggregate(
        missing=Count("pk", filter=missing),
        pupils=Count("enrolment__pupil", filter=missing, distinct=True),
        complete=Count("pk", filter=Q(completed_at__isnull=False)),
    )
    return PaperCounts(**counts)


def listed_papers(page: Page, papers: QuerySet[Paper], sent: SentPapers) -> list[ListedPaper]:
    """The page, below the rows that something was wrong with: others may have left the list."""
    wrong = list(papers.filter(pk__in=sent.too_long)) if sent.too_long else []
    shown = wrong + [paper for paper in page if paper.pk not in sent.too_long]
    return [ListedPaper(one, sent.too_long.get(one.pk), one.pk in sent.ticked) for one in shown]
