"""How far an upload has come, and what its page says first at each stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registers.exchange.pages import actions
from registers.exchange.pages.words import hints
from registers.models import Job
from registers.rules.wording import listed, many, plural

MAIN = (
    ("pupils", "pupil", "pupils"),
    ("contacts", "contact", "contacts"),
    ("staff", "colleague’s account or role", "colleagues’ accounts and roles"),
    ("marks", "mark", "marks"),
)
STEPS = ("Choose files", "What they are", "Look at the check", "They are in")


class UploadStage(Enum):
    """How far an upload has come: what its page shows, and which step of `STEPS` that is."""

    LOOKING = "looking", 1
    ASKS = "asks", 1
    NO_TABLE = "no table", 1
    LACKS = "lacks", 1
    REFUSED = "refused", 2
    CHECKED = "checked", 2
    BRINGING = "bringing", 3
    IN = "in", 4
    FAILED = "failed", 1
    BROKEN_OFF = "broken off", 3
    GONE = "gone", 0

    def __init__(self, word: str, step: int):
        self.word, self.step = word, step

    @property
    def is_at_work(self) -> bool:
        return self in (UploadStage.LOOKING, UploadStage.BRINGING)

    @property
    def template(self) -> str:
        """The part of the page that a stage has for itself."""
        return f"registers/exchange/upload/{TEMPLATES.get(self, '_stopped')}.html"

    @property
    def is_asking(self) -> bool:
        return self is UploadStage.ASKS

    @property
    def is_broken_off(self) -> bool:
        return self is UploadStage.BROKEN_OFF

    @property
    def goes_on(self) -> bool:
        """Whether the files can come in, now or after an answer."""
        return self in TEMPLATES

    @property
    def has_failed(self) -> bool:
        """Whether the job itself says what went wrong."""
        return self in (UploadStage.FAILED, UploadStage.BROKEN_OFF)

    @property
    def may_change(self) -> bool:
        """Whether answers can still be given, or given anew."""
        return self in (
            UploadStage.ASKS,
            UploadStage.LACKS,
            UploadStage.REFUSED,
            UploadStage.CHECKED,
        )


BY_WORD = {stage.word: stage for stage in UploadStage}
OF_IMPORTS: dict[str, UploadStage] = {
    Job.State.FAILED: UploadStage.BROKEN_OFF,
    Job.State.DONE: UploadStage.IN,
}
OF_CHECKS: dict[str, UploadStage] = {Job.State.FAILED: UploadStage.FAILED}
TEMPLATES = {
    UploadStage.LOOKING: "_working",
    UploadStage.BRINGING: "_working",
    UploadStage.ASKS: "_questions",
    UploadStage.CHECKED: "_check",
    UploadStage.IN: "_in",
}


@dataclass(frozen=True, slots=True)
class PageHead:
    """The head of the page at a stage: heading, and a sentence whose first half is bold."""

    heading: str
    lead: str = ""
    rest: str = ""

    @property
    def lede(self) -> SafeString:
        lead = format_html("<strong>{}</strong>", self.lead) if self.lead else ""
        return format_html("{}{}", lead, self.rest)


@dataclass(frozen=True, slots=True)
class UploadStep:
    """A step of the way of an upload, done, at hand or to come."""

    words: str
    attrs: str = ""


def steps_at(step: int) -> list[UploadStep]:
    """The way of an upload; `step` is how many of its steps are done."""
    at_hand = [UploadStep(words, flatatt({"aria-current": "step"})) for words in STEPS[step:]]
    to_come = list(map(UploadStep, STEPS[step + 1 :]))
    done = [UploadStep(words, flatatt({"class": "is-done"})) for words in STEPS[:step]]
    return [*done, *at_hand[:1], *to_come]


def notes_of(stage: UploadStage, notes: Sequence[str]) -> SafeString:
    """What was done while reading; where the files go on this is an aside."""
    if not notes:
        return SafeString()
    classes = "setup-hints muted" if stage.goes_on else "setup-hints"
    return format_html('<ul class="{}">{}</ul>', classes, hints(notes))


def named_files_of(stage: UploadStage, files: Sequence[str], problems: Sequence[str]) -> SafeString:
    """The files in which no table was found, where nothing else names them."""
    if stage is not UploadStage.NO_TABLE or problems:
        return SafeString()
    return format_html('<p class="setup-after long-words">{}</p>', ", ".join(files))


def alerts_of(stage: UploadStage, said: str, problems: Sequence[str]) -> list[SafeString]:
    """What stands in red on top of an upload that goes no further: why, and what was not read."""
    alerts = [format_html("{}", said)] if stage.has_failed else []
    if problems:
        alerts.append(format_html('<ul class="setup-hints">{}</ul>', hints(problems)))
    return alerts


@dataclass(frozen=True, slots=True)
class UploadStanding:
    """What the head of the page is told from: a job's answer and what was counted of it."""

    answer: dict[str, Any]
    questions: int = 0
    changes: int = 0

    @property
    def wrong(self) -> int:
        return self.answer.get("wrong_rows", 0)

    @property
    def new(self) -> str:
        return what_is_new(self.answer.get("counts", {}))


def stage_of(job: Job, *, kept: bool) -> UploadStage:
    """How far the upload of this job, its latest, has come; `kept`: its files are still there."""
    if job.kind == actions.BRING_IN:
        return OF_IMPORTS.get(job.state, UploadStage.BRINGING)
    if job.state != Job.State.DONE:
        return OF_CHECKS.get(job.state, UploadStage.LOOKING)
    return BY_WORD[job.answer["stage"]] if kept else UploadStage.GONE


def what_is_new(counts: dict[str, int]) -> str:
    """What came in, in a few words: 412 pupils, 780 contacts and 156,000 marks are new."""
    numbers = [(counts.get(f"new {key}", 0), noun, nouns) for key, noun, nouns in MAIN]
    total = sum(number for number, *_ in numbers)
    words = [many(*one) for one in numbers if one[0]]
    return f" {listed(words)} {plural(total, 'is', 'are')} new." if total else ""


def progress_in_words(job: Job) -> str:
    """How far a job is that is still to do, or at work."""
    if job.state == Job.State.QUEUED:
        return "Waits for a worker."
    how_far = f" {job.done:,} of {job.total:,}." if job.total else ""
    return f"{job.said or 'At work.'}{how_far}"


def head_of(stage: UploadStage, standing: UploadStanding) -> PageHead:
    """What the page says first."""
    return HEAD_OF[stage](standing) if stage in HEAD_OF else HEADS[stage]


def _head_of_questions(standing: UploadStanding) -> PageHead:
    few = plural(standing.questions, "one thing", f"{standing.questions} things")
    rest = "; all else it has found out. Nothing is written yet."
    return PageHead("What the files are", f"Rollbook needs {few} of you", rest)


def _head_of_check(standing: UploadStanding) -> PageHead:
    if standing.wrong:
        said = f"{many(standing.wrong, 'row is', 'rows are')} wrong"
        return PageHead(WOULD, said, "; all the others are good. Nothing is written yet.")
    if not standing.changes:
        return PageHead(
            WOULD, "Rollbook has all of this already", ": the files would change nothing."
        )
    return PageHead(WOULD, "Every row is good.", " Nothing is written yet.")


def _head_of_import(standing: UploadStanding) -> PageHead:
    if standing.wrong:
        said = f"{many(standing.wrong, 'row was', 'rows were')} left out"
        waits = plural(standing.wrong, "waits", "wait")
        return PageHead("The files are in", said, f" and {waits} to be mended.{standing.new}")
    if not standing.changes:
        return PageHead("Nothing was changed", "", "Rollbook had all of this already.")
    return PageHead("The files are in", "Every row came in.", standing.new)


def _head_of_refusal(standing: UploadStanding) -> PageHead:
    count = standing.answer.get("problem_count", 0)
    rest = f" {many(count, 'thing')} must be put right first."
    return PageHead("The files cannot come in as they are", "Nothing was written.", rest)


CHANGE = PageHead(
    "Change what the files are",
    "Nothing is written yet.",
    " These are all answers, also those that Rollbook has given itself. Change what is wrong.",
)
WOULD = "What the files would change"
LEAVE = "You can leave this page and come back; the work goes on."
HEADS = {
    UploadStage.LOOKING: PageHead("Looking at the files", "", LEAVE),
    UploadStage.BRINGING: PageHead("Bringing the files in", "", LEAVE),
    UploadStage.NO_TABLE: PageHead(
        "No table was found", "Nothing was written.", " None of these files holds rows to read."
    ),
    UploadStage.LACKS: PageHead(
        "Something is missing in the files",
        "Nothing was written.",
        " Say what the columns are, leave the table out, or choose files that have it.",
    ),
    UploadStage.FAILED: PageHead("The files could not be looked at", "Nothing was written."),
    UploadStage.BROKEN_OFF: PageHead(
        "The import was broken off",
        "What is written is whole.",
        " It can go on from there.",
    ),
    UploadStage.GONE: PageHead(
        "These files are no longer kept",
        "",
        "They are in, or nobody came back for them within two weeks. Choose them again.",
    ),
}
HEAD_OF: dict[UploadStage, Callable[[UploadStanding], PageHead]] = {
    UploadStage.ASKS: _head_of_questions,
    UploadStage.CHECKED: _head_of_check,
    UploadStage.IN: _head_of_import,
    UploadStage.REFUSED: _head_of_refusal,
}
