"""What the page of papers says."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from registers.models import Paper
from registers.planned_absence.papers.queries import ListedPaper, PaperCounts
from registers.rules.allowed_codes import short_day
from registers.rules.wording import many, plural

WHY = (
    " Some codes rest on something that the school must hold or write down. Write here what it "
    "is, or tick what is in the files."
)


def papers_lede(counts: PaperCounts) -> SafeString:
    """How many papers are to be completed and how many are; that every one is held; that there
    is none."""
    return format_html("{}{}", _how_many(counts), WHY)


def _how_many(counts: PaperCounts) -> SafeString | str:
    complete = f"{counts.complete:,} {plural(counts.complete, 'is', 'are')} complete."
    if counts.missing:
        return format_html(
            "<strong>{}</strong> of {} {} still to be completed, {}",
            many(counts.missing, "paper"),
            many(counts.pupils, "pupil"),
            plural(counts.missing, "is", "are"),
            complete,
        )
    return f"Every paper is held: {complete}" if counts.complete else "No paper is asked for."


def no_papers(*, complete: bool) -> tuple[str, str]:
    """The heading and the sentence in place of a list without rows."""
    if complete:
        return "None completed yet", "Papers that you complete stand here, with who and when."
    return "Nothing to complete", (
        "Codes that need a paper are listed here when they are marked or come in with files, "
        "unless it is written down with them."
    )


def note_held(paper: Paper) -> SafeString:
    """What is written down of a paper that is complete."""
    if paper.note:
        return format_html("<bdi>{}</bdi>", paper.note)
    return SafeString('<span class="muted">ticked only</span>')


def too_long_heading(wrong: list[ListedPaper]) -> str:
    verb = plural(len(wrong), "is", "are")
    return f"{many(len(wrong), 'note')} {verb} too long and not kept yet"


def paper_days(paper: Paper) -> str:
    """3 Nov 2026; 3 Nov 2026 to 5 Nov 2026."""
    if paper.first_on == paper.last_on:
        return short_day(paper.first_on)
    return f"{short_day(paper.first_on)} to {short_day(paper.last_on)}"
