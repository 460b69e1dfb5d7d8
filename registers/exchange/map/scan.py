"""One pass over a table: what stands in its columns, before anything is made of it. No Django."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from registers.exchange.map.dates import is_serial
from registers.exchange.map.fields import TableColumn
from registers.exchange.read.tables import SourceTable

MOST_WORDS = 5_000  # different texts of a column that are kept
SHOWN_ROWS = 10
SAMPLES = 3
NUMBER_FIRST = re.compile(r"(\d{1,2})[/.-]\d{1,2}[/.-]\d")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
LIKE_A_DATE = re.compile(
    rf"\d{{1,2}}[- ]{MONTH}|{MONTH}[- ]\d{{1,2}}|"
    r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4}",
    re.IGNORECASE,
)


@dataclass
class Scan:
    """What was seen. `words` are the different texts of a column with how often each stands."""

    rows: int = 0
    last_line: int = 0
    words: dict[int, Counter[str]] = field(default_factory=dict)
    first_rows: list[tuple[int, list[str]]] = field(default_factory=list)
    misshapen: int = 0
    width: int = 0  # cells of a row

    def samples(self, index: int) -> list[str]:
        """The first different texts of a column."""
        texts = (cells[index].strip() for _, cells in self.first_rows if index < len(cells))
        return list(dict.fromkeys(filter(None, texts)))[:SAMPLES]

    def take(self, line: int, cells: list[str]) -> None:
        self.rows += 1
        self.last_line = line
        if len(self.first_rows) < SHOWN_ROWS:
            self.first_rows.append((line, cells))
        if len(cells) == self.width:
            self._count_words(cells)
        else:
            self.misshapen += 1

    def _count_words(self, cells: list[str]) -> None:
        for index, words in self.words.items():
            text = cells[index]
            if text in words or len(words) < MOST_WORDS:
                words[text] += 1


def scan(table: SourceTable, columns: Sequence[TableColumn]) -> Scan:
    """Look at the columns whose words matter; the first rows are kept as they are."""
    seen = Scan(words={column.index: Counter() for column in columns}, width=len(table.columns))
    for line, cells in table.rows():
        seen.take(line, cells)
    return seen


def looks_like_a_date(text: str) -> bool:
    """Whether a group's name looks like what a spreadsheet makes of 7-Oct or 10/9."""
    return bool(LIKE_A_DATE.fullmatch(text.strip())) or is_serial(text)


def is_scientific(text: str) -> bool:
    """Whether a number was shortened to 7.7E+09: its digits are lost."""
    return bool(SCIENTIFIC.fullmatch(text.strip()))


def swapped(texts: Sequence[str]) -> bool:
    """Whether a spreadsheet seems to have read days as months.

    Where it takes 04/03 for the 3rd of April it cannot read 25/03, which stays text: a column with
    real dates up to the 12th only, and texts from the 13th on only, was read that way.
    """
    real_days = [date.fromisoformat(text).day for text in filter(ISO.fullmatch, texts)]
    left = [int(text[1]) for text in map(NUMBER_FIRST.match, texts) if text]
    return len(real_days) > 1 and max(real_days) <= 12 < min(left, default=0)
