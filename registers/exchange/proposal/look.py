"""The kind of one table and its columns, as far as headings and answers tell. No Django."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import PurePosixPath

from registers.exchange.layout.files import COLUMNS
from registers.exchange.layout.vocabulary import plain_heading
from registers.exchange.map import asking
from registers.exchange.map.fields import (
    LEAVE_OUT,
    WHO,
    Assigned,
    TableColumn,
    assign,
    whose_names_must_be_asked,
)
from registers.exchange.map.kinds import kind_of
from registers.exchange.map.scan import Scan, scan
from registers.exchange.marks import Shape, shape_of
from registers.exchange.marks.headings import read_heading
from registers.exchange.questions import Answers, Question
from registers.exchange.read.tables import SourceTable

NEEDED = {  # of each kind, one of each line must be there
    "pupils": (WHO,),
    "contacts": (WHO, ("Contact name", "Contact surname", "Contact forename")),
    "marks": (WHO, ("Date",), ("Session",), ("Code",)),
    "groups": (WHO, ("Group",)),
    "characteristics": (WHO, ("Characteristic",), ("Value",), ("From",)),
    "staff": (("Username", "Email"), ("Name", "Staff surname")),
    "calendar": (("Date",), ("Session",), ("Academic year",)),
    "terms": (("Term",), ("From",), ("Until",)),
    "school": (("URN",), ("Name",)),
}


@dataclass(frozen=True)
class AboutSchool:
    """What of the school a proposal goes by, as plain values."""

    today: date
    numbers: frozenset[str] = frozenset()  # UPNs and admission numbers that Rollbook has
    groups: frozenset[str] = frozenset()  # names of registration groups
    has_calendar: bool = True
    year_starts_on: date | None = None


@dataclass
class AskedQuestion:
    """A question with what was answered. `must` is false where Rollbook knows by itself."""

    question: Question
    must: bool
    answer: str | None

    @property
    def is_open(self) -> bool:
        return self.must and self.answer is None


class TableLook:
    """What the headings of one table say, what is asked of them, and one pass over its rows."""

    def __init__(self, table: SourceTable, about: AboutSchool, answers: Answers, dates: str | None):
        self.table, self.about, self.answers, self.dates = table, about, answers, dates
        self.source = table.source
        self.id = signature(table.columns)
        self.kind: str | None = None
        self.why = ""
        self.shape: Shape | None = None
        self.assigned = Assigned([])
        self.scan = Scan()
        self.asked: list[AskedQuestion] = []
        self.notes: list[str] = list(table.notes)
        self.problems: list[str] = []

    # --- its kind and columns

    def look(self) -> None:
        """Find kind and columns, and pass once over the rows when both are settled."""
        self._find_kind()
        if self.kind is None or self.kind == LEAVE_OUT:
            return
        self._find_columns()
        if self.is_open or self.problems:
            return
        looked_at = list(self.assigned.by_field.values())
        self.scan = scan(self.table, looked_at)
        if not self.scan.rows:
            self.notes.append("The table has no rows.")

    def _find_kind(self) -> None:
        ident = f"kind:{self.id}"
        answered = self.answers.get(ident)
        self.shape = shape_of(
            self.table,
            order=self.answers.get(f"dates:{self.id}", self.dates),
            answers=self.answers,
            today=self.about.today,
        )
        kind, self.why = self._kind()
        question = asking.kind(ident, self.source, self.table.columns, kind)
        self._ask(question, must=kind is None)
        self.kind = answered or kind
        if answered:
            self.why = "as you said"
        if self.kind == "marks" and self.shape is not None:
            self.table = self.shape.table
            self.notes += [note for note in self.table.notes if note not in self.notes]
            self.notes.append(self.shape.words)
            for question in self.shape.questions:
                self._ask(question, must=True)

    def _kind(self) -> tuple[str | None, str]:
        if self.table.kind is not None:
            return self.table.kind.removesuffix(".csv"), "the file says so itself"
        if named := self._kind_by_name():
            return named, "by its name"
        found = kind_of(self.table.columns, is_marks=self.shape is not None)
        return found, "by its columns" if found else ""

    def _kind_by_name(self) -> str | None:
        """A file of our own layout, or a sheet of a template, is what it is called."""
        last = self.source.rpartition(", sheet ")[2]
        stem = PurePosixPath(last).stem.casefold()
        if f"{stem}.csv" not in COLUMNS:
            return None
        ours = {plain_heading(name) for name in COLUMNS[f"{stem}.csv"]}
        theirs = [plain_heading(name) for name in self.table.columns if name]
        known = sum(name in ours for name in theirs)
        return stem if known >= 2 and known * 2 >= len(theirs) else None

    def _find_columns(self) -> None:
        kind = str(self.kind)
        start = f"column:{kind}:"
        said = self._answers_after(start) | self._columns_said()
        bare = self.answers.get(f"whose-names:{self.id}")
        self.assigned = assign(
            self.table.columns,
            kind,
            answers=said,
            bare_names_are_the_contacts=None if bare is None else bare == "contact",
        )
        if self.assigned.profile:
            self.why += f", like {self.assigned.profile}"
        for column in self.assigned.columns:
            if column.heading:
                question = asking.column(start + column.plain, self.source, column, kind)
                self._ask(question, must=bool(column.suggested) and not column.field)
        if kind == "contacts" and bare is None and whose_names_must_be_asked(self.assigned):
            self._ask(asking.whose_names(f"whose-names:{self.id}", self.source), must=True)
        self._look_for_needed()

    def _answers_after(self, start: str) -> Answers:
        """Those whose id begins so, by the rest of it."""
        ours = filter(lambda key: key.startswith(start), self.answers)
        return {key.removeprefix(start): self.answers[key] for key in ours}

    def _columns_said(self) -> dict[str, str]:
        """Answers to “Which column is …?”: heading by field, turned round."""
        start = f"needed:{self.id}:"
        return {
            heading: key.removeprefix(start)
            for key, heading in self.answers.items()
            if key.startswith(start)
        }

    def _look_for_needed(self) -> None:
        free = [one for one in self.assigned.columns if one.heading and one.field is None]
        for names in NEEDED.get(str(self.kind), ()):
            if any(number_of(self.assigned, name) for name in names):
                continue
            name = "Full name" if names is WHO else names[0]
            if free:
                ident = f"needed:{self.id}:{name}"
                self._ask(asking.needed(ident, self.source, name, free), must=True)
            else:
                self.problems.append(f"has no column for {name}")

    @property
    def is_open(self) -> bool:
        return any(asked.is_open for asked in self.asked)

    def _ask(self, question: Question, *, must: bool) -> None:
        self.asked.append(AskedQuestion(question, must, self.answers.get(question.id)))

    def _columns(self, *names: str) -> Iterator[TableColumn]:
        for (name, _), column in self.assigned.by_field.items():
            if name in names:
                yield column

    def _texts(self, column: TableColumn) -> Sequence[str]:
        return list(self.scan.words.get(column.index, ()))


def number_of(assigned: Assigned, name: str) -> bool:
    """Whether a field is there for any contact."""
    return any(found == name for found, _ in assigned.by_field)


def signature(columns: Sequence[str]) -> str:
    """The same for every file of one report: of the headings that are no days, in any order."""
    plain = sorted({plain_heading(name) for name in columns if read_heading(name) is None})
    return sha256("\n".join(plain).encode()).hexdigest()[:8]
