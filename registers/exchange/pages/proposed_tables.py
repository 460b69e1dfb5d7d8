"""What a proposal says of each table, as the page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from registers.exchange.pages.forms import TableQuestions
from registers.rules.grouping import keyed
from registers.rules.wording import many

WRONG = '<strong class="become-wrong">{}</strong>'

KINDS = {
    "school.csv": "the school’s details",
    "calendar.csv": "the calendar",
    "terms.csv": "half terms",
    "pupils.csv": "pupils",
    "contacts.csv": "contacts",
    "characteristics.csv": "characteristics",
    "groups.csv": "groups",
    "staff.csv": "staff",
    "marks.csv": "marks",
    "prior_attendance.csv": "attendance at the last school",
}


@dataclass(frozen=True, slots=True)
class PreviewRows:
    """The first rows of a table as they would become in one file of the layout."""

    what: str
    headings: list[str]
    rows: list[tuple[int, list[str]]]  # the line, and each cell; where it is wrong, why


@dataclass(frozen=True, slots=True)
class TableShown:
    """One table of the files: what it is taken for, and its first rows as they would become."""

    source: str
    said: str
    notes: list[str]
    problems: list[str]
    previews: list[PreviewRows]
    columns: list[dict[str, Any]]
    words: list[dict[str, Any]]
    is_open: bool = False
    columns_are_open: bool = False

    @property
    def attrs(self) -> str:
        return flatatt({"open": self.is_open})

    @property
    def attrs_of_columns(self) -> str:
        return flatatt({"open": self.columns_are_open})

    @property
    def remarks(self) -> SafeString:
        """What was done while reading it, and what it lacks."""
        notes = format_html_join("", '<p class="small muted">{}</p>', zip(self.notes))
        problems = zip(map(capfirst, self.problems))
        return notes + format_html_join("", '<p class="setup-left">{}</p>', problems)

    @property
    def titled_previews(self) -> list[tuple[SafeString | str, PreviewRows]]:
        """Each with a heading, where the table becomes more than one file."""
        if len(self.previews) == 1:
            return [("", preview) for preview in self.previews]
        return [
            (format_html("<h3>What becomes {}</h3>", preview.what), preview)
            for preview in self.previews
        ]

    @property
    def columns_said(self) -> str:
        """How many of its columns are read."""
        read = sum(bool(column["field"]) for column in self.columns)
        if read == len(self.columns):
            return f"All {read} columns are read"
        return f"{read} of {len(self.columns)} columns are read"


def tables_shown(proposal: dict[str, Any], *, first_stands_open: bool = False) -> list[TableShown]:
    """The tables of a proposal that was kept as JSON, in the order of the files."""
    tables = list(map(_shown, proposal.get("tables", ())))
    opened = [replace(table, is_open=first_stands_open) for table in tables[:1]]
    return opened + tables[1:]


def tables_with_questions(
    tables: Iterable[TableShown], asked: Iterable[TableQuestions]
) -> tuple[list[tuple[TableQuestions, TableShown | None]], list[TableShown]]:
    """Each table's questions with the table, where one is shown; and the other tables."""
    by_source = keyed(tables, "source")
    pairs = [(questions, by_source.pop(questions.source, None)) for questions in asked]
    return [_opened(*pair) for pair in pairs], list(by_source.values())


def _opened(
    questions: TableQuestions, table: TableShown | None
) -> tuple[TableQuestions, TableShown | None]:
    """Samples stand open where columns are asked about."""
    if table is None:
        return questions, None
    return questions, replace(table, columns_are_open=questions.is_about_columns)


def _shown(table: dict[str, Any]) -> TableShown:
    return TableShown(
        table["source"],
        _said(table),
        table["notes"],
        table["problems"],
        [_rows(preview) for preview in table["previews"]],
        table["columns"],
        [word for word in table["words"] if word["taken_for"] != word["word"]],
    )


def _said(table: dict[str, Any]) -> str:
    kind, why = table["kind"], table["why"]
    if not kind:
        return "is not read" if why else "is not known yet"
    rows = many(table["rows"], "row") if table["rows"] else ""
    said = ", ".join(filter(None, (f"is read as {KINDS[kind]}", rows)))
    return ": ".join(filter(None, (said, why)))


def _rows(preview: dict[str, Any]) -> PreviewRows:
    """Without the columns in which none of the rows has anything: the layout has many."""
    columns = preview["columns"]
    rows = [(line, _cells(columns, cells, wrong)) for line, cells, wrong in preview["rows"]]
    is_filled = [any(column) for column in zip(*(cells for _, cells in rows), strict=True)]
    return PreviewRows(
        KINDS[preview["file"]],
        list(compress(columns, is_filled)),
        [(line, list(compress(cells, is_filled))) for line, cells in rows],
    )


def _cells(columns: list[str], cells: list[str], wrong: dict[str, str]) -> list[str]:
    """Each cell or, in its place, what is wrong with it."""
    reasons = {name: format_html(WRONG, why) for name, why in wrong.items()}
    return [reasons.get(name, cell) for name, cell in zip(columns, cells, strict=True)]
