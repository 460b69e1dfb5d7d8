"""How far an upload has come, and what its page says first at each stage."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from registers.exchange.pages import actions
from registers.exchange.pages.actions import work
from registers.models import Job

MAIN = (
    ("pupils", "pupil", "pupils"),
    ("contacts", "contact", "contacts"),
    ("staff", "colleague’s account or role", "colleagues’ accounts and roles"),
    ("marks", "mark", "marks"),
)
STEPS = ("Choose files", "What they are", "Look at the check", "They are in")


class Stage(Enum):
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
        return self in (Stage.LOOKING, Stage.BRINGING)

    @property
    def template(self) -> str:
        """The part of the page that a stage has for itself."""
        return f"registers/exchange/upload/{TEMPLATES.get(self, '_stopped')}.html"

    @property
    def is_asking(self) -> bool:
        return self is Stage.ASKS

    @property
    def is_broken_off(self) -> bool:
        return self is Stage.BROKEN_OFF

    @property
    def lists_files(self) -> bool:
        return self is Stage.NO_TABLE

    @property
    def has_failed(self) -> bool:
        """Whether the job itself says what went wrong."""
        return self in (Stage.FAILED, Stage.BROKEN_OFF)

    @property
    def may_change(self) -> bool:
        """Whether answers can still be given, or given anew."""
        return self in (Stage.ASKS, Stage.LACKS, Stage.REFUSED, Stage.CHECKED)


TEMPLATES = {
    Stage.LOOKING: "_working",
    Stage.BRINGING: "_working",
    Stage.ASKS: "_questions",
    Stage.CHECKED: "_check",
    Stage.IN: "_in",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the page at a stage: heading, and a sentence whose first half is bold."""

    heading: str
    lead: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
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

    @property
    def wrong_rows(self) -> str:
        return f"{self.wrong:,} row{'' if self.wrong == 1 else 's'}"


def stage_of(job: Job, *, kept: bool) -> Stage:
    """How far the upload of this job, its latest, has come; `kept`: its files are still there."""
    bringing = job.kind == actions.BRING_IN
    if job.state == Job.State.FAILED:
        return Stage.BROKEN_OFF if bringing else Stage.FAILED
    if job.state != Job.State.DONE:
        return Stage.BRINGING if bringing else Stage.LOOKING
    if bringing:
        return Stage.IN
    if not kept:
        return Stage.GONE
    return {
        work.ASKS: Stage.ASKS,
        work.NO_TABLE: Stage.NO_TABLE,
        work.LACKS: Stage.LACKS,
        work.REFUSED: Stage.REFUSED,
        work.CHECKED: Stage.CHECKED,
    }[job.answer["stage"]]


def what_is_new(counts: dict[str, int]) -> str:
    """What came in, in a few words: 412 pupils, 780 contacts and 156,000 marks are new."""
    said = [
        f"{number:,} {noun if number == 1 else nouns}"
        for key, noun, nouns in MAIN
        if (number := counts.get(f"new {key}", 0))
    ]
    if not said:
        return ""
    verb = "is" if len(said) == 1 and said[0].startswith("1 ") else "are"
    return f" {listed(said)} {verb} new."


def listed(words: list[str]) -> str:
    """A, b and c."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def progress_in_words(job: Job) -> str:
    """How far a job is that is still to do, or at work."""
    if job.state == Job.State.QUEUED:
        return "Waits for a worker."
    how_far = f" {job.done:,} of {job.total:,}." if job.total else ""
    return f"{job.said or 'At work.'}{how_far}"


def head_of(stage: Stage, standing: Standing) -> Head:
    """What the page says first."""
    return HEAD_OF[stage](standing) if stage in HEAD_OF else HEADS[stage]


def _head_of_questions(standing: Standing) -> Head:
    few = "one thing" if standing.questions == 1 else f"{standing.questions} things"
    rest = "; all else it has found out. Nothing is written yet."
    return Head("What the files are", f"Rollbook needs {few} of you", rest)


def _head_of_check(standing: Standing) -> Head:
    if standing.wrong:
        said = f"{standing.wrong_rows} {'is' if standing.wrong == 1 else 'are'} wrong"
        return Head(WOULD, said, "; all the others are good. Nothing is written yet.")
    if not standing.changes:
        return Head(WOULD, "Rollbook has all of this already", ": the files would change nothing.")
    return Head(WOULD, "Every row is good.", " Nothing is written yet.")


def _head_of_import(standing: Standing) -> Head:
    if standing.wrong:
        was, waits = ("was", "waits") if standing.wrong == 1 else ("were", "wait")
        said = f"{standing.wrong_rows} {was} left out"
        return Head("The files are in", said, f" and {waits} to be mended.{standing.new}")
    if not standing.changes:
        return Head("Nothing was changed", "", "Rollbook had all of this already.")
    return Head("The files are in", "Every row came in.", standing.new)


def _head_of_refusal(standing: Standing) -> Head:
    count = standing.answer.get("problem_count", 0)
    things = "1 thing" if count == 1 else f"{count:,} things"
    rest = f" {things} must be put right first."
    return Head("The files cannot come in as they are", "Nothing was written.", rest)


CHANGE = Head(
    "Change what the files are",
    "Nothing is written yet.",
    " These are all answers, also those that Rollbook has given itself. Change what is wrong.",
)
WOULD = "What the files would change"
LEAVE = "You can leave this page and come back; the work goes on."
HEADS = {
    Stage.LOOKING: Head("Looking at the files", "", LEAVE),
    Stage.BRINGING: Head("Bringing the files in", "", LEAVE),
    Stage.NO_TABLE: Head(
        "No table was found", "Nothing was written.", " None of these files holds rows to read."
    ),
    Stage.LACKS: Head(
        "Something is missing in the files",
        "Nothing was written.",
        " Say what the columns are, leave the table out, or choose files that have it.",
    ),
    Stage.FAILED: Head("The files could not be looked at", "Nothing was written."),
    Stage.BROKEN_OFF: Head(
        "The import was broken off",
        "What is written is whole.",
        " It can go on from there.",
    ),
    Stage.GONE: Head(
        "These files are no longer kept",
        "",
        "They are in, or nobody came back for them within two weeks. Choose them again.",
    ),
}
HEAD_OF: dict[Stage, Callable[[Standing], Head]] = {
    Stage.ASKS: _head_of_questions,
    Stage.CHECKED: _head_of_check,
    Stage.IN: _head_of_import,
    Stage.REFUSED: _head_of_refusal,
}
