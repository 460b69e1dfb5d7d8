"""A person's table, once it is known what its columns are → rows of one file of the layout.

No Django in this module. A wide table of pupils with “Contact 1 …” and “Contact 2 …” gives a
segment of pupils and one of contacts for each number.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from registers.exchange.layout.files import COLUMNS
from registers.exchange.map.dates import DateReader
from registers.exchange.map.fields import Assigned, TableColumn
from registers.exchange.map.recipes import (
    Cells,
    MadeColumn,
    academic_year_of,
    address,
    constant,
    first_of,
    from_cell,
    joined,
    on_its_day,
    part_of_name,
    reader_of,
)
from registers.exchange.questions import Answers
from registers.exchange.read.tables import SourceTable

ADDRESS = [f"Contact address {number}" for number in range(1, 6)]
NAME = ["Contact title", "Contact forename", "Contact surname"]
STAFF_NAME = ["Staff title", "Staff forename", "Staff surname"]
OF_PUPILS_FILE = {  # what a pupils file says of its one contact; flags belong to contacts.csv
    *("Contact name", "Contact relationship", "Contact address", "Contact postcode"),
    *("Contact email", "Contact telephone"),
}


@dataclass
class Segment:
    """Rows of one table for one file of the layout.

    `who` makes surname, forename, date of birth and admission number where the table has them: by
    these a pupil is found whose row has no UPN. `wanted` is a column without which a row of this
    segment is no row (the second contact's name).
    """

    source: str
    file: str
    table: SourceTable
    made: list[MadeColumn]
    last_line: int
    who: dict[str, MadeColumn] = field(default_factory=dict)
    wanted: str | None = None
    heading_of: Callable[[str, str], str | None] | None = None

    @property
    def columns(self) -> list[str]:
        return [one.column for one in self.made]

    def rows(self) -> Iterator[tuple[int, Cells]]:
        return self.table.rows()

    def heading(self, column: str) -> str:
        """What the person calls a column of the layout."""
        return next((one.heading for one in self.made if one.column == column), column)


@dataclass(frozen=True)
class Meaning:
    """All that is settled of a table: how its dates, words and names are read."""

    dates: DateReader
    answers: Answers
    swapped: frozenset[int] = frozenset()  # columns of dates whose days a spreadsheet swapped
    name_order: str | None = None
    same_for_all: Mapping[str, str] = field(default_factory=dict)  # columns that are not there


def segments_of(
    table: SourceTable, kind: str, assigned: Assigned, meaning: Meaning, *, last_line: int
) -> list[Segment]:
    """The segments of a table. A pupils table may have contacts of its own."""
    build = _Builder(table, assigned, meaning, last_line)
    if kind == "contacts":
        return build.contacts() or [build.segment("contacts.csv", 0)]
    if kind == "pupils":
        numbers = {number for _, number in assigned.by_field}
        apart = len(numbers) > 1 or any(
            assigned.has(name)
            for name in ("Parental responsibility", "Lives with", "Priority", "May be written to")
        )
        pupils = build.segment("pupils.csv", 0, without_contacts=apart)
        return [pupils, *(build.contacts() if apart else [])]
    return [build.segment(f"{kind}.csv", 0)]


def of_day(text: str) -> str:
    """The academic year of a day that stands as 2025-09-01; none of an empty cell."""
    return academic_year_of(date.fromisoformat(text)) if text else ""


class _Builder:
    def __init__(self, table: SourceTable, assigned: Assigned, meaning: Meaning, last_line: int):
        self.table, self.assigned, self.meaning = table, assigned, meaning
        self.last_line = last_line

    def contacts(self) -> list[Segment]:
        numbers = sorted(
            {
                number
                for name, number in self.assigned.by_field
                if name in ("Contact name", "Contact surname", "Contact forename")
            }
        )
        found = [self.segment("contacts.csv", number) for number in numbers]
        for segment, number in zip(found, numbers, strict=True):
            if number or len(numbers) > 1:
                segment.wanted = "Contact name"
            if number and "Priority" not in segment.columns:
                segment.made.append(MadeColumn("Priority", "Priority", constant(str(number))))
        return found

    def segment(self, file: str, number: int, *, without_contacts: bool = False) -> Segment:
        names = COLUMNS.get(file, self.table.columns)
        made = [
            one
            for name in names
            if not (without_contacts and name in OF_PUPILS_FILE)
            and (one := self._made(name, number)) is not None
        ]
        segment = Segment(self.table.source, file, self.table, made, self.last_line)
        segment.who = {
            name: one
            for name in ("Admission number", "Surname", "Forename", "Date of birth")
            if (one := self._made(name, 0)) is not None
        }
        return segment

    def _made(self, name: str, number: int) -> MadeColumn | None:
        """How a column of the layout is made from the table; None where the table does not say."""
        column = self._column(name, number)
        if column is not None:
            others = self.assigned.instead.get((name, number), [])
            makers = [from_cell(one.index, self._reader(one)) for one in (column, *others)]
            make = first_of(makers)
            if name == "Code" and (day := self._made("Date", number)) is not None:
                make = on_its_day(make, day.make, self.meaning.answers)
            return MadeColumn(name, column.heading, make)
        return self._of_several(name, number) or self._of_nothing(name)

    def _of_nothing(self, name: str) -> MadeColumn | None:
        """A column that is not there, and follows from another or is the same for all."""
        if name in self.meaning.same_for_all:
            return MadeColumn(name, name, constant(self.meaning.same_for_all[name]))
        if name == "Username" and (email := self.assigned.column("Email")):
            return MadeColumn(name, email.heading, from_cell(email.index, str.strip))
        first = self.assigned.column("From")
        if name == "Academic year" and first is not None:
            reader = self._reader(first)
            return MadeColumn(
                name, first.heading, from_cell(first.index, lambda text: of_day(reader(text)))
            )
        return None

    def _column(self, name: str, number: int) -> TableColumn | None:
        of_pupil = number and not name.startswith("Contact")
        return self.assigned.column(name, number) or (
            self.assigned.column(name) if of_pupil and name == "UPN" else None
        )

    def _of_several(self, name: str, number: int) -> MadeColumn | None:
        if name in ("Surname", "Forename") and (full := self.assigned.column("Full name")):
            part = 0 if name == "Surname" else 1
            order = self.meaning.name_order
            return MadeColumn(name, full.heading, part_of_name(full.index, order, part))
        parts = {"Contact name": NAME, "Name": STAFF_NAME, "Contact address": ADDRESS}.get(name)
        columns = [
            column
            for part in parts or ()
            if (column := self.assigned.column(part, number)) is not None
        ]
        if not columns:
            return None
        indexes = [column.index for column in columns]
        make = address(indexes) if name == "Contact address" else joined(indexes)
        return MadeColumn(name, columns[-1].heading, make)

    def _reader(self, column: TableColumn):
        swap = column.index in self.meaning.swapped
        name = column.field or ""
        return reader_of(name, self.meaning.dates, self.meaning.answers, swap=swap)
