"""An import in words: how far it has come, what it counts, which rows are wrong."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from registers.exchange.pages import actions
from registers.exchange.pages.actions import work
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import Reason, because
from registers.models import Job

# The order of the page, and the words for what the import counts.
NOUNS = {
    "schools": "The school’s details",
    "sessions": "Sessions of the calendar",
    "terms": "Half terms",
    "pupils": "Pupils",
    "enrolments": "Spells on the roll",
    "UPNs": "UPNs",
    "years at other schools": "Years at other schools",
    "year groups": "Year groups of pupils",
    "characteristics": "Characteristics",
    "group places": "Places in groups",
    "contacts": "Contacts",
    "staff": "Staff",
    "marks": "Marks",
}
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
    def may_change(self) -> bool:
        """Whether answers can still be given, or given anew."""
        return self in (Stage.ASKS, Stage.LACKS, Stage.REFUSED, Stage.CHECKED)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the page at a stage: heading, and a sentence whose first half is bold."""

    heading: str
    lead: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True)
class CountLine:
    """What an import does to one kind of thing."""

    what: str
    new: int
    changed: int
    removed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class WrongRow:
    """One thing that is wrong, in one row or in many."""

    where: str
    column: str
    what: str
    how: str
    rows: int


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
    *first, last = said
    listed = f"{', '.join(first)} and {last}" if first else last
    return f" {listed} {'is' if listed.startswith('1 ') and not first else 'are'} new."


def head_of(stage: Stage, answer: dict[str, Any], *, questions: int, changes: int) -> Head:
    """What the page says first."""
    new = what_is_new(answer.get("counts", {}))
    wrong = answer.get("wrong_rows", 0)
    rows = f"{wrong:,} row{'' if wrong == 1 else 's'}"
    if stage is Stage.ASKS:
        few = "one thing" if questions == 1 else f"{questions} things"
        return Head(
            "What the files are",
            f"Rollbook needs {few} of you",
            "; all else it has found out. Nothing is written yet.",
        )
    if stage is Stage.CHECKED and wrong:
        said = f"{rows} {'is' if wrong == 1 else 'are'} wrong"
        return Head(WOULD, said, "; all the others are good. Nothing is written yet.")
    if stage is Stage.CHECKED and not changes:
        return Head(WOULD, "Rollbook has all of this already", ": the files would change nothing.")
    if stage is Stage.IN and wrong:
        said = f"{rows} {'was' if wrong == 1 else 'were'} left out"
        waits = "waits" if wrong == 1 else "wait"
        return Head("The files are in", said, f" and {waits} to be mended.{new}")
    if stage is Stage.IN and not changes:
        return Head("Nothing was changed", "", "Rollbook had all of this already.")
    if stage is Stage.IN:
        return Head("The files are in", "Every row came in.", new)
    if stage is Stage.REFUSED:
        count = answer.get("problem_count", 0)
        things = "1 thing" if count == 1 else f"{count:,} things"
        return Head(
            "The files cannot come in as they are",
            "Nothing was written.",
            f" {things} must be put right first.",
        )
    return HEADS[stage]


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
    Stage.CHECKED: Head(WOULD, "Every row is good.", " Nothing is written yet."),
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


def count_lines(counts: dict[str, int]) -> list[CountLine]:
    """The counts of an import, one line for each kind of thing that it touches."""
    lines = []
    for noun, words in NOUNS.items():
        new, changed, removed, unchanged = (
            counts.get(f"{kind} {noun}", 0) for kind in ("new", "changed", "removed", "unchanged")
        )
        if new or changed or removed or unchanged:
            lines.append(CountLine(words, new, changed, removed, unchanged))
    return lines


def wrong_rows(problems: list[Any]) -> list[WrongRow]:
    """The groups of problems that a job's answer keeps, as lines of the page."""
    return [_wrong_row(**_as_kept_today(kept)) for kept in problems]


def _wrong_row(
    *, file: str, lines: list[int], column: str, code: str, values: dict[str, Any], rows: int
) -> WrongRow:
    reason = Reason(ProblemKind.of(code), values)
    what = reason.sentence(column=column, is_row=any(lines))
    return WrongRow(_where(file, lines, rows), column, what, reason.remedy, rows)


def _as_kept_today(kept: Any) -> dict[str, Any]:
    """Jobs of earlier versions kept file, lines, column, a sentence and the number of rows."""
    if isinstance(kept, dict):
        return kept
    file, lines, column, text, rows = kept
    reason = because(ProblemKind.AS_WRITTEN, text=text).to_json()
    return {"file": file, "lines": lines, "column": column, "rows": rows, **reason}


def _where(file: str, lines: list[int], rows: int) -> str:
    """marks.csv, lines 12, 13, 14 and 460 more; the file alone where the whole of it is meant."""
    named = [f"{line:,}" for line in lines if line]
    if not named:
        return file
    if rows == 1:
        return f"{file}, line {named[0]}"
    if rows > len(named):
        return f"{file}, lines {', '.join(named)} and {rows - len(named):,} more"
    return f"{file}, lines {', '.join(named[:-1])} and {named[-1]}"
