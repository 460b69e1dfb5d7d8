"""What an import counts and what is wrong with its rows, as lines of a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import ProblemReason, because
from registers.models import Import
from registers.rules.wording import listed, many, plural

# The order of the page, and the words for what an import counts.
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


NOTHING = '<span class="muted">{}</span>'


@dataclass(frozen=True, slots=True)
class CountLine:
    """What an import does to one kind of thing."""

    what: str
    new: int
    changed: int
    removed: int
    unchanged: int

    @property
    def total(self) -> int:
        return self.changes + self.unchanged

    @property
    def changes(self) -> int:
        return self.new + self.changed + self.removed

    @property
    def columns(self) -> list[tuple[str, SafeString]]:
        """The numbers of what changes, each with the heading of its column."""
        counts = (("New", self.new), ("Changed", self.changed), ("Taken out", self.removed))
        return [(label, count_shown(number)) for label, number in counts]

    @property
    def unchanged_shown(self) -> str:
        return f"{self.unchanged:,}" if self.unchanged else "–"

    @property
    def in_words(self) -> str:
        """Pupils: 3 new, 2 changed."""
        counts = ((self.new, "new"), (self.changed, "changed"), (self.removed, "taken out"))
        return f"{self.what}: {', '.join(f'{n:,} {words}' for n, words in counts if n)}"


def count_shown(number: int) -> SafeString:
    """What changes stands out."""
    return format_html("<strong>{}</strong>" if number else NOTHING, f"{number:,}")


def count_lines(counts: Mapping[str, int]) -> list[CountLine]:
    """The counts of an import, one line for each kind of thing that it touches."""
    lines = [_count_line(noun, words, counts) for noun, words in NOUNS.items()]
    return [line for line in lines if line.total]


def _count_line(noun: str, words: str, counts: Mapping[str, int]) -> CountLine:
    kinds = ("new", "changed", "removed", "unchanged")
    return CountLine(words, *(counts.get(f"{kind} {noun}", 0) for kind in kinds))


def what_changed(counts: Mapping[str, int]) -> list[str]:
    """What an import did, in words, one for each kind of thing that it changed."""
    *first, last = [line.in_words for line in count_lines(counts) if line.changes] or [""]
    return [*(f"{words};" for words in first), last]


def how_often(times: int) -> str:
    return plural(times, "once", many(times, "time"))


@dataclass(frozen=True, slots=True)
class RunState:
    """How an import ended, as a tag."""

    words: str
    kind: str = ""


AT_WORK = RunState("At work")
BROKEN_OFF = RunState("Broken off", "bad")
RUN_STATES = {Import.State.DONE: RunState("Done", "good"), Import.State.STOPPED: BROKEN_OFF}


def run_state(run: Import, *, stopped: Import | None) -> RunState:
    """`stopped` is the import that was broken off without having said so."""
    return BROKEN_OFF if run == stopped else RUN_STATES.get(Import.State(run.state), AT_WORK)


@dataclass(frozen=True, slots=True)
class WrongRowLine:
    """One thing that is wrong, in one row or in many."""

    where: str
    column: str
    what: str
    how: str
    rows: int

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def wrong_rows(problems: list[Any]) -> list[WrongRowLine]:
    """The groups of problems that a job's answer keeps, as lines of the page."""
    return [_wrong_row(**_as_kept_today(kept)) for kept in problems]


def _wrong_row(
    *, file: str, lines: list[int], column: str, code: str, values: dict[str, Any], rows: int
) -> WrongRowLine:
    reason = ProblemReason(ProblemKind.of(code), values)
    what = reason.sentence(column=column, is_row=any(lines))
    return WrongRowLine(_where(file, lines, rows), column, what, reason.remedy, rows)


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
    if rows > len(named):
        named = [", ".join(named), f"{rows - len(named):,} more"]
    return f"{file}, {plural(rows, 'line', 'lines')} {listed(named)}"


def hints(words: Iterable[str]) -> SafeString:
    """Sentences below one another, as the parts of a list."""
    return format_html_join("", "<li>{}</li>", ((one,) for one in words))


def to_know(answer: Mapping[str, Any]) -> SafeString:
    """What a check or an import warns of, and none of which stops it."""
    return hints([*answer.get("notes", ()), *map(capfirst, answer.get("warnings", ()))])
