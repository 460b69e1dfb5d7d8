"""One table of another system: found out step by step, as far as its answers carry. No Django.

Its kind, then its columns, then one pass over its rows, then its dates, words and names. Whatever
is not settled is a question; a table whose questions are open gives no rows yet.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import PurePosixPath

from registers.exchange.layout.files import COLUMNS
from registers.exchange.layout.vocabulary import plain_heading
from registers.exchange.map import asking
from registers.exchange.map.dates import DMY, EPOCHS, MDY, YMD, DateEvidence, DateReader
from registers.exchange.map.fields import (
    LEAVE_OUT,
    WHO,
    Assigned,
    TableColumn,
    assign,
    whose_names_must_be_asked,
)
from registers.exchange.map.kinds import kind_of
from registers.exchange.map.recipes import (
    DATES,
    GROUPS,
    folded,
    word_id,
)
from registers.exchange.map.scan import Scan, looks_like_a_date, scan, swapped
from registers.exchange.map.segments import Meaning, Segment, segments_of
from registers.exchange.map.words import ASKED, meaning
from registers.exchange.marks import Shape, shape_of
from registers.exchange.marks.codes import RETIRED, CodeWords, retired_after
from registers.exchange.marks.headings import read_heading
from registers.exchange.problems.errors import WrongCell
from registers.exchange.questions import Answers, Question
from registers.exchange.read.tables import SourceTable
from registers.rules.pupils.upn import normalise, why_not_upn
from registers.rules.pupils.year_groups import normalise as year_group_of

MOST_WORDS_SHOWN = 40  # of a column; more is no list of words
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


SAME_FOR_ALL = {"groups": ("Kind", "From"), "staff": ("Role",), "characteristics": ()}


@dataclass(frozen=True)
class AboutSchool:
    """What of the school a proposal goes by, as plain values."""

    today: date
    numbers: frozenset[str] = frozenset()  # UPNs and admission numbers that Rollbook has
    groups: frozenset[str] = frozenset()  # names of registration groups
    has_calendar: bool = True
    year_starts_on: date | None = None


@dataclass
class Word:
    """A word of a column, and what it is taken for (None: nobody knows)."""

    field: str
    word: str
    taken_for: str | None
    count: int
    question: str


@dataclass
class AskedQuestion:
    """A question with what was answered. `must` is false where Rollbook knows by itself."""

    question: Question
    must: bool
    answer: str | None

    @property
    def is_open(self) -> bool:
        return self.must and self.answer is None


class TablePlan:
    """What is known of one table. `look` first, then `settle` with the evidence of its kind."""

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
        self.words: list[Word] = []
        self.notes: list[str] = list(table.notes)
        self.problems: list[str] = []
        self.segments: list[Segment] = []

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

    # --- its words, once the evidence of all tables like it is there

    def evidence(self) -> DateEvidence:
        """What the dates of this table say of their order."""
        found = DateEvidence()
        for column in self._columns(*DATES):
            found.look_at(text for text in self._texts(column) if text)
        return found

    def settle(self, evidence: DateEvidence) -> None:
        """Ask what is not known of dates, words and names, and make the rows that can be made."""
        if self.kind in (None, LEAVE_OUT) or self.problems or not self.scan.rows:
            return
        reader = self._dates(evidence)
        swapped_columns = self._swapped()
        self._look_at_words()
        self._look_at_codes(reader)
        self._look_at_groups()
        order = self._name_order()
        self._look_for_numbers()
        same = self._same_for_all()
        if not self.is_open:
            settled = Meaning(reader, self.answers, swapped_columns, order, same)
            self.segments = segments_of(
                self.table,
                str(self.kind),
                self.assigned,
                settled,
                last_line=self.scan.last_line,
            )
            if self.shape is not None and self.kind == "marks":
                for segment in self.segments:
                    segment.heading_of = self.shape.heading

    def _dates(self, evidence: DateEvidence) -> DateReader:
        order = evidence.order
        ident = f"dates:{self.id}"
        if evidence.must_ask:
            order = self.answers.get(ident, self.dates)
            question = asking.date_order(ident, self.source, evidence)
            self._ask(question, must=order not in (DMY, MDY, YMD))
        epoch = None
        if evidence.serial:
            ident = f"serial:{self.id}"
            day = DateReader(None, "1900")(evidence.serial)
            self._ask(asking.serials(ident, self.source, evidence.serial, day), must=True)
            said = self.answers.get(ident)
            epoch = said if said in EPOCHS else None
        return DateReader(order, epoch)

    def _swapped(self) -> frozenset[int]:
        found = set()
        for column in self._columns(*DATES):
            if swapped([text.strip() for text in self._texts(column)]):
                ident = f"swapped:{self.id}:{column.plain}"
                self._ask(asking.swapped(ident, self.source, column.heading), must=True)
                if self.answers.get(ident) == asking.YES:
                    found.add(column.index)
        return frozenset(found)

    def _look_at_words(self) -> None:
        for column in self._columns(*ASKED, "Year group"):
            name = str(column.field)
            known = (
                year_group_of if name == "Year group" else lambda text, of=name: meaning(of, text)
            )
            for text, times in self._words_of(column).most_common():
                ident = word_id(name, text)
                taken = self.answers.get(ident, known(text))
                self.words.append(Word(name, text, taken, times, ident))
                if known(text) is None or len(self.words) <= MOST_WORDS_SHOWN:
                    question = asking.word(name, text, times, self.source)
                    self._ask(question, must=known(text) is None)

    def _words_of(self, column: TableColumn) -> Counter[str]:
        """The words of a column, those that differ in case or blanks alone as one."""
        found: Counter[str] = Counter()
        for text, times in self.scan.words.get(column.index, Counter()).items():
            if flat := " ".join(text.split()):
                found[flat] += times
        return found

    def _look_at_codes(self, dates: DateReader) -> None:
        codes = CodeWords(self.answers)
        for column in self._columns("Code"):
            for text, times in self._words_of(column).most_common():
                ident_known = CodeWords({}).read(text)
                taken = codes.read(text)
                self.words.append(Word("Code", text, taken, times, f"code:{text}"))
                if ident_known is None:
                    self._ask(codes.question(text, self.source, count=times), must=True)
            if any(text.upper() in RETIRED for text in self._words_of(column)):
                self._look_at_retired(column, dates)

    def _look_at_retired(self, code: TableColumn, dates: DateReader) -> None:
        """Codes that were no longer in use on the day of their mark: asked once for each."""
        day = next(self._columns("Date"), None)
        if day is None:
            return
        marks = ((cells[code.index], cells[day.index]) for _, cells in self.table.rows())
        dated = ((text, on) for text, written in marks if (on := _read(dates, written)))
        for symbol, times in retired_after(dated).items():
            question = CodeWords(self.answers).question_after(symbol, self.source, count=times)
            if question is not None:
                self._ask(question, must=True)

    def _look_at_groups(self) -> None:
        for column in self._columns(*GROUPS):
            spellings = self._words_of(column)
            for text, times in spellings.items():
                if looks_like_a_date(text):
                    self._ask(asking.spoiled_group(text, times, self.source), must=True)
            self._ask_alike(str(column.field), spellings)

    def _ask_alike(self, name: str, spellings: Counter[str]) -> None:
        """Spellings of one name, in the file and in Rollbook: Rollbook's is likeliest."""
        together: dict[str, list[str]] = {}
        for text in (*spellings, *(self.about.groups - spellings.keys())):
            together.setdefault(folded(text), []).append(text)
        for texts in together.values():
            if len(texts) > 1:
                chosen = max(texts, key=lambda text: (text in self.about.groups, spellings[text]))
                counted = Counter({text: spellings[text] for text in texts})
                for question in asking.alike(name, counted, self.source, chosen):
                    self._ask(question, must=True)

    def _name_order(self) -> str | None:
        """Asked where pupils are made or found by a name whose order nothing tells."""
        column = self.assigned.column("Full name")
        if column is None or (self._has_numbers() and self.kind != "pupils"):
            return None
        if self.assigned.has("Surname") and self.assigned.has("Forename"):
            return None
        unclear = [
            text for text in self._texts(column) if "," not in text and len(text.split()) > 1
        ]
        if not unclear:
            return None
        ident = f"name-order:{self.id}"
        question = asking.name_order(ident, self.source, column.heading, unclear[0])
        self._ask(question, must=True)
        return self.answers.get(ident)

    def _has_numbers(self) -> bool:
        """Whether every row says by number which pupil it is about."""
        for name in ("UPN", "Admission number"):
            column = self.assigned.column(name)
            if column is not None and "" not in {text.strip() for text in self._texts(column)}:
                return True
        return False

    def _look_for_numbers(self) -> None:
        of_pupils = self.kind in ("contacts", "marks", "groups", "characteristics")
        if of_pupils and not self._has_numbers():
            self._ask(asking.by_name(f"by-name:{self.id}", self.source), must=True)

    def _same_for_all(self) -> dict[str, str]:
        """What the table does not say and is the same for all its rows, once it is answered."""
        found = {}
        for name in SAME_FOR_ALL.get(str(self.kind), ()):
            if not self.assigned.has(name):
                ident = f"same:{self.id}:{name}"
                about = (self.about.year_starts_on, self.about.today)
                self._ask(asking.same_for_all(ident, self.source, name, *about), must=True)
                found[name] = self.answers.get(ident, "")
        return found

    # --- what others ask of it

    @property
    def is_open(self) -> bool:
        return any(asked.is_open for asked in self.asked)

    @property
    def may_go_by_name(self) -> bool:
        return self.answers.get(f"by-name:{self.id}") == asking.YES

    def _ask(self, question: Question, *, must: bool) -> None:
        self.asked.append(AskedQuestion(question, must, self.answers.get(question.id)))

    def _columns(self, *names: str) -> Iterator[TableColumn]:
        for (name, _), column in self.assigned.by_field.items():
            if name in names:
                yield column

    def _texts(self, column: TableColumn) -> Sequence[str]:
        return list(self.scan.words.get(column.index, ()))

    def upns_with_entry(self) -> set[str]:
        """The pupils for whom this table says since when they are on roll."""
        column = self.assigned.column("UPN")
        if self.kind != "pupils" or column is None or not self.assigned.has("Date of entry"):
            return set()
        return set(map(normalise, self._texts(column)))

    def new_pupils_without_entry(self, entered: set[str]) -> bool:
        """Whether a pupils table has somebody whom Rollbook does not know, and no date of entry.

        `entered` are those for whom another table of the same files says it.
        """
        column = self.assigned.column("UPN")
        named = self.assigned.has("Surname") or self.assigned.has("Full name")
        if self.kind != "pupils" or self.assigned.has("Date of entry") or not (column and named):
            return False
        numbers = {normalise(text) for text in self._texts(column)} - self.about.numbers
        numbers -= entered
        return any(why_not_upn(number) is None for number in numbers)


def _read(dates: DateReader, text: str) -> date | None:
    """None for what is no day: the check tells of it."""
    try:
        return dates(text.strip())
    except WrongCell:
        return None


def number_of(assigned: Assigned, name: str) -> bool:
    """Whether a field is there for any contact."""
    return any(found == name for found, _ in assigned.by_field)


def signature(columns: Sequence[str]) -> str:
    """The same for every file of one report: of the headings that are no days, in any order."""
    plain = sorted({plain_heading(name) for name in columns if read_heading(name) is None})
    return sha256("\n".join(plain).encode()).hexdigest()[:8]
