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

SOMEBODY = ("Full name", *WHO)
CONTACT = ("Contact name", "Contact surname", "Contact forename")
# Of each kind, one of each line must be there; asked for by the first.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "pupils": (SOMEBODY,),
    "contacts": (SOMEBODY, CONTACT),
    "marks": (SOMEBODY, ("Date",), ("Session",), ("Code",)),
    "groups": (SOMEBODY, ("Group",)),
    "characteristics": (SOMEBODY, ("Characteristic",), ("Value",), ("From",)),
    "staff": (("Username", "Email"), ("Name", "Staff surname")),
    "calendar": (("Date",), ("Session",), ("Academic year",)),
    "terms": (("Term",), ("From",), ("Until",)),
    "school": (("URN",), ("Name",)),
}
NOT_READ = ("", LEAVE_OUT)
BARE_NAMES_ARE_THE_CONTACTS = {"contact": True, "pupil": False}  # by who was said to have them


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
        self.kind = ""  # until it is known
        self.why = ""
        self.shape: Shape | None = None  # of marks
        self.assigned = Assigned([])
        self.scan = Scan()
        self.asked: list[AskedQuestion] = []
        self.notes: list[str] = list(table.notes)
        self.problems: list[str] = []

    # --- its kind and columns

    def look(self) -> None:
        """Find kind and columns, and pass once over the rows when both are settled."""
        self._find_kind()
        if self.kind in NOT_READ:
            return
        self._find_columns()
        if not self.is_open and not self.problems:
            self._look_at_rows()

    def _look_at_rows(self) -> None:
        self.scan = scan(self.table, list(self.assigned.by_field.values()))
        if not self.scan.rows:
            self.notes.append("The table has no rows.")

    def _find_kind(self) -> None:
        shape = shape_of(
            self.table,
            order=self.answers.get(f"dates:{self.id}", self.dates),
            answers=self.answers,
            today=self.about.today,
        )
        self.kind, self.why = self._kind(is_marks=shape is not None)
        ident, columns = f"kind:{self.id}", self.table.columns
        question = asking.kind(ident, self.source, columns, self.kind or None)
        if answered := self._ask(question, must=not self.kind):
            self.kind, self.why = answered, "as you said"
        if self.kind == "marks" and shape is not None:
            self._take_shape(shape)

    def _take_shape(self, shape: Shape) -> None:
        self.shape, self.table = shape, shape.table
        self.notes = [*dict.fromkeys((*self.notes, *self.table.notes)), shape.words]
        for question in shape.questions:
            self._ask(question, must=True)

    def _kind(self, *, is_marks: bool) -> tuple[str, str]:
        """The kind, and by what it is known; both empty where nothing tells."""
        if self.table.kind is not None:
            return self.table.kind.removesuffix(".csv"), "the file says so itself"
        if named := self._kind_by_name():
            return named, "by its name"
        kind = kind_of(self.table.columns, is_marks=is_marks)
        return (kind, "by its columns") if kind else ("", "")

    def _kind_by_name(self) -> str:
        """A file of our own layout, or a sheet of a template, is what it is called."""
        last = self.source.rpartition(", sheet ")[2]
        stem = PurePosixPath(last).stem.casefold()
        ours = set(map(plain_heading, COLUMNS.get(f"{stem}.csv", ())))
        theirs = list(map(plain_heading, filter(None, self.table.columns)))
        known = sum(map(ours.__contains__, theirs))
        return stem if known >= max(2, len(theirs) / 2) else ""

    def _find_columns(self) -> None:
        start = f"column:{self.kind}:"
        bare = self.answers.get(f"whose-names:{self.id}", "")
        self.assigned = assign(
            self.table.columns,
            self.kind,
            answers=self._answers_after(start) | self._columns_said(),
            bare_names_are_the_contacts=BARE_NAMES_ARE_THE_CONTACTS.get(bare),
        )
        if self.assigned.profile:
            self.why += f", like {self.assigned.profile}"
        for column in self.headed:
            question = asking.column(start + column.plain, self.source, column, self.kind)
            self._ask(question, must=bool(column.suggested) and not column.field)
        if self.kind == "contacts" and not bare:
            self._ask_whose_names()
        self._look_for_needed()

    @property
    def headed(self) -> list[TableColumn]:
        """The columns that have a heading."""
        return [column for column in self.assigned.columns if column.heading]

    def _ask_whose_names(self) -> None:
        if whose_names_must_be_asked(self.assigned):
            self._ask(asking.whose_names(f"whose-names:{self.id}", self.source), must=True)

    def _answers_after(self, start: str) -> Answers:
        """Those whose id begins so, by the rest of it."""
        ours = filter(lambda key: key.startswith(start), self.answers)
        return {key.removeprefix(start): self.answers[key] for key in ours}

    def _columns_said(self) -> dict[str, str]:
        """Answers to “Which column is …?”: heading by field, turned round."""
        said = self._answers_after(f"needed:{self.id}:")
        return {heading: name for name, heading in said.items()}

    def _look_for_needed(self) -> None:
        there = {name for name, _ in self.assigned.by_field}
        for names in NEEDED.get(self.kind, ()):
            if there.isdisjoint(names):
                self._ask_for(names[0])

    def _ask_for(self, name: str) -> None:
        free = [column for column in self.headed if column.field is None]
        if free:
            ident = f"needed:{self.id}:{name}"
            self._ask(asking.needed(ident, self.source, name, free), must=True)
        else:
            self.problems.append(f"has no column for {name}")

    @property
    def is_open(self) -> bool:
        return any(asked.is_open for asked in self.asked)

    def _ask(self, question: Question, *, must: bool) -> str | None:
        """The answer, where there is one."""
        answer = self.answers.get(question.id)
        self.asked.append(AskedQuestion(question, must, answer))
        return answer

    def _columns(self, *names: str) -> Iterator[TableColumn]:
        for (name, _), column in self.assigned.by_field.items():
            if name in names:
                yield column

    def _texts(self, column: TableColumn) -> Sequence[str]:
        return list(self.scan.words.get(column.index, ()))


def signature(columns: Sequence[str]) -> str:
    """The same for every file of one report: of the headings that are no days, in any order."""
    plain = sorted({plain_heading(name) for name in columns if read_heading(name) is None})
    return sha256("\n".join(plain).encode()).hexdigest()[:8]
