"""A person's table, once it is known what its columns are → rows of one file of the layout.

No Django in this module. A wide table of pupils with “Contact 1 …” and “Contact 2 …” gives a
segment of pupils and one of contacts for each number.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from registers.exchange.layout.files import COLUMNS
from registers.exchange.map.dates import DateReader
from registers.exchange.map.fields import Assigned, TableColumn
from registers.exchange.map.recipes import (
    Cells,
    MadeColumn,
    Read,
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
from registers.rules.grouping import keyed

OF_SEVERAL = {  # columns that several of a person's table make
    "Contact name": ("Contact title", "Contact forename", "Contact surname"),
    "Name": ("Staff title", "Staff forename", "Staff surname"),
    "Contact address": tuple(f"Contact address {number}" for number in range(1, 6)),
}
FOLLOWS_FROM = {"Username": "Email", "Academic year": "From"}
PARTS_OF_NAME = ("Surname", "Forename")  # in the order of `recipes.names`
WHO = ("Admission number", *PARTS_OF_NAME, "Date of birth")
OF_PUPILS_FILE = {  # what a pupils file says of its one contact; flags belong to contacts.csv
    *("Contact name", "Contact relationship", "Contact address", "Contact postcode"),
    *("Contact email", "Contact telephone"),
}

OF_CONTACTS_FILE = ("Parental responsibility", "Lives with", "Priority", "May be written to")


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
        return build.pupils()
    return [build.segment(f"{kind}.csv", 0)]


def of_day(text: str) -> str:
    """The academic year of a day that stands as 2025-09-01; none of an empty cell."""
    return academic_year_of(date.fromisoformat(text)) if text else ""


class _Builder:
    def __init__(self, table: SourceTable, assigned: Assigned, meaning: Meaning, last_line: int):
        self.table, self.assigned, self.meaning = table, assigned, meaning
        self.last_line = last_line

    def pupils(self) -> list[Segment]:
        """The pupils, and apart from them contacts of whom more is told than their own file has."""
        numbers = {number for _, number in self.assigned.by_field}
        if len(numbers) < 2 and not self.assigned.has_any(OF_CONTACTS_FILE):
            return [self.segment("pupils.csv", 0)]
        return [self.segment("pupils.csv", 0, leave_out=OF_PUPILS_FILE), *self.contacts()]

    def contacts(self) -> list[Segment]:
        """A segment for each contact of whom there is a name."""
        numbers = self.assigned.numbers(("Contact name", "Contact surname", "Contact forename"))
        return [self._contact(number, is_only=numbers == [0]) for number in numbers]

    def _contact(self, number: int, *, is_only: bool) -> Segment:
        segment = self.segment("contacts.csv", number)
        if not is_only:
            segment.wanted = "Contact name"
        if number and "Priority" not in segment.columns:
            segment.made.append(MadeColumn("Priority", "Priority", constant(str(number))))
        return segment

    def segment(
        self, file: str, number: int, *, leave_out: Collection[str] = frozenset()
    ) -> Segment:
        columns = COLUMNS.get(file, self.table.columns)
        made = self._made_columns((name for name in columns if name not in leave_out), number)
        who = keyed(self._made_columns(WHO, 0), "column")
        return Segment(self.table.source, file, self.table, made, self.last_line, who)

    def _made_columns(self, names: Iterable[str], number: int) -> list[MadeColumn]:
        return list(filter(None, (self._made(name, number) for name in names)))

    def _made(self, name: str, number: int) -> MadeColumn | None:
        """How a column of the layout is made from the table; None where the table does not say."""
        return (
            self._of_column(name, number)
            or self._of_full_name(name)
            or self._of_several(name, number)
            or self._of_what_was_said(name)
            or self._of_another(name)
        )

    def _of_column(self, name: str, number: int) -> MadeColumn | None:
        column = self._column(name, number)
        if column is None:
            return None
        columns = (column, *self.assigned.instead.get((name, number), ()))
        make = first_of([from_cell(one.index, self._reader(one)) for one in columns])
        if name == "Code" and (day := self._made("Date", number)):
            make = on_its_day(make, day.make, self.meaning.answers)
        return MadeColumn(name, column.heading, make)

    def _column(self, name: str, number: int) -> TableColumn | None:
        """A contact’s row has the UPN of the pupil, whose column has no number."""
        column = self.assigned.column(name, number)
        return self.assigned.column(name) if column is None and name == "UPN" else column

    def _of_full_name(self, name: str) -> MadeColumn | None:
        full = self.assigned.column("Full name")
        if full is None or name not in PARTS_OF_NAME:
            return None
        make = part_of_name(full.index, self.meaning.name_order, PARTS_OF_NAME.index(name))
        return MadeColumn(name, full.heading, make)

    def _of_several(self, name: str, number: int) -> MadeColumn | None:
        columns = self.assigned.columns_of(OF_SEVERAL.get(name, ()), number)
        if not columns:
            return None
        put_together = address if name == "Contact address" else joined
        make = put_together([column.index for column in columns])
        return MadeColumn(name, columns[-1].heading, make)

    def _of_what_was_said(self, name: str) -> MadeColumn | None:
        """A column that is not there, and is the same for all rows."""
        if name not in self.meaning.same_for_all:
            return None
        return MadeColumn(name, name, constant(self.meaning.same_for_all[name]))

    def _of_another(self, name: str) -> MadeColumn | None:
        """A column that is not there, and follows from one that is."""
        column = self.assigned.column(FOLLOWS_FROM.get(name, ""))
        if column is None:
            return None
        make = from_cell(column.index, self._reader(column))
        if name == "Academic year":
            return MadeColumn(name, column.heading, lambda cells: of_day(make(cells)))
        return MadeColumn(name, column.heading, make)

    def _reader(self, column: TableColumn) -> Read:
        swap = column.index in self.meaning.swapped
        return reader_of(column.field or "", self.meaning.dates, self.meaning.answers, swap=swap)
