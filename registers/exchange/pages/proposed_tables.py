"""What a proposal says of each table, as the page shows it."""

from dataclasses import dataclass
from typing import Any

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
    rows: list[tuple[int, list[tuple[str, str]]]]  # the line, and each cell with what is wrong


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

    @property
    def columns_said(self) -> str:
        """How many of its columns are read."""
        read = sum(bool(column["field"]) for column in self.columns)
        if read == len(self.columns):
            return f"All {read} columns are read"
        return f"{read} of {len(self.columns)} columns are read"


def tables_shown(proposal: dict[str, Any]) -> list[TableShown]:
    """The tables of a proposal that was kept as JSON, in the order of the files."""
    return [_shown(table) for table in proposal.get("tables", ())]


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
    if not table["kind"]:
        return "is not read" if table["why"] else "is not known yet"
    said = f"is read as {KINDS.get(table['kind'], table['kind'].removesuffix('.csv'))}"
    rows = table["rows"]
    said += f", {rows:,} row{'' if rows == 1 else 's'}" if rows else ""
    return f"{said}: {table['why']}" if table["why"] else said


def _rows(preview: dict[str, Any]) -> PreviewRows:
    """Without the columns in which none of the rows has anything: the layout has many."""
    columns, rows = preview["columns"], preview["rows"]
    filled = [
        at
        for at, name in enumerate(columns)
        if any(cells[at] or name in wrong for _, cells, wrong in rows)
    ]
    return PreviewRows(
        KINDS.get(preview["file"], preview["file"]),
        [columns[at] for at in filled],
        [
            (line, [(cells[at], wrong.get(columns[at], "")) for at in filled])
            for line, cells, wrong in rows
        ],
    )
