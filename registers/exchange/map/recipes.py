"""Cells of a person's table → cells of the layout, one column at a time. No Django in this module.

Each maker gives the text that the layout wants, or raises WrongCell with what is wrong with it.
What a spreadsheet spoils is mended where that is certain and refused where digits are lost.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from registers.exchange.map.dates import DateReader
from registers.exchange.map.scan import ISO, is_scientific, looks_like_a_date
from registers.exchange.map.words import ASKED, meaning, plain_word
from registers.exchange.marks.codes import RETIRED, CodeWords
from registers.exchange.problems.errors import WrongCell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import shortened
from registers.exchange.questions import Answers
from registers.rules.pupils import year_groups

Cells = Sequence[str]
Make = Callable[[Cells], str]
Read = Callable[[str], str]
DATES = ("Date of birth", "Date of entry", "Date of leaving", "Date", "From", "Until")
GROUPS = ("Registration group", "Group")
NUMBERS = ("UPN", "Former UPN", "Admission number", "URN", "LAESTAB", "Contact postcode")
TELEPHONES = ("Contact telephone", "Telephone")
WITHOUT_ZERO = re.compile(r"[1-37-9]\d{8,9}")  # a number of this country that lost its first 0
MOST_KEPT = 50_000  # texts whose meaning is remembered


class Reader(dict[str, str | WrongCell]):
    """What each text of a column becomes, worked out once; a wrong one stays wrong."""

    def __init__(self, read: Read):
        super().__init__()
        self.read = read

    def __missing__(self, text: str) -> str | WrongCell:
        try:
            made: str | WrongCell = self.read(text)
        except WrongCell as wrong:
            made = wrong
        if len(self) < MOST_KEPT:
            self[text] = made
        return made


@dataclass(frozen=True)
class MadeColumn:
    """A column of the layout, what the person calls it, and how its cells are made."""

    column: str
    heading: str
    make: Make


def from_cell(index: int, read: Read) -> Make:
    """The maker of a column that one cell gives."""
    known = Reader(read)

    def make(cells: Cells) -> str:
        made = known[cells[index]]
        if isinstance(made, WrongCell):
            raise made
        return made

    return make


def on_its_day(code: Make, day: Make, answers: Answers) -> Make:
    """A code, and in place of a retired one after its last day what a person has said."""
    codes = CodeWords(answers)

    def make(cells: Cells) -> str:
        text = code(cells)
        if text.strip().upper() not in RETIRED:
            return text
        try:
            return codes.read(text, date.fromisoformat(day(cells))) or text
        except ValueError:  # no day: told of where the day is read
            return text

    return make


@dataclass(frozen=True)
class ColumnReader:
    """How the texts of one field become those of the layout, where that hangs on what was said.

    `swap` puts back days and months that a spreadsheet swapped. Every method raises WrongCell.
    """

    field: str
    dates: DateReader
    answers: Answers
    swap: bool = False

    def day(self, text: str) -> str:
        text = text.strip()
        if not text:
            return ""
        day = self.dates(text)
        if self.swap and ISO.fullmatch(text):
            day = date(day.year, day.day, day.month)
        return day.isoformat()

    def word(self, text: str) -> str:
        return answered(self.field, text, meaning(self.field, text), self.answers)

    def value(self, text: str) -> str:
        """Of any characteristic: a stage of SEN, or yes and no."""
        stage, flag = meaning("SEN", text), meaning("FSM", text)
        known = flag if stage is None else stage
        return answered("SEN", text, None, self.answers) if known is None else known

    def year_group(self, text: str) -> str:
        return year_group(text, self.answers)

    def code(self, text: str) -> str:
        code = CodeWords(self.answers).read(text)
        if code is None:
            raise WrongCell(ProblemKind.NOT_A_CODE, cell=shortened(text))
        return code

    def group(self, text: str) -> str:
        return group(self.field, text, self.answers)


def reader_of(field: str, dates: DateReader, answers: Answers, *, swap: bool = False) -> Read:
    """How a text of this field becomes the text that the layout has for it."""
    if field in AS_SAID:
        return partial(AS_SAID[field], ColumnReader(field, dates, answers, swap))
    return AS_IT_STANDS.get(field, str.strip)


def answered(field: str, text: str, known: str | None, answers: Answers) -> str:
    """What a person has said of a word, or else what is `known` of it. Raises WrongCell."""
    said = answers.get(word_id(field, text), known)
    if said is None:
        raise WrongCell(ProblemKind.MEANING_UNKNOWN, cell=shortened(text))
    return said


def word_id(field: str, text: str) -> str:
    return f"word:{field}:{plain_word(text)}"


def year_group(text: str, answers: Answers) -> str:
    if not text.strip():
        return ""
    return answered("Year group", text, year_groups.normalise(text), answers)


def group(field: str, text: str, answers: Answers) -> str:
    """A group's name: as it is spelled elsewhere, and not what a spreadsheet made of it."""
    name = " ".join(text.split())
    if not looks_like_a_date(name):
        return answers.get(alike_id(field, name)) or name
    if spoiled_id(name) not in answers:
        raise WrongCell(ProblemKind.SPOILED_GROUP, cell=shortened(name))
    return answers[spoiled_id(name)]


def spoiled_id(name: str) -> str:
    return f"group:{name}"


def alike_id(field: str, name: str) -> str:
    return f"alike:{field}:{folded(name)}:{name}"


def folded(name: str) -> str:
    """What two spellings of one name have in common: neither case nor blanks count."""
    return "".join(name.split()).casefold()


def telephone(text: str) -> str:
    """With the 0 that a spreadsheet took away."""
    plain = number(text).removesuffix(".0")
    return f"0{plain}" if WITHOUT_ZERO.fullmatch(plain) else plain


def number(text: str) -> str:
    text = text.strip()
    if is_scientific(text):
        raise WrongCell(ProblemKind.SHORTENED_NUMBER)
    return text


def academic_year(text: str) -> str:
    """2025/2026, 2025-26 or 2025–2026 as 2025/26."""
    found = re.fullmatch(r"\s*(?:AY\s*)?(\d{4})\s*[/\-–]\s*(?:20)?(\d{2})\s*", text, re.IGNORECASE)
    return f"{found[1]}/{found[2]}" if found else text.strip()


def academic_year_of(day: date) -> str:
    """From September to August, as 2025/26."""
    first = day.year if day.month >= 9 else day.year - 1
    return f"{first}/{(first + 1) % 100:02d}"


AS_SAID: dict[str, Callable[[ColumnReader, str], str]] = {  # by field
    **dict.fromkeys(DATES, ColumnReader.day),
    **dict.fromkeys(ASKED, ColumnReader.word),
    **dict.fromkeys(GROUPS, ColumnReader.group),
    "Value": ColumnReader.value,
    "Year group": ColumnReader.year_group,
    "Code": ColumnReader.code,
}
AS_IT_STANDS: dict[str, Read] = {
    **dict.fromkeys(TELEPHONES, telephone),
    **dict.fromkeys(NUMBERS, number),
    "Academic year": academic_year,
}
SURNAME_FIRST, FORENAME_FIRST = "surname", "forename"


def names(text: str, order: str | None) -> tuple[str, str]:
    """Surname and forename of “Haddad, Amira”, or by `order` of “Amira Haddad”.

    Raises WrongCell where nothing tells which word is which.
    """
    text = " ".join(text.split())
    if "," in text:
        surname, _, forename = text.partition(",")
        return surname.strip(), forename.strip()
    words = text.split()
    if len(words) < 2:
        return text, ""
    if order == FORENAME_FIRST:
        return " ".join(words[1:]), words[0]
    if order == SURNAME_FIRST:
        return " ".join(words[:-1]), words[-1]
    raise WrongCell(ProblemKind.SURNAME_UNKNOWN, cell=shortened(text))


def part_of_name(index: int, order: str | None, part: int) -> Make:
    return from_cell(index, lambda text: names(text, order)[part])


def first_of(makers: Sequence[Make]) -> Make:
    """The first of several cells that says something."""
    if len(makers) == 1:
        return makers[0]
    return lambda cells: next(filter(None, (make(cells) for make in makers)), "")


def joined(indexes: Sequence[int]) -> Make:
    """A name of several cells: title, forename, surname."""
    return lambda cells: " ".join(filter(None, (cells[index].strip() for index in indexes)))


def address(indexes: Sequence[int]) -> Make:
    """An address of several cells; a house's number stands before its street."""

    def make(cells: Cells) -> str:
        parts = list(filter(None, (" ".join(cells[index].split()) for index in indexes)))
        if len(parts) > 1 and re.fullmatch(r"\d+\s?[A-Za-z]?", parts[0]):
            parts[:2] = [f"{parts[0]} {parts[1]}"]
        return ", ".join(parts)

    return make


def constant(text: str) -> Make:
    return lambda cells: text
