"""One table of another system: found out step by step, as far as its answers carry. No Django.

Its kind, then its columns, then one pass over its rows, then its dates, words and names. Whatever
is not settled is a question; a table whose questions are open gives no rows yet.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from registers.exchange.map import asking
from registers.exchange.map.dates import DMY, EPOCHS, MDY, YMD, DateEvidence, DateReader
from registers.exchange.map.fields import (
    LEAVE_OUT,
    TableColumn,
)
from registers.exchange.map.recipes import (
    DATES,
    GROUPS,
    folded,
    word_id,
)
from registers.exchange.map.scan import looks_like_a_date, swapped
from registers.exchange.map.segments import Meaning, Segment, segments_of
from registers.exchange.map.words import ASKED, meaning
from registers.exchange.marks.codes import RETIRED, CodeWords, retired_after
from registers.exchange.problems.errors import WrongCell
from registers.exchange.proposal.look import AboutSchool, TableLook
from registers.exchange.questions import Answers
from registers.exchange.read.tables import SourceTable
from registers.rules.pupils.upn import normalise, why_not_upn
from registers.rules.pupils.year_groups import normalise as year_group_of

MOST_WORDS_SHOWN = 40  # of a column; more is no list of words
SAME_FOR_ALL = {"groups": ("Kind", "From"), "staff": ("Role",), "characteristics": ()}


@dataclass
class Word:
    """A word of a column, and what it is taken for (None: nobody knows)."""

    field: str
    word: str
    taken_for: str | None
    count: int
    question: str


class TablePlan(TableLook):
    """What is known of one table. `look` first, then `settle` with the evidence of its kind."""

    def __init__(self, table: SourceTable, about: AboutSchool, answers: Answers, dates: str | None):
        super().__init__(table, about, answers, dates)
        self.words: list[Word] = []
        self.segments: list[Segment] = []

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
    def may_go_by_name(self) -> bool:
        return self.answers.get(f"by-name:{self.id}") == asking.YES

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
