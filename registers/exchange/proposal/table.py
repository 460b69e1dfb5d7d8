"""One table of another system: found out step by step, as far as its answers carry. No Django.

Its kind, then its columns, then one pass over its rows, then its dates, words and names. Whatever
is not settled is a question; a table whose questions are open gives no rows yet.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import product

from registers.exchange.map import asking
from registers.exchange.map.dates import EPOCHS, ORDERS, DateEvidence, DateReader
from registers.exchange.map.fields import TableColumn
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
from registers.rules.grouping import grouped_by
from registers.rules.pupils.upn import normalise, why_not_upn
from registers.rules.pupils.year_groups import normalise as year_group_of

MOST_WORDS_SHOWN = 40  # of a column; more is no list of words
FOUND_BY_NUMBER = ("contacts", "marks", "groups", "characteristics")
KNOWN_WORDS: dict[str, Callable[[str], str | None]] = {"Year group": year_group_of}
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
            found.look_at(filter(None, self._texts(column)))
        return found

    def settle(self, evidence: DateEvidence) -> None:
        """Ask what is not known of dates, words and names, and make the rows that can be made."""
        if not self.scan.rows:
            return
        reader = self._dates(evidence)
        swapped_columns = self._swapped()
        self._look_at_words()
        self._look_at_codes()
        self._look_at_retired(reader)
        self._look_at_groups()
        order = self._name_order()
        self._look_for_numbers()
        same = self._same_for_all()
        if not self.is_open:
            meaning = Meaning(reader, self.answers, swapped_columns, order, same)
            self.segments = self._segments(meaning)

    def _segments(self, meaning: Meaning) -> list[Segment]:
        segments = segments_of(
            self.table, self.kind, self.assigned, meaning, last_line=self.scan.last_line
        )
        for segment in segments:
            segment.heading_of = self.shape.heading if self.shape else None
        return segments

    # --- its dates

    def _dates(self, evidence: DateEvidence) -> DateReader:
        order, epoch = evidence.order, None
        if evidence.must_ask:
            order = self._ask_order(evidence)
        if evidence.serial:
            epoch = self._ask_epoch(evidence.serial)
        return DateReader(order, epoch)

    def _ask_order(self, evidence: DateEvidence) -> str | None:
        ident = f"dates:{self.id}"
        order = self.answers.get(ident, self.dates)
        self._ask(asking.date_order(ident, self.source, evidence), must=order not in ORDERS)
        return order

    def _ask_epoch(self, serial: str) -> str | None:
        day = DateReader(None, "1900")(serial)
        question = asking.serials(f"serial:{self.id}", self.source, serial, day)
        epoch = self._ask(question, must=True)
        return epoch if epoch in EPOCHS else None

    def _swapped(self) -> frozenset[int]:
        """The columns whose days a spreadsheet has swapped, as a person says."""
        found = set()
        for column in self._columns(*DATES):
            if swapped(list(map(str.strip, self._texts(column)))):
                ident = f"swapped:{self.id}:{column.plain}"
                question = asking.swapped(ident, self.source, column.heading)
                if self._ask(question, must=True) == asking.YES:
                    found.add(column.index)
        return frozenset(found)

    # --- its words

    def _look_at_words(self) -> None:
        for column in self._columns(*ASKED, "Year group"):
            name = str(column.field)
            known = KNOWN_WORDS.get(name, partial(meaning, name))
            for text, times in self._words_of(column).most_common():
                self._look_at_word(name, text, times, known(text))

    def _look_at_word(self, name: str, text: str, times: int, known: str | None) -> None:
        ident = word_id(name, text)
        self.words.append(Word(name, text, self.answers.get(ident, known), times, ident))
        if known is None or len(self.words) <= MOST_WORDS_SHOWN:
            question = asking.word(name, text, times, self.source)
            self._ask(question, must=known is None)

    def _words_of(self, column: TableColumn) -> Counter[str]:
        """The words of a column, those that differ in case or blanks alone as one."""
        found: Counter[str] = Counter()
        for text, times in self.scan.words.get(column.index, Counter()).items():
            if flat := " ".join(text.split()):
                found[flat] += times
        return found

    def _look_at_codes(self) -> None:
        codes, known = CodeWords(self.answers), CodeWords({})
        for column in self._columns("Code"):
            for text, times in self._words_of(column).most_common():
                self.words.append(Word("Code", text, codes.read(text), times, f"code:{text}"))
                if known.read(text) is None:
                    self._ask(codes.question(text, self.source, count=times), must=True)

    def _look_at_retired(self, dates: DateReader) -> None:
        """Codes that were no longer in use on the day of their mark: asked once for each."""
        codes = CodeWords(self.answers)
        for code, day in product(self._columns("Code"), self._columns("Date")):
            for symbol, times in self._retired(code, day, dates).items():
                question = codes.question_after(symbol, self.source, count=times)
                if question is not None:
                    self._ask(question, must=True)

    def _retired(self, code: TableColumn, day: TableColumn, dates: DateReader) -> Counter[str]:
        """How many marks have a code after its last day; one look at the rows where it matters."""
        if RETIRED.keys().isdisjoint(map(str.upper, self._words_of(code))):
            return Counter()
        marks = ((cells[code.index], cells[day.index]) for _, cells in self.table.rows())
        return retired_after((text, on) for text, said in marks if (on := _read(dates, said)))

    def _look_at_groups(self) -> None:
        for column in self._columns(*GROUPS):
            spellings = self._words_of(column)
            for text in filter(looks_like_a_date, spellings):
                self._ask(asking.spoiled_group(text, spellings[text], self.source), must=True)
            self._ask_alike(str(column.field), spellings)

    def _ask_alike(self, name: str, spellings: Counter[str]) -> None:
        """Spellings of one name, in the file and in Rollbook: Rollbook's is likeliest."""
        for texts in _alike((*spellings, *sorted(self.about.groups - spellings.keys()))):
            chosen = max(texts, key=lambda text: (text in self.about.groups, spellings[text]))
            counted = Counter({text: spellings[text] for text in texts})
            for question in asking.alike(name, counted, self.source, chosen):
                self._ask(question, must=True)

    # --- whom its rows are about

    def _name_order(self) -> str | None:
        """Asked where pupils are made or found by a name whose order nothing tells."""
        column = self.assigned.column("Full name")
        if column is None or not self._goes_by_full_name():
            return None
        unclear = next(filter(_has_no_clear_surname, self._texts(column)), None)
        if unclear is None:
            return None
        ident = f"name-order:{self.id}"
        return self._ask(asking.name_order(ident, self.source, column.heading, unclear), must=True)

    def _goes_by_full_name(self) -> bool:
        if self.assigned.has("Surname") and self.assigned.has("Forename"):
            return False
        return self.kind == "pupils" or not self._has_numbers()

    def _has_numbers(self) -> bool:
        """Whether every row says by number which pupil it is about."""
        numbers = self._columns("UPN", "Admission number")
        return any(all(map(str.strip, self._texts(column))) for column in numbers)

    def _look_for_numbers(self) -> None:
        if self.kind in FOUND_BY_NUMBER and not self._has_numbers():
            self._ask(asking.by_name(f"by-name:{self.id}", self.source), must=True)

    def _same_for_all(self) -> dict[str, str]:
        """What the table does not say and is the same for all its rows, once it is answered."""
        about = self.about.year_starts_on, self.about.today
        return {
            name: self._ask(
                asking.same_for_all(f"same:{self.id}:{name}", self.source, name, *about), must=True
            )
            or ""
            for name in SAME_FOR_ALL.get(self.kind, ())
            if not self.assigned.has(name)
        }

    # --- what others ask of it

    @property
    def may_go_by_name(self) -> bool:
        return self.answers.get(f"by-name:{self.id}") == asking.YES

    @property
    def upns(self) -> set[str]:
        """Those of a table of pupils."""
        columns = self._columns("UPN") if self.kind == "pupils" else ()
        return {normalise(text) for column in columns for text in self._texts(column)}

    def upns_with_entry(self) -> set[str]:
        """The pupils for whom this table says since when they are on roll."""
        return self.upns if self.assigned.has("Date of entry") else set()

    def new_pupils_without_entry(self, entered: set[str]) -> bool:
        """Whether a pupils table has somebody whom Rollbook does not know, and no date of entry.

        `entered` are those for whom another table of the same files says it.
        """
        named = self.assigned.has("Surname") or self.assigned.has("Full name")
        if not named or self.assigned.has("Date of entry"):
            return False
        new = self.upns - self.about.numbers - entered
        return not all(map(why_not_upn, new))


def _alike(texts: Iterable[str]) -> list[list[str]]:
    """Those that are the same but for what people write differently."""
    together = grouped_by(texts, folded)
    return [spellings for spellings in together.values() if len(spellings) > 1]


def _has_no_clear_surname(name: str) -> bool:
    return "," not in name and len(name.split()) > 1


def _read(dates: DateReader, text: str) -> date | None:
    """None for what is no day: the check tells of it."""
    try:
        return dates(text.strip())
    except WrongCell:
        return None
